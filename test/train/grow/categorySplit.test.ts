import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../../src/core/random.js';
import { margins } from '../../../src/model/margin.js';
import { fitGbdt } from '../../../src/train/gbdt.js';
import { GBDT_DEFAULTS } from '../../../src/train/gbdtOptions.js';
import { findCategorySplit } from '../../../src/train/grow/categorySplit.js';
import { leafScore } from '../../../src/train/grow/splitInfo.js';
import type { TrainingMatrix } from '../../../src/train/trainingMatrix.js';

const OPEN = {
  ...GBDT_DEFAULTS,
  minChildSamples: 1,
  catSmooth: 0,
  catL2: 0,
  minDataPerGroup: 1,
  maxCatThreshold: 254,
};

function categories(codes: number[], target: number[]): TrainingMatrix {
  const matrix = Float32Array.from(codes);
  return { matrix, rowCount: codes.length, featureCount: 1, target, categorical: [0] };
}

test('sorting by mean gradient finds the best of all divisions (Fisher 1958)', () => {
  const random = createRandom(1);
  for (let round = 0; round < 50; round++) {
    const levels = 7;
    const doubles = new Float64Array(2 * levels);
    const counts = new Uint32Array(levels);
    const leaf = { gradient: 0, hessian: 0, count: 0 };
    for (let bin = 0; bin < levels; bin++) {
      doubles[2 * bin] = random.normal();
      doubles[2 * bin + 1] = random.uniform() + 0.1;
      counts[bin] = 5;
      leaf.gradient += doubles[2 * bin]!;
      leaf.hessian += doubles[2 * bin + 1]!;
      leaf.count += 5;
    }
    let best = 0;
    for (let set = 1; set < 2 ** levels - 1; set++) {
      let g = 0;
      let h = 0;
      for (let bin = 0; bin < levels; bin++) {
        if (set & (1 << bin)) {
          g += doubles[2 * bin]!;
          h += doubles[2 * bin + 1]!;
        }
      }
      const score = leafScore(g, h, 0, 0) + leafScore(leaf.gradient - g, leaf.hessian - h, 0, 0);
      best = Math.max(best, score);
    }
    const bins = {
      column: 0,
      doubles,
      first: 0,
      valueBinCount: levels - 1,
      countsOf: () => counts,
    };
    const split = findCategorySplit(bins, leaf, OPEN, 0)!;
    assert.ok(Math.abs(split.gain - best) < 1e-9);
    assert.not.ok(split.leftBins.includes(levels - 1), 'the shared bin goes right');
  }
});

test('few levels are split one against the rest, many in groups', () => {
  const codes = Array.from({ length: 3000 }, (_, i) => i % 3);
  const one = fitGbdt(
    categories(
      codes,
      codes.map((code) => (code === 1 ? 1 : 0)),
    ),
    { numTrees: 1 },
  );
  assert.equal(one.categorySets[0], [1]);
  const many = Array.from({ length: 4000 }, (_, i) => i % 20);
  const odd = fitGbdt(
    categories(
      many,
      many.map((code) => code % 2),
    ),
    { numTrees: 1 },
  );
  const [set] = odd.categorySets;
  assert.is(odd.featureIndex.length, 1);
  assert.is(new Set(set!.map((code) => code % 2)).size, 1);
  assert.is(set!.length, 10);
});

test('missing, unseen, rare and never met levels fall into the same leaf', () => {
  const random = createRandom(2);
  const codes = Array.from({ length: 5000 }, () => Math.floor(30 * random.uniform()));
  const target = codes.map((code) => (random.uniform() < (code % 5) / 5 ? 1 : 0));
  codes.push(31, 31, NaN, -1);
  target.push(0, 1, 1, 1);
  const forest = fitGbdt(categories(codes, target), { numTrees: 20 });
  const [missing, ...others] = margins(forest, [NaN, -1, 30, 31, 32, 1000], 6, 1);
  for (const other of others) assert.is(other, missing);
});

test('missing is learned from when it means something', () => {
  const codes = Array.from({ length: 4000 }, (_, i) => (i % 10 === 9 ? NaN : i % 9));
  const forest = fitGbdt(
    categories(
      codes,
      codes.map((code) => (code !== code ? 1 : 0)),
    ),
  );
  const [missing, level] = margins(forest, [NaN, 3], 2, 1);
  assert.ok(missing! > 2 && level! < -2);
});

test('more levels than rows, and thousands of levels', () => {
  const unique = Array.from({ length: 50 }, (_, i) => 3 * i);
  fitGbdt(
    categories(
      unique,
      unique.map((code) => code % 2),
    ),
    { minChildSamples: 1 },
  );
  const random = createRandom(3);
  const codes = Array.from({ length: 20_000 }, () => Math.floor(5000 * random.uniform() ** 4));
  const target = codes.map((code) => (random.uniform() < (code % 2 ? 0.8 : 0.2) ? 1 : 0));
  const forest = fitGbdt(categories(codes, target), { numTrees: 20 });
  const [zero, one, two] = margins(forest, [0, 1, 2], 3, 1);
  assert.ok(zero! < one! && two! < one!);
  for (const set of forest.categorySets) assert.ok(set.length <= 254);
});

test.run();
