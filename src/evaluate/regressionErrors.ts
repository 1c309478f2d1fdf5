import { checkNumber } from '../core/check.js';
import { checkRows, weightedMean } from './checkRows.js';

/**
 * Errors of predicted numbers. All take the true values, the predicted ones and optionally a weight a row, and
 * @throws {ShapeError} when the lengths differ, {DataError} without rows or on a value that is not finite.
 */
export type RegressionError = (
  target: ArrayLike<number>,
  predictions: ArrayLike<number>,
  weight?: ArrayLike<number>,
) => number;

/** Root mean squared error. */
export const rootMeanSquaredError: RegressionError = (target, predictions, weight) => {
  checkRows({ targets: target, predictions }, weight);
  return Math.sqrt(
    weightedMean(target.length, weight, (row) => (target[row]! - predictions[row]!) ** 2),
  );
};

/** Mean |target - prediction|. */
export const meanAbsoluteError: RegressionError = (target, predictions, weight) => {
  checkRows({ targets: target, predictions }, weight);
  return weightedMean(target.length, weight, (row) => Math.abs(target[row]! - predictions[row]!));
};

/**
 * Median |target - prediction|; half-way between the two in the middle of an even number. With weights the error at which
 * half of the weight is reached; where it is reached exactly, half-way to the next.
 */
export const medianAbsoluteError: RegressionError = (target, predictions, weight) => {
  checkRows({ targets: target, predictions }, weight);
  const errors = Float64Array.from(target, (value, row) => Math.abs(value - predictions[row]!));
  const order = Uint32Array.from(errors.keys()).sort((a, b) => errors[a]! - errors[b]! || a - b);
  const rows = weight === undefined ? order : order.filter((row) => weight[row]! > 0);
  const weightOf = (row: number): number => (weight === undefined ? 1 : weight[row]!);
  let total = 0;
  for (const row of rows) total += weightOf(row);
  let below = 0;
  for (let i = 0; i < rows.length; i++) {
    below += weightOf(rows[i]!);
    if (below < total / 2) continue;
    const next = below === total / 2 ? rows[i + 1] : undefined;
    return next === undefined ? errors[rows[i]!]! : (errors[rows[i]!]! + errors[next]!) / 2;
  }
  return errors[rows.at(-1)!]!;
};

/** Mean |target - prediction| / |target|, as a share; a target of 0 counts as 2^-52 (scikit-learn's rule). */
export const meanAbsolutePercentageError: RegressionError = (target, predictions, weight) => {
  checkRows({ targets: target, predictions }, weight);
  return weightedMean(
    target.length,
    weight,
    (row) =>
      Math.abs(target[row]! - predictions[row]!) / Math.max(Math.abs(target[row]!), Number.EPSILON),
  );
};

/**
 * Coefficient of determination: 1 - Σ (target - prediction)² / Σ (target - mean)². Equal targets give 1 when predicted
 * exactly, else 0 (scikit-learn's rule).
 */
export const r2Score: RegressionError = (target, predictions, weight) => {
  checkRows({ targets: target, predictions }, weight);
  const mean = weightedMean(target.length, weight, (row) => target[row]!);
  const residual = weightedMean(
    target.length,
    weight,
    (row) => (target[row]! - predictions[row]!) ** 2,
  );
  const spread = weightedMean(target.length, weight, (row) => (target[row]! - mean) ** 2);
  if (spread === 0) return residual === 0 ? 1 : 0;
  return 1 - residual / spread;
};

/**
 * Mean pinball loss of a predicted quantile: `alpha` for each unit that the prediction is too low, `1 - alpha` for each
 * that it is too high (Koenker and Bassett 1978).
 * @param alpha - the quantile, in (0, 1)
 */
export function pinballLoss(
  target: ArrayLike<number>,
  predictions: ArrayLike<number>,
  alpha: number,
  weight?: ArrayLike<number>,
): number {
  checkNumber('alpha', alpha, Number.MIN_VALUE, 1 - Number.EPSILON);
  checkRows({ targets: target, predictions }, weight);
  return weightedMean(target.length, weight, (row) => {
    const short = target[row]! - predictions[row]!;
    return short >= 0 ? alpha * short : (alpha - 1) * short;
  });
}

/**
 * Mean Huber loss: half the square of an error up to `delta`, and `delta · (|error| - delta / 2)` beyond (Huber 1964).
 * @param delta - > 0
 */
export function huberLoss(
  target: ArrayLike<number>,
  predictions: ArrayLike<number>,
  delta: number,
  weight?: ArrayLike<number>,
): number {
  checkNumber('delta', delta, Number.MIN_VALUE);
  checkRows({ targets: target, predictions }, weight);
  return weightedMean(target.length, weight, (row) => {
    const error = Math.abs(target[row]! - predictions[row]!);
    return error <= delta ? (error * error) / 2 : delta * (error - delta / 2);
  });
}
