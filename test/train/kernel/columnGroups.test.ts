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

/** below and above the number from which sums are added up at fixed distances */
const ROW_COUNTS = [700, 2047, 2048, 5000];
const BINS = 20;
const AT = {
  indices: 64,
  gradients: 32_768,
  table: 81_920,
  groups: 90_112,
  tile: 98_304,
  bins: 524_288,
  histogram: 917_504,
};
const BUFFER_BYTES = 1_048_576;

/** @returns the histogram of the columns, without the bin of the padding */
function histogramOf(
  choice: KernelChoice,
  rowCount: number,
  columnCount: number,
  groups: number[],
): Float64Array {
  const stride = Math.ceil(columnCount / GROUP_COLUMNS) * GROUP_COLUMNS;
  const { kernel, buffer } = createKernel(choice, BUFFER_BYTES);
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
  for (let row = 0; row < rowCount; row++) {
    words[AT.indices / 4 + row] = rowCount - 1 - row;
    const pair = [random.normal(), random.uniform()];
    new Float32Array(buffer, AT.gradients + 8 * row, 2).set(pair);
    for (let column = 0; column < columnCount; column++) {
      bytes[AT.bins + row * stride + column] = random.integer(BINS);
    }
  }
  words.set(groups, AT.groups / 4);
  kernel.buildHistogram(
    AT.bins,
    stride,
    AT.indices,
    rowCount,
    AT.gradients,
    AT.table,
    AT.groups,
    groups.length,
    AT.tile,
    64,
    AT.histogram,
    (binCount + 1) * PAIR_BYTES,
    0,
    0,
  );
  return new Float64Array(buffer as ArrayBuffer, AT.histogram, 2 * binCount).slice();
}

test('one to six groups, the last of them whole or half', () => {
  for (const columnCount of [3, 8, 12, 16, 19, 24, 28, 32, 36, 40, 44, 48]) {
    const groups = [...Array(Math.ceil(columnCount / GROUP_COLUMNS)).keys()];
    for (const rowCount of ROW_COUNTS) {
      const simd = histogramOf('simd', rowCount, columnCount, groups);
      const portable = histogramOf('javascript', rowCount, columnCount, groups);
      assert.equal(simd, portable, `${columnCount} columns, ${rowCount} rows`);
      assert.ok(simd.every((sum, i) => i % 2 === 0 || sum > 0));
    }
  }
});

test('groups that are not asked for stay empty', () => {
  for (const groups of [[1], [0, 3], [0, 2, 4]]) {
    for (const rowCount of ROW_COUNTS) {
      const simd = histogramOf('simd', rowCount, 40, groups);
      assert.equal(simd, histogramOf('javascript', rowCount, 40, groups));
      simd.forEach((sum, i) => {
        const group = Math.floor(i / (2 * BINS * GROUP_COLUMNS));
        if (!groups.includes(group)) assert.is(sum, 0);
      });
    }
  }
});

test.run();
