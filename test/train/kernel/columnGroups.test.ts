// Histograms of any number of groups of columns: the loops over one, two and three groups give the bits of the twin.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../../src/core/random.js';
import { createKernel } from '../../../src/train/kernel/createKernel.js';
import {
  GROUP_COLUMNS,
  type KernelChoice,
  PAIR_BYTES,
  TABLE_BYTES,
} from '../../../src/train/kernel/kernel.js';

const ROWS = 700;
const BINS = 20;
const AT = { indices: 64, gradients: 4096, table: 12_288, groups: 16_384, tile: 20_480 };
const BINS_AT = 65_536;
const HISTOGRAM_AT = 131_072;

/** @returns the histogram of the columns, without the bin of the padding */
function histogramOf(choice: KernelChoice, columnCount: number, groups: number[]): Float64Array {
  const stride = Math.ceil(columnCount / GROUP_COLUMNS) * GROUP_COLUMNS;
  const { kernel, buffer } = createKernel(choice, 262_144);
  const bytes = new Uint8Array(buffer);
  const words = new Uint32Array(buffer);
  const random = createRandom(columnCount);
  const binCount = columnCount * BINS;
  for (let column = 0; column < stride; column++) {
    const isReal = column < columnCount;
    const first = isReal ? column * BINS : binCount;
    const record = [first * PAIR_BYTES, isReal ? BINS : 0, 0, 0];
    words.set(record, (AT.table + column * TABLE_BYTES) / 4);
  }
  for (let row = 0; row < ROWS; row++) {
    words[AT.indices / 4 + row] = ROWS - 1 - row;
    const pair = [random.normal(), random.uniform()];
    new Float32Array(buffer, AT.gradients + 8 * row, 2).set(pair);
    for (let column = 0; column < columnCount; column++) {
      bytes[BINS_AT + row * stride + column] = random.integer(BINS);
    }
  }
  words.set(groups, AT.groups / 4);
  kernel.buildHistogram(
    BINS_AT,
    stride,
    AT.indices,
    ROWS,
    AT.gradients,
    AT.table,
    AT.groups,
    groups.length,
    AT.tile,
    64,
    HISTOGRAM_AT,
    (binCount + 1) * PAIR_BYTES,
    0,
    0,
  );
  return new Float64Array(buffer as ArrayBuffer, HISTOGRAM_AT, 2 * binCount).slice();
}

test('one to six groups, the last of them whole or half', () => {
  for (const columnCount of [3, 8, 12, 16, 19, 24, 28, 32, 36, 40, 44, 48]) {
    const groups = [...Array(Math.ceil(columnCount / GROUP_COLUMNS)).keys()];
    const simd = histogramOf('simd', columnCount, groups);
    assert.equal(simd, histogramOf('javascript', columnCount, groups), `${columnCount} columns`);
    assert.ok(simd.every((sum, i) => i % 2 === 0 || sum > 0));
  }
});

test('groups that are not asked for stay empty', () => {
  for (const groups of [[1], [0, 3], [0, 2, 4]]) {
    const simd = histogramOf('simd', 40, groups);
    assert.equal(simd, histogramOf('javascript', 40, groups));
    simd.forEach((sum, i) => {
      const group = Math.floor(i / (2 * BINS * GROUP_COLUMNS));
      if (!groups.includes(group)) assert.is(sum, 0);
    });
  }
});

test.run();
