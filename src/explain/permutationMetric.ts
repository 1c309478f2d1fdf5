import { show } from '../core/check.js';
import { log } from '../core/elementary.js';
import { ConfigError } from '../core/errors.js';
import { isPositive } from '../evaluate/confusion.js';
import { areaUnderRoc, stepwisePrecision } from '../evaluate/ranking.js';
import { groupByScore, type ScoreGroups } from '../evaluate/scoreGroups.js';
import type { Model } from '../model/model.js';

/**
 * How good predictions are, as one number.
 * @param target - per row: 0 or 1 (binary), the index of the class (multiclass), or the number
 * @param predictions - as `predictions` of a model gives them: a probability a row, `classes` probabilities a row, or a number
 * @param weight - per row; absent when all rows count alike
 */
export type MetricFunction = (
  target: ArrayLike<number>,
  predictions: Float64Array,
  weight?: ArrayLike<number>,
) => number;

export interface PermutationMetric {
  name: string;
  evaluate: MetricFunction;
  greaterIsBetter: boolean;
}

/** Names that {@link permutationImportance} knows. */
export type PermutationMetricName =
  | 'logLoss'
  | 'accuracy'
  | 'rocAuc'
  | 'averagePrecision'
  | 'brierScore'
  | 'meanSquaredError'
  | 'meanAbsoluteError'
  | 'r2';

/** The default metric when there is no name. @throws {ConfigError} when the task has no metric of that name. */
export function metricNamed(model: Model, name: string | undefined): PermutationMetric {
  const own = metricsOf(model);
  const found = name === undefined ? own[0] : own.find((metric) => metric.name === name);
  if (found) return found;
  const names = own.map((metric) => metric.name).join(', ');
  throw new ConfigError(
    `"metric" expected one of ${names} for a ${model.task} model, or an object with a function, got ${show(name)}`,
  );
}

/** The metrics of a model's task; the first is the default. All take weights. */
function metricsOf(model: Model): readonly PermutationMetric[] {
  if (model.task === 'binary') return binaryMetrics(model.threshold.value);
  return model.task === 'multiclass' ? MULTICLASS_METRICS : REGRESSION_METRICS;
}

function binaryMetrics(threshold: number): readonly PermutationMetric[] {
  const isRight: RowTerm = (target, predictions, at) =>
    isPositive(predictions[at]!, threshold) === (target === 1) ? 1 : 0;
  return [
    { name: 'logLoss', greaterIsBetter: false, evaluate: meanOf(binaryLoss) },
    { name: 'rocAuc', greaterIsBetter: true, evaluate: ranked(areaUnderRoc) },
    { name: 'averagePrecision', greaterIsBetter: true, evaluate: ranked(stepwisePrecision) },
    { name: 'brierScore', greaterIsBetter: false, evaluate: meanOf(squaredError) },
    { name: 'accuracy', greaterIsBetter: true, evaluate: meanOf(isRight) },
  ];
}

const MULTICLASS_METRICS: readonly PermutationMetric[] = [
  { name: 'logLoss', greaterIsBetter: false, evaluate: meanOf(classLoss) },
  { name: 'accuracy', greaterIsBetter: true, evaluate: meanOf(isGreatest) },
];

const REGRESSION_METRICS: readonly PermutationMetric[] = [
  { name: 'meanSquaredError', greaterIsBetter: false, evaluate: meanOf(squaredError) },
  { name: 'meanAbsoluteError', greaterIsBetter: false, evaluate: meanOf(absoluteError) },
  { name: 'r2', greaterIsBetter: true, evaluate: r2 },
];

/** What one row adds to a mean; `at` is where its predictions start, `width` how many there are. */
type RowTerm = (target: number, predictions: Float64Array, at: number, width: number) => number;

/** The weighted mean of a term of each row. */
function meanOf(term: RowTerm): MetricFunction {
  return (target, predictions, weight) => {
    const width = predictions.length / target.length;
    let sum = 0;
    let total = 0;
    for (let row = 0; row < target.length; row++) {
      const w = weight ? weight[row]! : 1;
      if (w === 0) continue;
      sum += w * term(target[row]!, predictions, row * width, width);
      total += w;
    }
    return sum / total;
  };
}

function binaryLoss(target: number, predictions: Float64Array, at: number): number {
  return -log(inside(target === 1 ? predictions[at]! : 1 - predictions[at]!));
}

function classLoss(target: number, predictions: Float64Array, at: number): number {
  return -log(inside(predictions[at + target]!));
}

/** Probabilities of 0 and 1 are moved inside by 2^-52, as `logLoss` of coppice/evaluate does. */
function inside(p: number): number {
  return Math.min(Math.max(p, Number.EPSILON), 1 - Number.EPSILON);
}

function isGreatest(target: number, predictions: Float64Array, at: number, width: number): number {
  for (let i = 0; i < width; i++) {
    // of equals the first class is the prediction
    if (predictions[at + i]! > predictions[at + target]!) return 0;
    if (i < target && predictions[at + i] === predictions[at + target]) return 0;
  }
  return 1;
}

function squaredError(target: number, predictions: Float64Array, at: number): number {
  const error = predictions[at]! - target;
  return error * error;
}

function absoluteError(target: number, predictions: Float64Array, at: number): number {
  return Math.abs(predictions[at]! - target);
}

/** 1 - squared error / squared error of the mean; NaN when the target is constant. */
function r2(
  target: ArrayLike<number>,
  predictions: Float64Array,
  weight?: ArrayLike<number>,
): number {
  const own = Float64Array.from(target);
  const mean = meanOf((value) => value)(own, own, weight);
  const spread = meanOf(squaredError)(own, new Float64Array(own.length).fill(mean), weight);
  return spread === 0 ? NaN : 1 - meanOf(squaredError)(own, predictions, weight) / spread;
}

function ranked(score: (groups: ScoreGroups) => number): MetricFunction {
  return (target, predictions, weight) => {
    const { scores, groupOf } = groupByScore(Uint8Array.from(target), predictions);
    const positives = new Float64Array(scores.length);
    const negatives = new Float64Array(scores.length);
    for (let row = 0; row < target.length; row++) {
      const side = target[row] === 1 ? positives : negatives;
      side[groupOf[row]!]! += weight ? weight[row]! : 1;
    }
    return score({ scores, positives, negatives });
  };
}
