import type { QuantizedLinear } from '../model/quantized.js';
import { levelRow, quantizeValue } from '../quantize/quantizedMargin.js';

/**
 * The integer dot product of a linear model. The integers are below 2^53, so their float64 sum is exact in any order.
 * @returns the margin of the row of features that begins at `offset`; allocates nothing.
 */
export function createLinearSum(
  linear: QuantizedLinear,
): (matrix: ArrayLike<number>, offset: number) => number {
  const { numeric, categorical, intercept, scale } = linear;
  return (matrix, offset) => {
    let sum = 0;
    for (let i = 0; i < numeric.length; i++) {
      const input = numeric[i]!;
      const x = Math.fround(matrix[offset + input.featureIndex]!);
      sum += input.weight * quantizeValue(input, x);
    }
    for (let i = 0; i < categorical.length; i++) {
      const { featureIndex, values, fill, weight } = categorical[i]!;
      const code = Math.fround(matrix[offset + featureIndex]!);
      const row = levelRow(code !== code ? fill : code, values.length);
      if (row < values.length) sum += weight * values[row]!;
    }
    return intercept + scale * sum;
  };
}
