import type { QuantizedLinear, QuantizedNumeric } from '../../model/quantized.js';
import { levelRow } from '../../quantize/quantizedMargin.js';
import type { MarginAt } from './javascriptEngine.js';

const VALUE_LIMIT = 32767;
/** numbers of an input, see unpackInputs */
const INPUT_NUMBERS = 7;

/**
 * The integer dot products of a linear model. The integers are below 2^53, so their float64 sum is exact in any order.
 * @returns what gives one margin of a row; allocates nothing.
 */
export function createLinearSum({ sums }: QuantizedLinear): MarginAt {
  const inputs = sums.map(({ numeric }) => unpackInputs(numeric));
  return (matrix, offset, output) => {
    const { intercept, scale, categorical } = sums[output]!;
    let sum = sumInputs(inputs[output]!, matrix, offset);
    for (let i = 0; i < categorical.length; i++) {
      const { featureIndex, values, fill, weight } = categorical[i]!;
      const code = Math.fround(matrix[offset + featureIndex]!);
      const row = levelRow(code !== code ? fill : code, values.length);
      if (row < values.length) sum += weight * values[row]!;
    }
    return intercept + scale * sum;
  };
}

/** Side by side in one array: reading the fields of as many objects takes several times as long. */
function unpackInputs(inputs: readonly QuantizedNumeric[]): Float64Array {
  return Float64Array.from(
    inputs.flatMap(({ featureIndex, fill, lower, upper, center, inverseStep, weight }) => {
      return [featureIndex, fill, lower, upper, center, inverseStep, weight];
    }),
  );
}

/** `quantizeValue` of each input, times its weight. */
function sumInputs(inputs: Float64Array, matrix: ArrayLike<number>, offset: number): number {
  let sum = 0;
  for (let at = 0; at < inputs.length; at += INPUT_NUMBERS) {
    const x = Math.fround(matrix[offset + inputs[at]!]!);
    const filled = x === x ? x : inputs[at + 1]!;
    const clipped = Math.min(Math.max(filled, inputs[at + 2]!), inputs[at + 3]!);
    const q = Math.floor((clipped - inputs[at + 4]!) * inputs[at + 5]! + 0.5);
    sum += inputs[at + 6]! * Math.min(Math.max(q, -VALUE_LIMIT), VALUE_LIMIT);
  }
  return sum;
}
