import { log } from '../core/elementary.js';
import { binnedError, CALIBRATION_DEFAULTS, uniformBins } from './calibrationError.js';
import { weightedMean } from './checkRows.js';
import { classMetrics, confusionMatrix } from './confusionMatrix.js';
import { epsilonOf } from './logLoss.js';
import { METRIC_NAMES, type MetricName, preparePredictions } from './metrics.js';
import { MULTICLASS_METRIC_NAMES } from './multiclassMetrics.js';
import {
  type ClassProbabilities,
  checkClassProbabilities,
  topClasses,
} from './multiclassScores.js';
import { areaUnderRoc } from './ranking.js';
import {
  meanAbsoluteError,
  meanAbsolutePercentageError,
  r2Score,
  rootMeanSquaredError,
} from './regressionErrors.js';
import { REGRESSION_METRIC_NAMES } from './regressionMetrics.js';
import { type GroupedRows, groupByScore } from './scoreGroups.js';

/** The metrics of any resample of the same rows: what can be sorted or taken a logarithm of is so once. */
export interface Recount<Name extends string> {
  names: readonly Name[];
  rowCount: number;
  /** @param times - how often each row was drawn */
  evaluate(times: Float64Array): Record<Name, number>;
}

/** Metrics of two classes at a threshold, as `evaluatePredictions` has them. O(rows) a recount. */
export function recountBinary(
  labels: Uint8Array,
  probabilities: ArrayLike<number>,
  threshold: number,
): Recount<MetricName> {
  const { groups, evaluate } = preparePredictions(labels, probabilities, threshold);
  return {
    names: METRIC_NAMES,
    rowCount: labels.length,
    evaluate(times) {
      const { confusion: _, ...metrics } = evaluate(recountInto(groups, labels, times));
      return metrics;
    },
  };
}

/** Metrics of several classes, as `evaluateMulticlass` has them. O(classes * rows) a recount. */
export function recountMulticlass(
  input: Omit<ClassProbabilities, 'weight'>,
): Recount<(typeof MULTICLASS_METRIC_NAMES)[number]> {
  checkClassProbabilities(input);
  const { labels, probabilities, classCount } = input;
  const rowCount = labels.length;
  const top = topClasses(probabilities, classCount);
  const epsilon = epsilonOf(probabilities);
  const losses = new Float64Array(rowCount);
  const distances = new Float64Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    for (let k = 0; k < classCount; k++) {
      const p = probabilities[row * classCount + k]!;
      distances[row]! += (p - (labels[row] === k ? 1 : 0)) ** 2;
      if (labels[row] === k) losses[row] = -log(Math.min(Math.max(p, epsilon), 1 - epsilon));
    }
  }
  const isRight = Uint8Array.from(top, (k, row) => (labels[row] === k ? 1 : 0));
  const confidence = groupByScore(
    isRight,
    Float64Array.from(top, (k, row) => probabilities[row * classCount + k]!),
  );
  const { binCount } = CALIBRATION_DEFAULTS;
  const binOf = uniformBins(confidence.scores, binCount);
  const views = Array.from({ length: classCount }, (_, k) => {
    const isClass = Uint8Array.from({ length: rowCount }, (_, row) => (labels[row] === k ? 1 : 0));
    return { isClass, groups: groupByScore(isClass, columnOf(probabilities, classCount, k)) };
  });
  return {
    names: MULTICLASS_METRIC_NAMES,
    rowCount,
    evaluate(times) {
      const areas = views
        .map(({ isClass, groups }) => areaUnderRoc(recountInto(groups, isClass, times)))
        .filter((area) => !Number.isNaN(area));
      const confusion = confusionMatrix(labels, top, classCount, times);
      return {
        logLoss: weightedMean(rowCount, times, (row) => losses[row]!),
        ...classMetrics(confusion, classCount),
        rocAuc: areas.reduce((sum, area) => sum + area, 0) / areas.length,
        brierScore: weightedMean(rowCount, times, (row) => distances[row]!),
        calibrationError: binnedError(recountInto(confidence, isRight, times), binOf, binCount),
      };
    },
  };
}

/** Metrics of predicted numbers, as `evaluateRegression` has them. O(rows) a recount. */
export function recountRegression(
  target: ArrayLike<number>,
  predictions: ArrayLike<number>,
): Recount<(typeof REGRESSION_METRIC_NAMES)[number]> {
  const rowCount = target.length;
  const errors = Float64Array.from(target, (value, row) => Math.abs(value - predictions[row]!));
  const order = Uint32Array.from(errors.keys()).sort((a, b) => errors[a]! - errors[b]! || a - b);
  return {
    names: REGRESSION_METRIC_NAMES,
    rowCount,
    evaluate: (times) => ({
      rmse: rootMeanSquaredError(target, predictions, times),
      mae: meanAbsoluteError(target, predictions, times),
      medianAbsoluteError: medianOf(errors, order, times),
      mape: meanAbsolutePercentageError(target, predictions, times),
      r2: r2Score(target, predictions, times),
    }),
  };
}

function columnOf(probabilities: ArrayLike<number>, width: number, column: number): Float64Array {
  const length = probabilities.length / width;
  return Float64Array.from({ length }, (_, row) => probabilities[row * width + column]!);
}

/** Counts the rows of each group anew. Mutates the counts of `groups`. */
function recountInto(
  groups: GroupedRows,
  isPositive: Uint8Array,
  times: Float64Array,
): GroupedRows {
  const { positives, negatives, groupOf } = groups;
  positives.fill(0);
  negatives.fill(0);
  for (let row = 0; row < times.length; row++) {
    const counts = isPositive[row] === 1 ? positives : negatives;
    counts[groupOf[row]!]! += times[row]!;
  }
  return groups;
}

/** The median of values drawn `times`; half-way between the two in the middle of an even number. */
function medianOf(values: Float64Array, order: Uint32Array, times: Float64Array): number {
  let total = 0;
  for (const count of times) total += count;
  const half = total / 2;
  let below = 0;
  let lower = NaN;
  for (const row of order) {
    if (times[row] === 0) continue;
    if (below === half) return (lower + values[row]!) / 2;
    below += times[row]!;
    lower = values[row]!;
    if (below > half) return lower;
  }
  return lower;
}
