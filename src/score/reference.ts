import { margins, predictions } from '../model/margin.js';
import type { Model } from '../model/model.js';

/**
 * The float64 margins of a model before quantisation: the oracle that every engine is held against. Slow.
 * @param matrix - row-major feature matrix, float32 or float64 (IN)
 * @returns the margins, row-major, one an output. O(rows * trees * depth).
 */
export function predictMargin(
  model: Model,
  matrix: ArrayLike<number>,
  rowCount: number = matrix.length / model.features.length,
): Float64Array {
  return margins(model.predictor, matrix, rowCount, model.features.length);
}

/**
 * The float64 predictions of a model before quantisation: of the positive class, of each class (row-major), or the numbers of a
 * regression. Slow, as {@link predictMargin}.
 */
export function predictReference(
  model: Model,
  matrix: ArrayLike<number>,
  rowCount: number = matrix.length / model.features.length,
): Float64Array {
  return predictions(model, predictMargin(model, matrix, rowCount));
}
