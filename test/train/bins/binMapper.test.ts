import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../../src/core/random.js';
import { type BinMapper, binOf, fitBinMapper } from '../../../src/train/bins/binMapper.js';

/** Fits the bins of one feature. */
function binsOf(
  values: readonly number[],
  options: { maxBins?: number; minDataInBin?: number; categorical?: boolean } = {},
): BinMapper {
  const rowCount = values.length;
  return fitBinMapper(
    {
      matrix: Float32Array.from(values),
      rowCount,
      featureCount: 1,
      target: new Float32Array(rowCount),
      weight: new Float32Array(rowCount).fill(1),
      isCategorical: Uint8Array.of(options.categorical ? 1 : 0),
    },
    { maxBins: options.maxBins ?? 255, minDataInBin: options.minDataInBin ?? 1 },
    createRandom(0),
  );
}

function thresholdsOf(values: readonly number[], maxBins = 255, minDataInBin = 1): number[] {
  const [bins] = binsOf(values, { maxBins, minDataInBin }).columns;
  return bins?.kind === 'number' ? [...bins.thresholds] : [];
}

test('a threshold lies between neighbouring values, at their middle where float32 has one', () => {
  assert.equal(thresholdsOf([1, 2, 4]), [1.5, 3]);
  assert.equal(thresholdsOf([1, 1 + 2 ** -23]), [1]);
  assert.equal(thresholdsOf([-Infinity, 0, Infinity]), [-3.4028234663852886e38, 0]);
  assert.equal(thresholdsOf([-0, 0, 1]), [0.5]);
});

test('bins are distinct, few enough, and x <= threshold is bin <= b', () => {
  const value = fc.oneof(fc.float(), fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1e-45));
  const property = fc.property(
    fc.array(value, { minLength: 1, maxLength: 300 }),
    fc.integer({ min: 2, max: 40 }),
    fc.integer({ min: 1, max: 5 }),
    (values, maxBins, minDataInBin) => {
      const [bins] = binsOf(values, { maxBins, minDataInBin }).columns;
      if (bins?.kind !== 'number') return;
      const { thresholds } = bins;
      assert.ok(bins.valueBinCount <= maxBins, 'as many bins as allowed');
      thresholds.forEach((t, b) => {
        assert.ok(b === 0 || t > thresholds[b - 1]!, 'thresholds ascend');
        for (const x of values) {
          if (!Number.isNaN(x)) assert.is(Math.fround(x) <= t, binOf(bins, Math.fround(x)) <= b);
        }
      });
      assert.is(binOf(bins, NaN), bins.valueBinCount);
    },
  );
  fc.assert(property, { numRuns: 300, seed: 1 });
});

test('many values share bins of about equal count, frequent ones stay alone', () => {
  const random = createRandom(1);
  const values = Array.from({ length: 10_000 }, (_, i) => (i % 4 === 0 ? 0 : random.normal()));
  const [bins] = binsOf(values, { maxBins: 50, minDataInBin: 3 }).columns;
  const counts = new Array<number>(bins!.valueBinCount).fill(0);
  for (const x of values) counts[binOf(bins!, Math.fround(x))]!++;
  assert.ok(counts.length >= 48 && counts.length <= 50);
  const zero = binOf(bins!, 0);
  // values of a bin that was less than half full when zero came stay with it
  const zeros = values.filter((x) => x === 0).length;
  assert.ok(counts[zero]! >= zeros && counts[zero]! < zeros + 100);
  counts.forEach((count, bin) => {
    if (bin !== zero) assert.ok(count > 50 && count < 300, `bin ${bin} has ${count}`);
  });
});

test('small bins are joined', () => {
  assert.equal(thresholdsOf([1, 1, 1, 2, 3, 3], 255, 3), [1.5]);
  assert.equal(thresholdsOf([1, 2, 3, 4, 5, 6, 7], 255, 3), [3.5, 6.5]);
});

test('any number against missing is a threshold of its own', () => {
  assert.equal(thresholdsOf([5, NaN, 5]), [3.4028234663852886e38]);
});

test('features that cannot be split on have no column', () => {
  assert.equal(binsOf([7, 7, 7]).columns, []);
  assert.equal(binsOf([NaN, NaN]).columns, []);
  assert.equal(binsOf([NaN, -1], { categorical: true }).columns, []);
});

test('rare, unseen and missing levels share the last bin', () => {
  const values = [4, 4, 4, 4, 9, 9, 9, 2, 2, 0, -1, NaN];
  const [bins] = binsOf(values, { categorical: true, maxBins: 4, minDataInBin: 2 }).columns;
  assert.equal(bins?.kind === 'category' && [...bins.codes], [4, 9, 2]);
  assert.equal(
    [4, 9, 2, 0, 1, 77, -1, NaN].map((code) => binOf(bins!, code)),
    [0, 1, 2, 3, 3, 3, 3, 3],
  );
});

test('a bad category code is named with its row', () => {
  assert.throws(() => binsOf([0, 1.5], { categorical: true }), /row 1, categorical feature 0.*1.5/);
  assert.throws(() => binsOf([0, -2], { categorical: true }), /got -2/);
});

test.run();
