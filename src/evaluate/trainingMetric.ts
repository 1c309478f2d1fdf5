import { checkInteger, checkKnownKeys, checkNumber, checkOneOf } from '../core/check.js';
import { ConfigError } from '../core/errors.js';
import { checkRows, weightedMean } from './checkRows.js';
import { tweedieDeviance } from './deviance.js';
import { ndcg } from './groupRanking.js';
import { logLoss } from './logLoss.js';
import { multiclassLogLoss, oneVsRestAuc, topClasses } from './multiclassScores.js';
import { averagePrecision, rocAuc } from './ranking.js';
import {
  huberLoss,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  pinballLoss,
  rootMeanSquaredError,
} from './regressionErrors.js';

/** What is being trained: as a model's task, and ranking, whose models are regressions that rank. */
export type MetricTask = 'binary' | 'multiclass' | 'regression' | 'ranking';

export const EVAL_METRIC_NAMES = [
  'rocAuc',
  'averagePrecision',
  'logLoss',
  'error',
  'accuracy',
  'rmse',
  'mae',
  'mape',
  'quantile',
  'huber',
  'poisson',
  'gamma',
  'tweedie',
  'ndcg',
] as const;

export type EvalMetricName = (typeof EVAL_METRIC_NAMES)[number];

/** Parameters of the metrics that have one. */
export interface EvalMetricOptions {
  /** quantile: the quantile that is predicted, in (0, 1); default 0.5 */
  alpha?: number | undefined;
  /** huber: where the error stops being squared, > 0; default 1 */
  delta?: number | undefined;
  /** tweedie: power of the variance, in (1, 2); default 1.5 */
  power?: number | undefined;
  /** ndcg: how many ranks count; all by default */
  k?: number | undefined;
}

/** A metric that training watches on rows it does not learn from. */
export interface EvalMetric {
  readonly name: EvalMetricName;
  readonly greaterIsBetter: boolean;
  /** what it can judge */
  readonly tasks: readonly MetricTask[];
  /**
   * @param target - 0 or 1 (binary), an integer in [0, outputCount) (multiclass), a number, or a relevance (ranking); one a row
   * @param predictions - what the link makes of the margins: the probability of the positive class, `outputCount`
   * probabilities a row (row-major), or the number; for ranking the margin
   * @param outputCount - 1, or the number of classes
   * @param weight - what a row counts, >= 0; 1 when absent; ndcg takes none
   * @param groups - for ranking: rows of each group, in order; one group when absent
   * @throws {ShapeError} when the lengths differ. @throws {DataError} without rows or on a value out of range.
   */
  evaluate(
    target: ArrayLike<number>,
    predictions: ArrayLike<number>,
    outputCount: number,
    weight?: ArrayLike<number>,
    groups?: ArrayLike<number>,
  ): number;
}

type Evaluate = EvalMetric['evaluate'];

/** Looks up a metric for early stopping. @throws {ConfigError} on an unknown name, a parameter that it lacks or one out of range. */
export function evalMetric(name: string, options: EvalMetricOptions = {}): EvalMetric {
  const known = checkOneOf('metric', name, EVAL_METRIC_NAMES);
  const { parameter, greaterIsBetter = false, tasks, create } = METRICS[known];
  checkKnownKeys(`option of ${known}`, options, parameter ? [parameter] : []);
  return { name: known, greaterIsBetter, tasks, evaluate: create(options) };
}

interface Definition {
  parameter?: keyof EvalMetricOptions;
  greaterIsBetter?: boolean;
  tasks: readonly MetricTask[];
  create(options: EvalMetricOptions): Evaluate;
}

const CLASSES: readonly MetricTask[] = ['binary', 'multiclass'];
const NUMBERS: readonly MetricTask[] = ['regression'];

const METRICS: Record<EvalMetricName, Definition> = {
  rocAuc: {
    greaterIsBetter: true,
    tasks: CLASSES,
    create: () => (target, predictions, outputCount, weight) =>
      outputCount === 1
        ? rocAuc(binaryLabels(target), predictions, weight)
        : oneVsRestAuc({
            labels: target,
            probabilities: predictions,
            classCount: outputCount,
            weight,
          }),
  },
  averagePrecision: {
    greaterIsBetter: true,
    tasks: ['binary'],
    create: () => (target, predictions, _, weight) =>
      averagePrecision(binaryLabels(target), predictions, weight),
  },
  logLoss: {
    tasks: CLASSES,
    create: () => (target, predictions, outputCount, weight) =>
      outputCount === 1
        ? logLoss(binaryLabels(target), predictions, weight)
        : multiclassLogLoss({
            labels: target,
            probabilities: predictions,
            classCount: outputCount,
            weight,
          }),
  },
  error: {
    tasks: CLASSES,
    create: () => (target, predictions, outputCount, weight) =>
      1 - accuracy(target, predictions, outputCount, weight),
  },
  accuracy: { greaterIsBetter: true, tasks: CLASSES, create: () => accuracy },
  rmse: { tasks: NUMBERS, create: () => ofNumbers(rootMeanSquaredError) },
  mae: { tasks: NUMBERS, create: () => ofNumbers(meanAbsoluteError) },
  mape: { tasks: NUMBERS, create: () => ofNumbers(meanAbsolutePercentageError) },
  quantile: {
    parameter: 'alpha',
    tasks: NUMBERS,
    create({ alpha = 0.5 }) {
      checkNumber('alpha', alpha, Number.MIN_VALUE, 1 - Number.EPSILON);
      return ofNumbers((target, predictions, weight) =>
        pinballLoss(target, predictions, alpha, weight),
      );
    },
  },
  huber: {
    parameter: 'delta',
    tasks: NUMBERS,
    create({ delta = 1 }) {
      checkNumber('delta', delta, Number.MIN_VALUE);
      return ofNumbers((target, predictions, weight) =>
        huberLoss(target, predictions, delta, weight),
      );
    },
  },
  poisson: { tasks: NUMBERS, create: () => deviance(1) },
  gamma: { tasks: NUMBERS, create: () => deviance(2) },
  tweedie: {
    parameter: 'power',
    tasks: NUMBERS,
    create({ power = 1.5 }) {
      checkNumber('power', power, 1 + Number.EPSILON, 2 - Number.EPSILON);
      return deviance(power);
    },
  },
  ndcg: {
    parameter: 'k',
    greaterIsBetter: true,
    tasks: ['ranking'],
    create({ k }) {
      if (k !== undefined) checkInteger('k', k, 1);
      return (target, predictions, _, weight, groups) => {
        if (weight !== undefined) throw new ConfigError('"ndcg" takes no weights');
        return ndcg({ relevance: target, scores: predictions, groups }, { k });
      };
    },
  },
};

/** Share of rows whose class is the most probable one; a probability of exactly one half is the positive class. */
function accuracy(
  target: ArrayLike<number>,
  predictions: ArrayLike<number>,
  outputCount: number,
  weight?: ArrayLike<number>,
): number {
  if (outputCount === 1) checkRows({ targets: target, predictions }, weight);
  const top =
    outputCount === 1
      ? Array.from(predictions, (p) => (p >= 0.5 ? 1 : 0))
      : topClasses(predictions, outputCount);
  checkRows({ targets: target, predictions: top }, weight);
  return weightedMean(target.length, weight, (row) => (target[row] === top[row] ? 1 : 0));
}

function ofNumbers(
  metric: (
    target: ArrayLike<number>,
    predictions: ArrayLike<number>,
    weight?: ArrayLike<number>,
  ) => number,
): Evaluate {
  return (target, predictions, _, weight) => metric(target, predictions, weight);
}

function deviance(power: number): Evaluate {
  return ofNumbers((target, predictions, weight) =>
    tweedieDeviance(target, predictions, power, weight),
  );
}

/** Labels as bytes; a target that is neither 0 nor 1 becomes one that the metric refuses. */
function binaryLabels(target: ArrayLike<number>): Uint8Array {
  return Uint8Array.from(target, (value) => (value === 0 || value === 1 ? value : 2));
}
