import {
  meanAbsoluteError,
  meanAbsolutePercentageError,
  medianAbsoluteError,
  r2Score,
  rootMeanSquaredError,
} from './regressionErrors.js';

/** How good predicted numbers are. Each is defined at its own function. */
export interface RegressionMetrics {
  rmse: number;
  mae: number;
  medianAbsoluteError: number;
  /** as a share */
  mape: number;
  r2: number;
}

/** The metrics of a regression, in the order they are reported. */
export const REGRESSION_METRIC_NAMES = [
  'rmse',
  'mae',
  'medianAbsoluteError',
  'mape',
  'r2',
] as const;

/**
 * Every metric of predicted numbers that needs no parameter. O(rows log rows).
 * @param weight - one a row, >= 0; each row counts 1 when absent
 * @throws {ShapeError} when the lengths differ. @throws {DataError} without rows or on a value that is not finite.
 */
export function evaluateRegression(
  target: ArrayLike<number>,
  predictions: ArrayLike<number>,
  weight?: ArrayLike<number>,
): RegressionMetrics {
  return {
    rmse: rootMeanSquaredError(target, predictions, weight),
    mae: meanAbsoluteError(target, predictions, weight),
    medianAbsoluteError: medianAbsoluteError(target, predictions, weight),
    mape: meanAbsolutePercentageError(target, predictions, weight),
    r2: r2Score(target, predictions, weight),
  };
}
