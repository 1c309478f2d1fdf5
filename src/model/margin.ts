import { exp } from '../core/elementary.js';
import { type Calibrator, type ClassCalibrator, calibrate } from './calibrator.js';
import { type Forest, findLeaf, type Link } from './forest.js';
import { categoryWeight, type Linear, prepareNumeric } from './linear.js';
import { type Model, outputCountOf, type Predictor, type Task } from './model.js';
import { classProbabilities } from './multiclass.js';

/**
 * The slow, obvious predictor that every fast one is held against: float64, a row and a tree at a time.
 * @param matrix - row-major feature matrix, length >= rowCount * featureCount (IN)
 * @returns the margins, row-major, one an output: rowCount * outputCount. O(rows * trees * depth).
 */
export function margins(
  predictor: Predictor,
  matrix: ArrayLike<number>,
  rowCount: number,
  featureCount: number,
): Float64Array {
  const outputCount = outputCountOf(predictor);
  const out = new Float64Array(rowCount * outputCount);
  for (let row = 0; row < rowCount; row++) {
    const offset = row * featureCount;
    if (predictor.kind === 'forest')
      forestMarginsInto(predictor, matrix, offset, out, row * outputCount);
    else linearMarginsInto(predictor, matrix, offset, out, row * outputCount);
  }
  return out;
}

/**
 * What a model predicts for margins, in float64: the calibrated probability of the positive class (binary), the probability
 * of each class, row-major (multiclass), or a number (regression).
 */
export function predictions(model: Model, marginsOfRows: Float64Array): Float64Array {
  const { link } = model.predictor;
  const outputCount = outputCountOf(model.predictor);
  return predictionsOf(model.task, link, marginsOfRows, outputCount, model.calibrator);
}

/** {@link predictions} without a model. */
export function predictionsOf(
  task: Task,
  link: Link,
  marginsOfRows: Float64Array,
  outputCount: number,
  calibrator: Calibrator = { kind: 'none' },
): Float64Array {
  switch (task) {
    case 'binary':
      return marginsOfRows.map((margin) => calibrate(calibrator, link, margin));
    case 'multiclass':
      return classProbabilities(link, marginsOfRows, outputCount, calibrator as ClassCalibrator);
    case 'regression':
      return link === 'log' ? marginsOfRows.map(exp) : marginsOfRows;
  }
}

function forestMarginsInto(
  forest: Forest,
  matrix: ArrayLike<number>,
  offset: number,
  out: Float64Array,
  at: number,
): void {
  const { baseScores, roots, treeOutput, leafValue } = forest;
  out.set(baseScores, at);
  for (let tree = 0; tree < roots.length; tree++) {
    out[at + treeOutput[tree]!]! += leafValue[findLeaf(forest, tree, matrix, offset)]!;
  }
}

function linearMarginsInto(
  linear: Linear,
  matrix: ArrayLike<number>,
  offset: number,
  out: Float64Array,
  at: number,
): void {
  linear.intercepts.forEach((intercept, output) => {
    let margin = intercept;
    for (const input of linear.numeric) {
      margin +=
        input.weights[output]! * prepareNumeric(input, matrix[offset + input.featureIndex]!);
    }
    for (const input of linear.categorical) {
      margin += categoryWeight(input, output, matrix[offset + input.featureIndex]!);
    }
    out[at + output] = margin;
  });
}
