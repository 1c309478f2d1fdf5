import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sigmoid } from '../../../src/core/elementary.js';
import { nextDown32, nextUp32 } from '../../../src/core/float.js';
import { createRandom } from '../../../src/core/random.js';
import { createKernel } from '../../../src/train/kernel/createKernel.js';
import {
  type Kernel,
  type KernelChoice,
  PACKED_BYTES,
  PAIR_BYTES,
  RECORD_BYTES,
  TABLE_BYTES,
} from '../../../src/train/kernel/kernel.js';

const ROW_COUNTS = [0, 1, 15, 16, 17, 255, 256, 257, 1000];
const COLUMNS = 16;
// the last four are padding, which shares one bin after all the others
const BINS = [2, 3, 17, 64, 254, 255, 256, 2, 5, 31, 100, 256, 0, 0, 0, 0];
const HISTOGRAM_BYTES = (BINS.reduce((sum, bins) => sum + bins, 0) + 1) * PAIR_BYTES;

/** Byte addresses in a buffer large enough for 1000 rows. */
const AT = {
  bins: 64,
  gradients: 32_768,
  margins: 49_152,
  targets: 65_536,
  weights: 73_728,
  indices: 81_920,
  scratch: 90_112,
  table: 98_304,
  groups: 99_328,
  columns: 99_584,
  records: 99_840,
  membership: 100_864,
  thresholds: 102_400,
  values: 104_448,
  sums: 110_592,
  counts: 112_640,
  tile: 120_832,
  histogram: 131_072,
  packed: 159_744,
  other: 196_608,
  stored: 256_000,
  sources: 257_024,
};
const BUFFER_BYTES = 262_144;

/** Runs a piece of work on a seeded buffer with one kernel. @returns the whole buffer afterwards */
function run(
  choice: KernelChoice,
  rowCount: number,
  work: (kernel: Kernel, buffer: ArrayBuffer) => void,
): Uint8Array {
  const { kernel, buffer: made } = createKernel(choice, BUFFER_BYTES);
  const buffer = made as ArrayBuffer;
  const random = createRandom(rowCount + 1);
  const bytes = new Uint8Array(buffer);
  const words = new Uint32Array(buffer);
  const floats = new Float32Array(buffer);
  let offset = 0;
  BINS.forEach((bins, column) => {
    const missing = bins > 0 ? column % 2 : 0;
    const direction = (column % 3) - 1;
    words.set([offset, bins - missing, missing, direction], (AT.table + column * TABLE_BYTES) / 4);
    // no bundles here: test/train/storedColumns.test.ts has them
    words.set([offset, bins, 0, 0], (AT.stored + column * TABLE_BYTES) / 4);
    offset += bins * PAIR_BYTES;
  });
  words.set([0, 1], AT.groups / 4);
  words.set(
    BINS.map((_, column) => column),
    AT.columns / 4,
  );
  for (let row = 0; row < rowCount; row++) {
    BINS.forEach((bins, column) => {
      bytes[AT.bins + row * COLUMNS + column] = random.integer(bins);
    });
    floats[AT.gradients / 4 + 2 * row] = random.normal();
    floats[AT.gradients / 4 + 2 * row + 1] = random.uniform();
    floats[AT.targets / 4 + row] = random.integer(2);
    floats[AT.weights / 4 + row] = random.uniform() + 0.1;
    words[AT.indices / 4 + row] = row;
  }
  random.shuffle(words.subarray(AT.indices / 4, AT.indices / 4 + rowCount));
  work(kernel, buffer);
  // what is left behind in the tile and in the bin of the padding is nobody's business
  bytes.fill(0, AT.tile, AT.histogram);
  bytes.fill(0, AT.counts + HISTOGRAM_BYTES / 4 - 4, AT.counts + HISTOGRAM_BYTES / 4);
  bytes.fill(0, AT.packed, AT.packed + COLUMNS * PACKED_BYTES);
  for (const histogram of [AT.histogram, AT.other]) {
    bytes.fill(0, histogram + HISTOGRAM_BYTES - PAIR_BYTES, histogram + HISTOGRAM_BYTES);
  }
  return bytes;
}

function bothKinds(
  name: string,
  rowCounts: readonly number[],
  work: (kernel: Kernel, buffer: ArrayBuffer, rowCount: number) => void,
): void {
  test(`${name}: the same bits from both kernels`, () => {
    for (const rowCount of rowCounts) {
      const [simd, portable] = (['simd', 'javascript'] as const).map((choice) =>
        run(choice, rowCount, (kernel, buffer) => work(kernel, buffer, rowCount)).subarray(
          0,
          BUFFER_BYTES,
        ),
      );
      assert.ok(Buffer.compare(simd!, portable!) === 0, `${rowCount} rows`);
    }
  });
}

function build(kernel: Kernel, indices: number, count: number, histogram: number): void {
  const { bins, gradients, stored, groups } = AT;
  kernel.buildHistogram(
    bins,
    COLUMNS,
    indices,
    count,
    gradients,
    stored,
    groups,
    2,
    AT.tile,
    16,
    histogram,
    HISTOGRAM_BYTES,
    AT.scratch,
    0,
  );
}

bothKinds('histogram, subtraction, sums and counts', ROW_COUNTS, (kernel, _, rowCount) => {
  build(kernel, AT.indices, rowCount, AT.histogram);
  build(kernel, AT.indices, rowCount >> 1, AT.other);
  kernel.subtractHistogram(AT.histogram, AT.other, HISTOGRAM_BYTES);
  kernel.sumGradients(AT.indices, rowCount, AT.gradients, AT.sums);
  const { bins, indices, stored, groups, counts, scratch } = AT;
  const countBytes = HISTOGRAM_BYTES / 4;
  kernel.countRows(
    bins,
    COLUMNS,
    indices,
    rowCount,
    stored,
    groups,
    2,
    counts,
    countBytes,
    scratch,
    0,
  );
});

/** Scales with few significant bits, as rounding needs them. */
const SCALES = [0.375, 0.125 + 2 ** -12] as const;

bothKinds(
  'rounded gradients, their range and histogram',
  ROW_COUNTS,
  (kernel, buffer, rowCount) => {
    kernel.gradientRange(AT.indices, rowCount, AT.gradients, AT.sums);
    kernel.roundGradients(AT.gradients, rowCount, -5, ...SCALES, 1);
    kernel.roundGradients(AT.values, rowCount, 2 ** 31 - 7, 0.1, 0.3, 0);
    const { bins, indices, gradients, stored, groups, tile, histogram, scratch, packed } = AT;
    const place = [histogram, HISTOGRAM_BYTES, scratch, 0] as const;
    const rows = [bins, COLUMNS, indices, rowCount, gradients] as const;
    kernel.buildPackedHistogram(...rows, stored, groups, 2, tile, 16, ...place, packed, ...SCALES);
    build(kernel, indices, rowCount, AT.other);
    const bytesOf = (at: number): Uint8Array =>
      new Uint8Array(buffer, at, HISTOGRAM_BYTES - PAIR_BYTES);
    assert.ok(
      Buffer.compare(bytesOf(histogram), bytesOf(AT.other)) === 0,
      'the order is no matter',
    );
  },
);

test('a range has the greatest and least sizes; NaN is the greatest', () => {
  for (const choice of ['simd', 'javascript'] as const) {
    run(choice, 3, (kernel, buffer) => {
      const pairs = new Float32Array(buffer, AT.gradients, 6);
      const range = new Float32Array(buffer, AT.sums, 4);
      pairs.set([-3, 0.5, 2, 0.25, -0, 4]);
      kernel.gradientRange(AT.indices, 3, AT.gradients, AT.sums);
      assert.equal([...range], [3, 4, 0, 0.25]);
      pairs.set([NaN, Infinity], 2);
      kernel.gradientRange(AT.indices, 3, AT.gradients, AT.sums);
      assert.ok(Number.isNaN(range[0]) && range[1] === Infinity);
    });
  }
});

bothKinds('rows of one column', ROW_COUNTS, (kernel, _, rowCount) => {
  // read as a column, the row-major bins are as good as any
  kernel.countColumn(AT.bins, AT.indices, rowCount, 256, AT.scratch, AT.counts);
});

test('rows of a column are counted right', () => {
  for (const rowCount of ROW_COUNTS) {
    run('simd', rowCount, (kernel, buffer) => {
      kernel.countColumn(AT.bins, AT.indices, rowCount, 256, AT.scratch, AT.counts);
      const expected = new Array(256).fill(0);
      for (const bin of new Uint8Array(buffer, AT.bins, rowCount)) expected[bin]++;
      assert.equal([...new Uint32Array(buffer, AT.counts, 256)], expected);
    });
  }
});

bothKinds('split scan', ROW_COUNTS.slice(1), (kernel, buffer, rowCount) => {
  build(kernel, AT.indices, rowCount, AT.histogram);
  kernel.sumGradients(AT.indices, rowCount, AT.gradients, AT.sums);
  const [gradient, hessian] = new Float64Array(buffer, AT.sums, 2) as unknown as [number, number];
  const { histogram, table, columns, records } = AT;
  for (const [least, l1, l2, at] of [
    [1e-3, 0, 0, records],
    [hessian / 5, 0.3, 2, records + COLUMNS * RECORD_BYTES],
  ] as const) {
    kernel.findNumericSplits(
      histogram,
      table,
      columns,
      COLUMNS,
      gradient,
      hessian,
      least,
      l1,
      l2,
      at,
    );
  }
});

bothKinds(
  'split scan within bounds, and gains of a level',
  ROW_COUNTS.slice(1),
  (kernel, buffer, rowCount) => {
    build(kernel, AT.indices, rowCount, AT.histogram);
    kernel.sumGradients(AT.indices, rowCount, AT.gradients, AT.sums);
    const [gradient, hessian] = new Float64Array(buffer, AT.sums, 2) as unknown as [number, number];
    const { histogram, table, columns, records, other } = AT;
    new Float64Array(buffer, other, HISTOGRAM_BYTES / 8).fill(0);
    for (const [least, l1, l2, lower, upper, at] of [
      [1e-3, 0, 0, -Infinity, Infinity, records],
      [hessian / 5, 0.3, 2, -0.1, 0.05, records + COLUMNS * RECORD_BYTES],
    ] as const) {
      const leaf = [histogram, table, columns, COLUMNS, gradient, hessian, least, l1, l2] as const;
      kernel.findBoundedSplits(...leaf, lower, upper, at);
      kernel.addLevelGains(...leaf, lower, upper, 0.01, 1e-9, other);
    }
  },
);

test('without bounds and directions the bounded scan finds what the free one does', () => {
  run('simd', 1000, (kernel, buffer) => {
    build(kernel, AT.indices, 1000, AT.histogram);
    kernel.sumGradients(AT.indices, 1000, AT.gradients, AT.sums);
    const [gradient, hessian] = new Float64Array(buffer, AT.sums, 2) as unknown as [number, number];
    const words = new Uint32Array(buffer);
    for (let column = 0; column < COLUMNS; column++) {
      words[(AT.table + column * TABLE_BYTES) / 4 + 3] = 0;
    }
    const { histogram, table, columns, records } = AT;
    const second = records + COLUMNS * RECORD_BYTES;
    for (const [l1, l2] of [
      [0, 0],
      [0.5, 3],
    ] as const) {
      const leaf = [histogram, table, columns, COLUMNS, gradient, hessian, 5, l1, l2] as const;
      kernel.findNumericSplits(...leaf, records);
      kernel.findBoundedSplits(...leaf, -Infinity, Infinity, second);
      for (let column = 0; column < COLUMNS; column++) {
        if (BINS[column]! - (column % 2) < 2) continue;
        const free = new Float64Array(buffer, records + column * RECORD_BYTES, 4);
        const bounded = new Float64Array(buffer, second + column * RECORD_BYTES, 4);
        assert.equal([...bounded.subarray(1)], [...free.subarray(1)], `column ${column}`);
        assert.ok(Math.abs(bounded[0]! - free[0]!) < 1e-9 * (1 + free[0]!));
      }
    }
  });
});

bothKinds('partition and margins', ROW_COUNTS, (kernel, buffer, rowCount) => {
  const bytes = new Uint8Array(buffer);
  for (let bin = 0; bin < 256; bin++) bytes[AT.membership + bin] = (bin * 7) & 1;
  bytes[AT.membership + 16] = 3;
  const { bins, membership, indices, scratch } = AT;
  const left = kernel.partition(bins, membership, indices, rowCount, scratch);
  kernel.addToMargins(AT.margins, indices, left, 0.1);
  // what is left behind in the scratch space is nobody's business
  bytes.fill(0, scratch, scratch + 4096);
});

bothKinds('gradients', ROW_COUNTS, (kernel, buffer, rowCount) => {
  const margins = new Float64Array(buffer, AT.margins, 1000);
  const special = [0, -0, 1e-300, -1e-300, 36.7, -36.7, 708.3, -708.4, 709, -745, 1e300, -1e300];
  const random = createRandom(3);
  for (let row = 0; row < rowCount; row++) margins[row] = special[row] ?? 20 * random.normal();
  kernel.logisticGradients(AT.margins, AT.targets, AT.weights, rowCount, AT.gradients);
});

bothKinds('binning', ROW_COUNTS, (kernel, buffer, rowCount) => {
  const thresholds = new Float32Array(buffer, AT.thresholds, 256);
  const random = createRandom(5);
  for (let i = 0; i < 254; i++) thresholds[i] = random.normal();
  thresholds.subarray(0, 254).sort();
  thresholds.fill(Infinity, 254);
  const values = new Float32Array(buffer, AT.values, 1000);
  const special = [NaN, Infinity, -Infinity, 0, -0, 3.4e38, -3.4e38, 1e-45];
  for (let row = 0; row < rowCount; row++) {
    const t = thresholds[row % 254]!;
    const near = [t, nextUp32(t), nextDown32(t), random.normal()][row % 4]!;
    values[row] = special[row] ?? near;
  }
  const { values: at, thresholds: cuts, bins, scratch } = AT;
  kernel.binColumn(at, 4, rowCount, cuts, 128, 255, scratch);
  const columns = Array.from({ length: 8 }, (_, k) => (k === 5 ? scratch : AT.indices + k));
  new Uint32Array(buffer).set(columns, AT.sources / 4);
  kernel.storeColumns(AT.sources, rowCount, bins + 8, COLUMNS);
});

test('stored columns stand side by side', () => {
  run('simd', 257, (kernel, buffer) => {
    const bytes = new Uint8Array(buffer);
    const columns = Array.from({ length: 8 }, (_, k) => AT.indices + 3 * k);
    new Uint32Array(buffer).set(columns, AT.sources / 4);
    kernel.storeColumns(AT.sources, 257, AT.bins + 8, COLUMNS);
    for (let row = 0; row < 257; row++) {
      columns.forEach((first, k) => {
        assert.is(bytes[AT.bins + row * COLUMNS + 8 + k], bytes[first + row]);
      });
    }
  });
});

test('subtraction equals the direct histogram', () => {
  run('simd', 1000, (kernel, buffer) => {
    build(kernel, AT.indices, 1000, AT.histogram);
    build(kernel, AT.indices, 400, AT.other);
    kernel.subtractHistogram(AT.histogram, AT.other, HISTOGRAM_BYTES);
    build(kernel, AT.indices + 4 * 400, 600, AT.other);
    const subtracted = new Float64Array(buffer, AT.histogram, HISTOGRAM_BYTES / 8);
    const direct = new Float64Array(buffer, AT.other, HISTOGRAM_BYTES / 8);
    direct.forEach((sum, i) => {
      assert.ok(Math.abs(sum - subtracted[i]!) < 1e-11, `bin ${i >> 1}`);
    });
  });
});

test('gradients are those of the log loss', () => {
  run('simd', 100, (kernel, buffer) => {
    const margins = new Float64Array(buffer, AT.margins, 100);
    margins.forEach((_, row) => {
      margins[row] = (row - 50) / 5;
    });
    kernel.logisticGradients(AT.margins, AT.targets, AT.weights, 100, AT.gradients);
    const pairs = new Float32Array(buffer, AT.gradients, 200);
    const targets = new Float32Array(buffer, AT.targets, 100);
    const weights = new Float32Array(buffer, AT.weights, 100);
    margins.forEach((margin, row) => {
      const p = sigmoid(margin);
      const gradient = weights[row]! * (p - targets[row]!);
      assert.ok(Math.abs(pairs[2 * row]! - gradient) < 1e-7);
      assert.ok(Math.abs(pairs[2 * row + 1]! - weights[row]! * p * (1 - p)) < 1e-7);
    });
  });
});

test('partition is stable and loses nothing', () => {
  run('simd', 257, (kernel, buffer) => {
    const bytes = new Uint8Array(buffer);
    const indices = new Uint32Array(buffer, AT.indices, 257);
    const before = [...indices];
    bytes.fill(1, AT.membership, AT.membership + 9);
    const left = kernel.partition(AT.bins, AT.membership, AT.indices, 257, AT.scratch);
    const goesLeft = (row: number): boolean => bytes[AT.bins + row]! < 9;
    assert.equal([...indices.subarray(0, left)], before.filter(goesLeft));
    assert.equal(
      [...indices.subarray(left)],
      before.filter((row) => !goesLeft(row)),
    );
  });
});

test('more memory than a buffer can hold is an error that says so', () => {
  assert.throws(() => createKernel('simd', 2 ** 33), /training needs 8192 MiB/);
});

test.run();
