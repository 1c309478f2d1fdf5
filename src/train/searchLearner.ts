import { ConfigError } from '../core/errors.js';
import type { MetricTask } from '../evaluate/trainingMetric.js';
import type { Forest } from '../model/forest.js';
import type { Predictor } from '../model/model.js';
import { FOREST_TABLE, resolveForestOptions } from './forestOptions.js';
import { boostRounds } from './gbdt.js';
import { GBDT_TABLE, type GbdtOptions, resolveGbdtOptions } from './gbdtOptions.js';
import { LOGISTIC_TABLE, resolveLogisticOptions } from './logistic/logisticOptions.js';
import { fitLogistic } from './logistic/logisticRegression.js';
import type { OptionTable } from './optionTable.js';
import { fitForest } from './randomForest.js';
import type { TrainingMatrix } from './trainingMatrix.js';

/** Learners whose options can be searched. */
export const SEARCH_LEARNERS = ['gbdt', 'forest', 'logistic'] as const;

export type SearchLearner = (typeof SEARCH_LEARNERS)[number];

export type LearnerOptions = Record<string, unknown>;

/** A fit, with what a longer one can go on from. */
export interface LearnerFit {
  predictor: Predictor;
  /** rounds of trees that were grown for it, those of the fit it goes on from not counted */
  grownCount: number;
}

/** What a search needs to know of a learner. */
export interface LearnerAccess {
  table: OptionTable;
  /** whether more trees can be the resource of successive halving */
  hasTrees: boolean;
  /** options that follow from the task. @throws {ConfigError} when the learner does not do the task. */
  taskOptions(task: MetricTask, data: TrainingMatrix): LearnerOptions;
  /** @throws {ConfigError} on options that the learner refuses. */
  check(options: LearnerOptions): void;
  /**
   * Fits, giving way between rounds of boosting.
   * @param smaller - the fit of fewer trees with the same options otherwise, on the same data
   */
  fit(
    data: TrainingMatrix,
    options: LearnerOptions,
    smaller?: LearnerFit & { numTrees: number },
  ): Generator<void, LearnerFit, void>;
}

export const LEARNER_ACCESS: Readonly<Record<SearchLearner, LearnerAccess>> = Object.freeze({
  gbdt: {
    table: GBDT_TABLE,
    hasTrees: true,
    taskOptions(task: MetricTask, data: TrainingMatrix): LearnerOptions {
      if (task === 'multiclass') return { objective: 'multiclass', classCount: countClasses(data) };
      if (task === 'regression') return { objective: 'squared' };
      return task === 'ranking' ? { objective: 'lambdarank' } : {};
    },
    check: resolveGbdtOptions,
    fit: fitBoosted,
  },
  forest: {
    table: FOREST_TABLE,
    hasTrees: true,
    taskOptions(task: MetricTask, data: TrainingMatrix): LearnerOptions {
      if (task === 'ranking') throw new ConfigError('a forest does not rank; expected gbdt');
      if (task === 'multiclass') return { objective: 'multiclass', classCount: countClasses(data) };
      return task === 'regression' ? { objective: 'squared' } : {};
    },
    check: resolveForestOptions,
    // biome-ignore lint/correctness/useYield: a forest is grown in one go
    *fit(data: TrainingMatrix, options: LearnerOptions): Generator<void, LearnerFit, void> {
      const { numTrees } = resolveForestOptions(options);
      return { predictor: fitForest(data, options), grownCount: numTrees };
    },
  },
  logistic: {
    table: LOGISTIC_TABLE,
    hasTrees: false,
    taskOptions(task: MetricTask, data: TrainingMatrix): LearnerOptions {
      if (task === 'multiclass') return { classCount: countClasses(data) };
      if (task === 'binary') return {};
      throw new ConfigError(`logistic regression is for classes, not ${task}`);
    },
    check: resolveLogisticOptions,
    // biome-ignore lint/correctness/useYield: a regression is solved in one go
    *fit(data: TrainingMatrix, options: LearnerOptions): Generator<void, LearnerFit, void> {
      return { predictor: fitLogistic(data, options).predictor, grownCount: 0 };
    },
  },
});

/**
 * Boosts, from the smaller forest where that gives the same trees as from the start: nothing is drawn at random (the draws
 * would begin anew), nothing stops early, and no tree of the rest is a lone leaf (from the start boosting would have ended there).
 */
function* fitBoosted(
  data: TrainingMatrix,
  given: LearnerOptions,
  smaller?: LearnerFit & { numTrees: number },
): Generator<void, LearnerFit, void> {
  const options = resolveGbdtOptions(given as Partial<GbdtOptions>);
  let grownCount = 0;
  if (smaller && isContinuable(options)) {
    const previous = smaller.predictor as Forest;
    const rest = yield* count(
      boostRounds(data, {
        ...given,
        continueFrom: previous,
        numTrees: options.numTrees - smaller.numTrees,
      }),
    );
    grownCount += rest.grownCount;
    const added = (rest.predictor as Forest).roots.subarray(previous.roots.length);
    if (added.every((root) => root >= 0)) return rest;
  }
  const whole = yield* count(boostRounds(data, given));
  return { ...whole, grownCount: grownCount + whole.grownCount };
}

function isContinuable(options: GbdtOptions): boolean {
  const { subsample, colsample, colsampleByNode, goss, validationFraction, continueFrom } = options;
  const isRandom = subsample < 1 || colsample < 1 || colsampleByNode < 1 || goss;
  return !isRandom && validationFraction === 0 && !options.validation && !continueFrom;
}

function* count(rounds: ReturnType<typeof boostRounds>): Generator<void, LearnerFit, void> {
  let grownCount = 0;
  for (;;) {
    const { done, value } = rounds.next();
    if (done) return { predictor: value.forest, grownCount };
    grownCount++;
    yield;
  }
}

function countClasses({ target, rowCount }: TrainingMatrix): number {
  let classCount = 0;
  for (let row = 0; row < rowCount; row++) classCount = Math.max(classCount, target[row]! + 1);
  return classCount;
}
