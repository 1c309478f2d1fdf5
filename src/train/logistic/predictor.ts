import type { Linear } from '../../model/linear.js';
import type { Preprocessing } from '../preprocessing.js';
import type { LogisticProblem } from './problem.js';

/** Puts parameters and preprocessing together. */
export function assemble(
  { outputCount, penalisedCount }: LogisticProblem,
  { numeric, categorical }: Preprocessing,
  parameters: Float64Array,
): Linear {
  const outputs = Array.from({ length: outputCount }, (_, output) => output);
  const weightOf = (column: number, output: number): number =>
    column < 0 ? 0 : parameters[column * outputCount + output]!;
  const linear: Linear = {
    kind: 'linear',
    link: outputCount === 1 ? 'logit' : 'softmax',
    intercepts: Array.from(parameters.subarray(penalisedCount)),
    numeric: numeric.map((preparation, j) => ({
      ...preparation,
      weights: outputs.map((output) => weightOf(j, output)),
    })),
    categorical: [],
  };
  let firstColumn = numeric.length;
  for (const { featureIndex, columnCount, columnOfLevel, columnOfMissing, fill } of categorical) {
    const columnOf = (column: number): number => (column < 0 ? -1 : firstColumn + column);
    const weights = outputs.map((output) => {
      // the weight of a missing value that is a level of its own moves into the intercept, for missing adds nothing to a margin
      const missing = fill < 0 ? weightOf(columnOf(columnOfMissing), output) : 0;
      linear.intercepts[output]! += missing;
      return Array.from(columnOfLevel, (column) =>
        column < 0 ? 0 : weightOf(columnOf(column), output) - missing,
      );
    });
    linear.categorical.push({ featureIndex, weights, fill });
    firstColumn += columnCount;
  }
  return linear;
}
