import * as assert from 'uvu/assert';
import { predictions } from '../../src/model/margin.js';
import type { Model } from '../../src/model/model.js';
import { decodeBlob, quantizedMargins } from '../../src/quantize/index.js';
import type { Scorer } from '../../src/score/index.js';
import { adversarialMatrix } from './randomModel.js';

/** Every way to score; all give the same bytes. */
export const KERNELS = ['simd', 'portable', 'javascript'] as const;

/** Margins, predictions and single rows of a scorer are those of quantizedMargins and the links, bit for bit. */
export function checkAgainstDefinition(
  scorer: Scorer,
  model: Model,
  blob: Uint8Array,
  rowCount: number,
  matrix: Float32Array = adversarialMatrix(model, rowCount, rowCount + 1),
): void {
  const width = model.features.length;
  const exact = quantizedMargins(decodeBlob(blob), matrix, rowCount);
  const expected = Float32Array.from(predictions(model, exact));
  const { outputCount } = scorer;
  assert.is(expected.length, rowCount * outputCount);
  assert.ok(sameBytes(scorer.margin(matrix), Float32Array.from(exact)));
  const out = new Float32Array(expected.length + 1).fill(-7);
  scorer.predictInto(matrix, rowCount, out);
  assert.ok(sameBytes(out.slice(0, expected.length), expected));
  assert.is(out[expected.length], -7);
  checkBins(scorer, matrix, out.slice(0, expected.length));
  const prediction = new Float32Array(outputCount);
  for (let row = 0; row < Math.min(rowCount, 100); row++) {
    const values = matrix.subarray(row * width, (row + 1) * width);
    scorer.predictRowInto(values, prediction);
    const start = row * outputCount;
    assert.ok(sameBytes(prediction, expected.slice(start, start + outputCount)));
    if (outputCount === 1) assert.is(scorer.predictRow(values), expected[row]);
  }
}

/** Rows that are binned already give what their features gave. */
function checkBins(scorer: Scorer, matrix: Float32Array, expected: Float32Array): void {
  let bins: Uint8Array[];
  try {
    bins = scorer.bin(matrix);
  } catch (error) {
    assert.match((error as Error).message, 'a model whose trees test nothing has no bins');
    return;
  }
  const out = new Float32Array(expected.length + 1).fill(-7);
  scorer.predictInto(bins, expected.length / scorer.outputCount, out);
  assert.ok(sameBytes(out.slice(0, expected.length), expected));
  assert.is(out[expected.length], -7);
  assert.ok(sameBytes(scorer.margin(bins), scorer.margin(matrix)));
}

/** Bits, as -0 is not 0. */
export function sameBytes(a: Float32Array, b: Float32Array): boolean {
  return Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
