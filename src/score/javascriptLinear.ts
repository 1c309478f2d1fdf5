import type { QuantizedLinear } from '../model/quantized.js';
import { levelRow, quantizeValue } from '../quantize/quantizedMargin.js';
import type { MarginAt } from './engine.js';

/**
 * The integer dot products of a linear model. The integers are below 2^53, so their float64 sum is exact in any order.
 * @returns what gives one margin of a row; allocates nothing.
 */
export function createLinearSum({ sums }: QuantizedLinear): MarginAt {
  return (matrix, offset, output) => {
    const { numeric, categorical, intercept, scale } = sums[output]!;
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
