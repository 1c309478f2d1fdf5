import { calibrate } from './calibrator.js';
import { type Forest, findLeaf } from './forest.js';
import { categoryWeight, type Linear, prepareNumeric } from './linear.js';
import type { Model, Predictor } from './model.js';

/**
 * The slow, obvious predictor that every fast one is held against: float64, a row and a tree at a time.
 * @param matrix - row-major feature matrix, length >= rowCount * featureCount (IN)
 * @returns one margin a row. O(rows * trees * depth).
 */
export function margins(
  predictor: Predictor,
  matrix: ArrayLike<number>,
  rowCount: number,
  featureCount: number,
): Float64Array {
  const out = new Float64Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const offset = row * featureCount;
    out[row] =
      predictor.kind === 'forest'
        ? forestMargin(predictor, matrix, offset)
        : linearMargin(predictor, matrix, offset);
  }
  return out;
}

/** The calibrated probabilities for margins, in float64. */
export function probabilities(model: Model, marginOfRow: Float64Array): Float64Array {
  const { link } = model.predictor;
  return marginOfRow.map((margin) => calibrate(model.calibrator, link, margin));
}

function forestMargin(forest: Forest, matrix: ArrayLike<number>, offset: number): number {
  let margin = forest.baseScore;
  for (let tree = 0; tree < forest.roots.length; tree++) {
    margin += forest.leafValue[findLeaf(forest, tree, matrix, offset)]!;
  }
  return margin;
}

function linearMargin(linear: Linear, matrix: ArrayLike<number>, offset: number): number {
  let margin = linear.intercept;
  for (const input of linear.numeric) {
    margin += input.weight * prepareNumeric(input, matrix[offset + input.featureIndex]!);
  }
  for (const input of linear.categorical) {
    margin += categoryWeight(input, matrix[offset + input.featureIndex]!);
  }
  return margin;
}
