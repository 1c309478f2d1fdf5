import { categoryWeight, type Linear, prepareNumeric } from '../model/linear.js';
import type { Rows } from './forestContributions.js';

/**
 * Adds the contributions of a linear model to `out`, and its expected margin to the last entry of each block.
 *
 * They are interventional (features taken as independent), for which the Shapley values are plain differences (Štrumbelj and
 * Kononenko 2014): weight · (prepared x - its mean). A prepared number is centred on its training mean, so its mean is 0
 * (up to the float32 rounding of `center`). The model stores no shares of the levels of a category: its weight counts whole, against a
 * level that training has not seen, which adds 0. The expected margin is then the intercept: average numbers, no known level.
 * @param out - rowCount * outputs * (featureCount + 1) (IN and OUT)
 */
export function addLinearContributions(linear: Linear, rows: Rows, out: Float64Array): void {
  const { matrix, rowCount, featureCount } = rows;
  const outputCount = linear.intercepts.length;
  for (let row = 0; row < rowCount; row++) {
    const offset = row * featureCount;
    for (let output = 0; output < outputCount; output++) {
      const base = (row * outputCount + output) * (featureCount + 1);
      for (const input of linear.numeric) {
        const x = matrix[offset + input.featureIndex]!;
        out[base + input.featureIndex]! += input.weights[output]! * prepareNumeric(input, x);
      }
      for (const input of linear.categorical) {
        const code = matrix[offset + input.featureIndex]!;
        out[base + input.featureIndex]! += categoryWeight(input, output, code);
      }
      out[base + featureCount]! += linear.intercepts[output]!;
    }
  }
}

/**
 * Moves the reference of contributions to the mean of given rows: the exact Shapley values of a linear model against them.
 * @param out - contributions of any rows (IN and OUT)
 */
export function centerOnRows(linear: Linear, background: Rows, out: Float64Array): void {
  const { rowCount, featureCount } = background;
  const block = linear.intercepts.length * (featureCount + 1);
  const own = new Float64Array(rowCount * block);
  addLinearContributions(linear, background, own);
  const mean = new Float64Array(block);
  for (let at = 0; at < own.length; at++) mean[at % block]! += own[at]! / rowCount;
  for (let at = 0; at < out.length; at++) {
    const entry = at % block;
    const isExpected = entry % (featureCount + 1) === featureCount;
    if (!isExpected) out[at]! -= mean[entry]!;
    else for (let back = 1; back <= featureCount; back++) out[at]! += mean[entry - back]!;
  }
}
