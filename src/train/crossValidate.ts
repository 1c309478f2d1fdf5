import { checkInteger } from '../core/check.js';
import { ShapeError } from '../core/errors.js';
import type { EvalMetricOptions, MetricTask } from '../evaluate/trainingMetric.js';
import type { Link } from '../model/forest.js';
import { margins } from '../model/margin.js';
import { outputCountOf, type Predictor } from '../model/model.js';
import {
  DEFAULT_SCORES,
  type DefaultScores,
  type FoldScore,
  foldScore,
  type ScoreName,
} from './foldScores.js';
import { splitFold } from './splitFold.js';
import type { TrainingMatrix } from './trainingMatrix.js';

type BinaryScore = DefaultScores['binary'][number];

/** Scores of one held-out fold; precision, recall and F1 at probability 0.5. Rows count once, whatever their weight. */
export type FoldScores<Name extends ScoreName = BinaryScore> = Record<Name, number>;

/** Mean over the folds, and the standard deviation between them (divisor folds - 1). */
export interface Spread {
  mean: number;
  sd: number;
}

export interface CrossValidation<Name extends ScoreName = BinaryScore> {
  /** out of fold: the margins of each row, by the predictor that did not see it; row-major, `outputCount` a row */
  margins: Float64Array;
  /** margins a row */
  outputCount: number;
  link: Link;
  folds: FoldScores<Name>[];
  summary: Record<Name, Spread>;
}

export interface CrossValidationInput<Name extends ScoreName = BinaryScore> {
  data: TrainingMatrix;
  /** the fold of each row, in [0, foldCount); whole queries where the data has `group` */
  folds: Uint8Array;
  /** in [2, 255] */
  foldCount: number;
  /**
   * Fits everything that is fitted, preprocessing included, on the rows it is given. With several classes it must be told how
   * many there are (`classCount`), as the rows may lack the last of them.
   */
  fit: (data: TrainingMatrix) => Predictor;
  /** called after each fold */
  onFold?: (fold: number, scores: FoldScores<Name>) => void;
}

/** What is scored, where it is not the fixed list of two classes. */
export interface ScoredTask<Name extends ScoreName> {
  task: MetricTask;
  /** in the order of the result */
  metrics: readonly Name[];
  metricOptions?: Partial<Record<Name, EvalMetricOptions>>;
}

/**
 * Fits on all folds but one, predicts that one, for each. A category level that the other folds do not have is unseen to
 * their predictor, as it would be in production.
 *
 * Two classes are scored by ROC-AUC, precision, recall, F1 and log loss unless `task` and `metrics` say otherwise.
 * @example
 * crossValidate({ data, folds: plainFolds(data.rowCount, 5, createRandom(1)), foldCount: 5, task: 'regression',
 *   metrics: ['rmse', 'mae'], fit: (part) => fitGbdt(part, { objective: 'squared' }) });
 * @throws {ShapeError} when `folds` does not fit the rows; {DataError} when it divides a query; {ConfigError} on a metric that is
 * not for the task.
 */
export function crossValidate(input: CrossValidationInput): CrossValidation;
export function crossValidate<Name extends ScoreName>(
  input: CrossValidationInput<Name> & ScoredTask<Name>,
): CrossValidation<Name>;
export function crossValidate(
  input: CrossValidationInput<ScoreName> & Partial<ScoredTask<ScoreName>>,
): CrossValidation<ScoreName> {
  const { data, folds, foldCount, fit, onFold, task = 'binary', metricOptions } = input;
  checkInteger('foldCount', foldCount, 2, 255);
  checkFolds(folds, foldCount);
  const names = input.metrics ?? DEFAULT_SCORES[task];
  const scores = names.map((name) => foldScore(name, task, metricOptions?.[name]));
  const results: FoldScores<ScoreName>[] = [];
  let outOfFold: Float64Array | undefined;
  let link: Link = 'logit';
  let outputCount = 1;
  for (let fold = 0; fold < foldCount; fold++) {
    const { training, heldOut, heldOutRows } = splitFold(data, folds, fold);
    const predictor = fit(training);
    const width = outputCountOf(predictor);
    if (outOfFold && width !== outputCount) {
      throw new ShapeError(
        `fold ${fold} has a predictor of ${width} outputs, the one before of ${outputCount}: expected "classCount" in the options of the fit`,
      );
    }
    link = predictor.link;
    outputCount = width;
    outOfFold ??= new Float64Array(data.rowCount * outputCount);
    const found = margins(predictor, heldOut.matrix, heldOut.rowCount, data.featureCount);
    for (let i = 0; i < heldOutRows.length; i++) {
      const margin = found.subarray(i * outputCount, (i + 1) * outputCount);
      outOfFold.set(margin, heldOutRows[i]! * outputCount);
    }
    results.push(scoreAll(scores, heldOut, { margins: found, link, outputCount }));
    onFold?.(fold, results[fold]!);
  }
  return {
    margins: outOfFold!,
    outputCount,
    link,
    folds: results,
    summary: summarise(names, results),
  };
}

/** The index of the candidate with the greatest mean ROC-AUC; of equals the first, so list the simpler first. */
export function selectCandidate(candidates: readonly Pick<CrossValidation, 'summary'>[]): number {
  return selectBest(
    candidates.map(({ summary }) => summary.rocAuc.mean),
    true,
  );
}

/** The index of the best score; of equals the first, so list the simpler first. NaN is worse than any number. */
export function selectBest(scores: readonly number[], greaterIsBetter: boolean): number {
  let best = 0;
  scores.forEach((score, index) => {
    const held = scores[best]!;
    const isBetter = greaterIsBetter ? score > held : score < held;
    if (isBetter || (held !== held && score === score)) best = index;
  });
  return best;
}

/** Mean and standard deviation (divisor n - 1; NaN for a single value). */
export function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0);
  return { mean, sd: Math.sqrt(squares / (values.length - 1)) };
}

/** @throws {ShapeError} when a row is in none of the folds. */
export function checkFolds(folds: Uint8Array, foldCount: number): void {
  const row = folds.findIndex((fold) => fold >= foldCount);
  if (row >= 0) throw new ShapeError(`row ${row} is in fold ${folds[row]} of ${foldCount}`);
}

function scoreAll(
  scores: readonly FoldScore[],
  ...rows: Parameters<FoldScore['evaluate']>
): FoldScores<ScoreName> {
  const entries = scores.map((score) => [score.name, score.evaluate(...rows)]);
  return Object.fromEntries(entries) as FoldScores<ScoreName>;
}

function summarise(
  names: readonly ScoreName[],
  folds: readonly FoldScores<ScoreName>[],
): CrossValidation<ScoreName>['summary'] {
  const spreads = names.map((name) => [name, spreadOf(folds.map((scores) => scores[name]))]);
  return Object.fromEntries(spreads) as CrossValidation<ScoreName>['summary'];
}
