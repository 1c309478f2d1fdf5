import { checkInteger } from '../core/check.js';
import { ShapeError } from '../core/errors.js';
import type { EvalMetricOptions, MetricTask } from '../evaluate/trainingMetric.js';
import type { Link } from '../model/forest.js';
import { margins } from '../model/margin.js';
import { outputCountOf, type Predictor, type Task } from '../model/model.js';
import { type FoldScoreName, type FoldScores, SELECTION_SCORES, scoreFold } from './foldScores.js';
import { type HeldOutScoreName, heldOutScore } from './heldOutScore.js';
import { splitFold } from './splitFold.js';
import type { TrainingMatrix } from './trainingMatrix.js';

/** Mean over the folds, and the standard deviation between them (divisor folds - 1). */
export interface Spread {
  mean: number;
  sd: number;
}

export interface CrossValidation<T extends Task = 'binary'> {
  /** out of fold: the margins of each row, row-major, by the predictor that did not see it */
  margins: Float64Array;
  link: Link;
  /** margins a row: the number of classes of a multiclass target, else 1 */
  outputCount: number;
  folds: FoldScores<T>[];
  summary: Record<keyof FoldScores<T>, Spread>;
}

export interface CrossValidationInput<T extends Task = 'binary'> {
  /** what the predictors predict, and so what the folds are scored by; default binary */
  task?: T;
  data: TrainingMatrix;
  /** the fold of each row, in [0, foldCount); whole queries where the data has `group` */
  folds: Uint8Array;
  /** in [2, 255] */
  foldCount: number;
  /**
   * Fits everything that is fitted, preprocessing included, on the rows it is given. With several classes it must know how many
   * there are (`classCount`), as the rows may lack the last of them.
   */
  fit: (data: TrainingMatrix) => Predictor;
  /** called after each fold */
  onFold?: (fold: number, scores: FoldScores<T>) => void;
}

/** What is scored, where it is not the fixed list of {@link FOLD_SCORE_NAMES}; ranking has none. */
export interface ScoredTask<Name extends HeldOutScoreName> {
  task: MetricTask;
  /** in the order of the result */
  metrics: readonly Name[];
  metricOptions?: Partial<Record<Name, EvalMetricOptions>>;
  /** called after each fold */
  onFold?: (fold: number, scores: Record<Name, number>) => void;
}

/** A cross-validation by scores of one's choice. */
export type ScoredCrossValidation<Name extends HeldOutScoreName> = Omit<
  CrossValidation,
  'folds' | 'summary'
> & { folds: Record<Name, number>[]; summary: Record<Name, Spread> };

/**
 * Fits on all folds but one, predicts that one, for each. A category level that the other folds do not have is unseen to
 * their predictor, as it would be in production.
 *
 * Scored by the list of the task in {@link FOLD_SCORE_NAMES}, or by `metrics`.
 * @example
 * crossValidate({ data, folds: plainFolds(data.rowCount, 5, createRandom(1)), foldCount: 5, task: 'regression',
 *   metrics: ['rmse', 'mape'], fit: (part) => fitGbdt(part, { objective: 'squared' }) });
 * @throws {ShapeError} when `folds` does not fit the rows; {DataError} when it divides a query; {ConfigError} on a metric that is
 * not for the task.
 */
export function crossValidate<T extends Task = 'binary'>(
  input: CrossValidationInput<T>,
): CrossValidation<T>;
export function crossValidate<Name extends HeldOutScoreName>(
  input: Omit<CrossValidationInput, 'task' | 'onFold'> & ScoredTask<Name>,
): ScoredCrossValidation<Name>;
export function crossValidate(input: AnyInput): ScoredCrossValidation<never> {
  const { data, folds, foldCount, fit, onFold } = input;
  checkInteger('foldCount', foldCount, 2, 255);
  checkFolds(folds, foldCount);
  const score = scorerOf(input);
  const scores: Scores[] = [];
  let outOfFold: Float64Array | undefined;
  let link: Link = 'logit';
  let outputCount = 1;
  for (let fold = 0; fold < foldCount; fold++) {
    const { training, heldOut, heldOutRows } = splitFold(data, folds, fold);
    const predictor = fit(training);
    const width = outputCountOf(predictor);
    if (outOfFold && width !== outputCount) {
      throw new ShapeError(
        `the predictor of fold ${fold} has ${width} outputs, the one before ${outputCount}: expected "classCount" in the options of the fit`,
      );
    }
    link = predictor.link;
    outputCount = width;
    outOfFold ??= new Float64Array(data.rowCount * outputCount);
    const found = margins(predictor, heldOut.matrix, heldOut.rowCount, data.featureCount);
    for (let i = 0; i < heldOutRows.length; i++) {
      const own = found.subarray(i * outputCount, (i + 1) * outputCount);
      outOfFold.set(own, heldOutRows[i]! * outputCount);
    }
    scores.push(score(heldOut, found, link, outputCount));
    onFold?.(fold, scores[fold]! as never);
  }
  const summary = summarise(scores);
  return { margins: outOfFold!, link, outputCount, folds: scores, summary };
}

/**
 * The index of the best candidate by the mean of its {@link SELECTION_SCORES}: the greatest ROC-AUC (binary), the least log
 * loss (multiclass) or the least RMSE (regression); of equals the first, so list the simpler first.
 */
export function selectCandidate<T extends Task = 'binary'>(
  candidates: readonly Pick<CrossValidation<T>, 'summary'>[],
  task: T = 'binary' as T,
): number {
  const { name, greaterIsBetter } = SELECTION_SCORES[task];
  const means = candidates.map(
    ({ summary }) => (summary as Record<FoldScoreName, Spread>)[name].mean,
  );
  return selectBest(means, greaterIsBetter);
}

/** The index of the best score; of equals the first. NaN is worse than any number. */
export function selectBest(scores: readonly number[], greaterIsBetter: boolean): number {
  let best = 0;
  scores.forEach((score, index) => {
    const held = scores[best]!;
    const isBetter = greaterIsBetter ? score > held : score < held;
    if (isBetter || (held !== held && score === score)) best = index;
  });
  return best;
}

/** @throws {ShapeError} when a row is in none of the folds. */
export function checkFolds(folds: Uint8Array, foldCount: number): void {
  const row = folds.findIndex((fold) => fold >= foldCount);
  if (row >= 0) throw new ShapeError(`row ${row} is in fold ${folds[row]} of ${foldCount}`);
}

/** Mean and standard deviation (divisor n - 1; NaN for a single value). */
export function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0);
  return { mean, sd: Math.sqrt(squares / (values.length - 1)) };
}

type Scores = Record<string, number>;

type AnyInput = Omit<CrossValidationInput, 'task' | 'onFold'> & {
  task?: MetricTask;
  metrics?: readonly HeldOutScoreName[];
  metricOptions?: Partial<Record<string, EvalMetricOptions>>;
  onFold?: (fold: number, scores: never) => void;
};

type Scorer = (
  heldOut: TrainingMatrix,
  margins: Float64Array,
  link: Link,
  outputCount: number,
) => never;

function scorerOf({ task = 'binary', metrics, metricOptions }: AnyInput): Scorer {
  if (!metrics && task !== 'ranking') {
    return (heldOut, found, link, outputCount) =>
      scoreFold(task, heldOut.target, found, link, outputCount) as never;
  }
  const named = (metrics ?? (['ndcg'] as const)).map((name) =>
    heldOutScore(name, task, metricOptions?.[name]),
  );
  return (heldOut, found, link, outputCount) =>
    Object.fromEntries(
      named.map(({ name, evaluate }) => [
        name,
        evaluate(heldOut, { margins: found, link, outputCount }),
      ]),
    ) as never;
}

function summarise(folds: readonly Scores[]): Record<string, Spread> {
  const names = Object.keys(folds[0]!);
  return Object.fromEntries(
    names.map((name) => [name, spreadOf(folds.map((scores) => scores[name]!))]),
  );
}
