import { margins, predictions } from '../model/margin.js';
import type { Model } from '../model/model.js';

/**
 * The float64 margins of a model before quantisation: the oracle that every engine is held against. Slow.
 * @param matrix - row-major feature matrix, float32 or float64 (IN)
 * @returns one margin a row. O(rows * trees * depth).
 */
export function predictMargin(
  model: Model,
  matrix: ArrayLike<number>,
  rowCount: number = matrix.length / model.features.length,
): Float64Array {
  return margins(model.predictor, matrix, rowCount, model.features.length);
}

/** The float64 probabilities of a model before quantisation. Slow, as {@link predictMargin}. */
export function predictProbability(
  model: Model,
  matrix: ArrayLike<number>,
  rowCount: number = matrix.length / model.features.length,
): Float64Array {
  return predictions(model, predictMargin(model, matrix, rowCount));
}
