import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalJson } from '../../../src/core/json.js';
import { createRandom } from '../../../src/core/random.js';
import { bundleColumns } from '../../../src/train/bins/columnBundles.js';
import { fitGbdt } from '../../../src/train/gbdt.js';
import { resolveGbdtOptions } from '../../../src/train/gbdtOptions.js';
import { createHistograms } from '../../../src/train/grow/histograms.js';
import { binary } from '../../../src/train/objectives/binary.js';
import { prepareWorkspace } from '../../../src/train/prepareWorkspace.js';
import type { TrainingMatrix } from '../../../src/train/trainingMatrix.js';
import { binaryProblem } from '../../../src/train/trainingProblem.js';

const ROWS = 6000;
const FEATURES = 24;

/** Columns of few values, one-hot ones, one that follows from another, and some of many values. */
function sparse(seed: number): TrainingMatrix {
  const random = createRandom(seed);
  const matrix = new Float32Array(ROWS * FEATURES);
  const target = new Uint8Array(ROWS);
  for (let row = 0; row < ROWS; row++) {
    const x = matrix.subarray(row * FEATURES, (row + 1) * FEATURES);
    const hot = random.integer(10);
    for (let k = 0; k < 10; k++) x[k] = k === hot ? 1 : 0;
    for (let k = 10; k < 16; k++) x[k] = random.uniform() < 0.9 ? 0 : random.integer(5);
    x[16] = random.uniform() < 0.1 ? NaN : random.integer(3);
    x[17] = x[16]! === 2 ? 1 : 0;
    for (let k = 18; k < 23; k++) x[k] = random.normal();
    x[23] = random.integer(12);
    const margin = (hot % 3) - 1 + x[18]! + (x[16] === 1 ? 1 : 0) + (x[23]! % 2);
    target[row] = random.uniform() < 1 / (1 + Math.exp(-margin)) ? 1 : 0;
  }
  return { matrix, rowCount: ROWS, featureCount: FEATURES, target, categorical: [23] };
}

test('a bundle has a code for each combination that occurs, and none for others', () => {
  const random = createRandom(1);
  const column = (draw: () => number, binCount: number) => ({
    bins: Uint8Array.from({ length: ROWS }, draw),
    binCount,
  });
  const columns = [
    ...Array.from({ length: 10 }, () => column(() => random.integer(2), 2)),
    column(() => random.integer(200), 200),
  ];
  const bundles = bundleColumns(columns);
  const members = bundles.flatMap((bundle) => bundle.columns);
  assert.equal(
    members.sort((a, b) => a - b),
    columns.map((_, i) => i),
  );
  assert.ok(bundles.length < 5, `${bundles.length} bundles`);
  for (const { columns: own, codes, size } of bundles) {
    if (own.length === 1) continue;
    const seen = new Map<number, string>();
    for (let row = 0; row < ROWS; row++) {
      const combination = own.map((each) => columns[each]!.bins[row]).join();
      assert.is(seen.get(codes[row]!) ?? combination, combination);
      seen.set(codes[row]!, combination);
    }
    assert.is(seen.size, size);
    assert.is(new Set(seen.values()).size, size, 'a combination has one code');
    assert.ok(size <= 256);
  }
});

test('columns of many values stay alone, and so do those of few rows', () => {
  const random = createRandom(2);
  const wide = Array.from({ length: 9 }, () => ({
    bins: Uint8Array.from({ length: ROWS }, () => random.integer(255)),
    binCount: 255,
  }));
  assert.ok(bundleColumns(wide).every(({ columns }) => columns.length === 1));
  const short = wide.map(() => ({ bins: new Uint8Array(100), binCount: 2 }));
  assert.ok(bundleColumns(short).every(({ columns }) => columns.length === 1));
});

for (const kernel of ['simd', 'javascript'] as const) {
  test(`${kernel}: histograms and counts of bundled columns are those of the columns`, () => {
    const data = sparse(3);
    const workspace = prepareWorkspace(binaryProblem(data), resolveGbdtOptions({ kernel }));
    const { bytes, doubles, firstBin, floats, layout, mapper, stored, words } = workspace;
    assert.ok(stored.bundles.length > 0, 'something is bundled');
    assert.ok(stored.binStride < mapper.columns.length);
    doubles.fill(0.3, layout.margins / 8, layout.margins / 8 + ROWS);
    binary.gradientsInto(workspace, 0);
    const rows = Uint32Array.from({ length: ROWS }, (_, i) => (i * 4801) % ROWS);
    words.set(rows, layout.sampleIndices / 4);
    const histograms = createHistograms(workspace);
    histograms.useColumns(Uint32Array.from(mapper.columns.keys()));
    histograms.buildInto(0, 100, 4000);
    const counts = histograms.countRows(100, 4000);
    mapper.columns.forEach((_, column) => {
      const sums = new Map<number, [number, number, number]>();
      for (const row of rows.subarray(100, 4100)) {
        const bin = bytes[layout.columnBins + column * ROWS + row]!;
        const sum = sums.get(bin) ?? [0, 0, 0];
        sum[0] += floats[layout.gradients / 4 + 2 * row]!;
        sum[1] += floats[layout.gradients / 4 + 2 * row + 1]!;
        sum[2]++;
        sums.set(bin, sum);
      }
      for (const [bin, [gradient, hessian, count]] of sums) {
        const at = histograms.addressOf(0) / 8 + 2 * (firstBin[column]! + bin);
        assert.ok(Math.abs(doubles[at]! - gradient) < 1e-9, `column ${column}, bin ${bin}`);
        assert.ok(Math.abs(doubles[at + 1]! - hessian) < 1e-9, `column ${column}, bin ${bin}`);
        assert.is(counts[firstBin[column]! + bin], count, `column ${column}, bin ${bin}`);
      }
    });
  });
}

test('both kernels fit the same bits where columns are bundled', () => {
  const data = sparse(4);
  for (const growPolicy of ['leafwise', 'symmetric'] as const) {
    for (const extra of [{}, { colsample: 0.4, colsampleByNode: 0.6, subsample: 0.7 }]) {
      const options = { numTrees: 8, growPolicy, ...extra };
      assert.is(
        canonicalJson(fitGbdt(data, { ...options, kernel: 'simd' })),
        canonicalJson(fitGbdt(data, { ...options, kernel: 'javascript' })),
      );
    }
  }
});

test.run();
