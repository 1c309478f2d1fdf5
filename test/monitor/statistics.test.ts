import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gridDistance } from '../../src/monitor/drift/gridDistance.js';
import type { NumericReference } from '../../src/monitor/index.js';
import { benjaminiHochberg } from '../../src/monitor/statistics/benjaminiHochberg.js';
import { chiSquareSurvival } from '../../src/monitor/statistics/chiSquare.js';
import { compareCounts } from '../../src/monitor/statistics/compareCounts.js';
import { logGamma } from '../../src/monitor/statistics/logGamma.js';
import { normalSurvival } from '../../src/monitor/statistics/normal.js';
import { proportionTest } from '../../src/monitor/statistics/proportionTest.js';

interface Golden {
  chiSquare: [number, number, number][];
  logGamma: [number, number][];
  fisher: [number, number, number, number, number, number][];
  largeProportions: [number, number, number, number, number][];
  grid: [number[], number[], number[], number, number][];
  normal: [number, number][];
  homogeneity: [number[], number[], number, number, number][];
  pValues: number[];
  adjusted: number[];
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('./fixtures/statistics.json', import.meta.url), 'utf8'),
);

const EMPTY_FIELD: NumericReference = {
  name: 'x',
  type: 'number',
  edges: [],
  counts: [],
  centers: [],
  missing: 0,
  nonFinite: 0,
  mean: 0,
  standardDeviation: 1,
  minimum: 0,
  maximum: 0,
};

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function near(actual: number, expected: number, relative: number, what: string): void {
  const error = Math.abs(actual - expected) / Math.max(Math.abs(expected), 1e-300);
  assert.ok(error <= relative, `${what}: got ${actual}, expected ${expected}, off by ${error}`);
}

test('χ² survival agrees with scipy', () => {
  for (const [x, k, expected] of golden.chiSquare) {
    near(chiSquareSurvival(x, k), expected, 1e-12, `sf(${x}, ${k})`);
  }
});

test('χ² survival at the ends', () => {
  assert.is(chiSquareSurvival(0, 3), 1);
  assert.is(chiSquareSurvival(-1, 3), 1);
  assert.is(chiSquareSurvival(Infinity, 3), 0);
  assert.ok(Number.isNaN(chiSquareSurvival(NaN, 3)));
});

test('log gamma agrees with scipy', () => {
  for (const [x, expected] of golden.logGamma) {
    assert.ok(
      Math.abs(logGamma(x) - expected) <= 1e-14 * Math.max(1, Math.abs(expected)),
      `lnΓ(${x}): got ${logGamma(x)}, expected ${expected}`,
    );
  }
});

test('few rows: the exact test agrees with scipy', () => {
  for (const [a, n, b, m, greater, less] of golden.fisher) {
    const current = { hits: a, rowCount: n };
    const reference = { hits: b, rowCount: m };
    near(proportionTest(current, reference, 'greater'), greater, 1e-9, `${a}/${n} over ${b}/${m}`);
    const both = Math.min(1, 2 * Math.min(greater, less));
    near(proportionTest(current, reference, 'different'), both, 1e-9, `${a}/${n} and ${b}/${m}`);
  }
});

test('many rows: the proportion test agrees with χ² of scipy', () => {
  for (const [a, n, b, m, expected] of golden.largeProportions) {
    const current = { hits: a, rowCount: n };
    const reference = { hits: b, rowCount: m };
    near(proportionTest(current, reference, 'different'), expected, 1e-11, `${a}/${n}, ${b}/${m}`);
    const one = proportionTest(current, reference, 'greater');
    near(one, a / n > b / m ? expected / 2 : 1 - expected / 2, 1e-11, 'one side');
  }
});

test('nothing to compare is no evidence', () => {
  const none = { hits: 0, rowCount: 0 };
  assert.is(proportionTest(none, { hits: 3, rowCount: 10 }, 'different'), 1);
  assert.is(proportionTest({ hits: 0, rowCount: 5 }, { hits: 0, rowCount: 10 }, 'greater'), 1);
  const empty = compareCounts([0, 0, 0], [5, 5, 5], { current: 0, reference: 0 }, true);
  assert.is(empty.pValue, 1);
  assert.is(empty.psi, 0);
});

test('counts agree with χ² and Jensen-Shannon of scipy', () => {
  for (const [p, q, statistic, pValue, distance] of golden.homogeneity) {
    const result = compareCounts(p, q, { current: 0, reference: 0 }, true);
    near(result.statistic, statistic, 1e-12, 'statistic');
    near(result.pValue, pValue, 1e-11, 'p-value');
    near(result.jensenShannon, distance, 1e-11, 'distance');
    assert.is(result.degreesOfFreedom, p.length - 1);
  }
});

test('Kolmogorov-Smirnov and Wasserstein on the grid agree with scipy', () => {
  for (const [centers, current, counts, wasserstein, ks] of golden.grid) {
    const edges = centers.slice(0, -1).map((center, i) => (center + centers[i + 1]!) / 2);
    const reference = { ...EMPTY_FIELD, edges, counts, centers, standardDeviation: 2 };
    const distance = gridDistance(reference, current)!;
    near(2 * distance.wasserstein, wasserstein, 1e-12, 'Wasserstein');
    near(distance.kolmogorovSmirnov, ks, 1e-12, 'Kolmogorov-Smirnov');
  }
});

test('distances on the grid are those of every pair of edges, and 0 of equal shares', () => {
  const bins = fc.array(fc.nat(50), { minLength: 2, maxLength: 12 });
  fc.assert(
    fc.property(bins, fc.infiniteStream(fc.nat(50)), (counts, stream) => {
      const current = counts.map(() => stream.next().value as number);
      if (total(counts) === 0 || total(current) === 0) return;
      const centers = counts.map((_, i) => i * i);
      const edges = centers.slice(1).map((center) => center - 0.5);
      const reference = { ...EMPTY_FIELD, edges, counts, centers };
      const distance = gridDistance(reference, current)!;
      const above = (of: number[], edge: number): number =>
        of.reduce((sum, n, i) => sum + (centers[i]! > edge ? n : 0), 0) / total(of);
      const differences = edges.map((edge) => above(current, edge) - above(counts, edge));
      assert.is(distance.rise, Math.max(0, ...differences));
      assert.is(distance.fall, Math.max(0, ...differences.map((d) => -d)));
      const shifted = distance.shift.rate - distance.shift.referenceRate;
      assert.is(Math.abs(shifted), distance.kolmogorovSmirnov);
      assert.is(gridDistance(reference, counts)!.wasserstein, 0);
    }),
  );
});

test('the tail of the normal distribution agrees with scipy', () => {
  for (const [z, expected] of golden.normal) near(normalSurvival(z), expected, 1e-12, `sf(${z})`);
});

test('equal shares are no distance apart, whatever the sizes', () => {
  const result = compareCounts(
    [10, 20, 30],
    [1000, 2000, 3000],
    { current: 0, reference: 0 },
    true,
  );
  assert.is(result.statistic, 0);
  assert.is(result.pValue, 1);
  assert.ok(result.psi < 1e-3);
});

test('thin bins are pooled with neighbours, thin levels with each other', () => {
  const none = { current: 0, reference: 0 };
  const ordered = compareCounts(
    [1, 1, 1, 1, 1, 1, 50, 44],
    [9, 9, 9, 9, 9, 9, 500, 446],
    none,
    true,
  );
  assert.is(ordered.binCount, 3);
  const levels = compareCounts([50, 3, 40, 3, 4], [500, 30, 400, 30, 40], none, false);
  assert.is(levels.binCount, 3);
  const thin = compareCounts([100, 1, 1], [1000, 10, 10], none, false);
  assert.is(thin.binCount, 1);
  assert.is(thin.pValue, 1);
});

test('missing rows are a bin once there are enough of them', () => {
  const few = compareCounts([50, 50], [500, 500], { current: 0, reference: 2 }, true);
  assert.is(few.binCount, 2);
  const many = compareCounts([50, 50], [500, 500], { current: 100, reference: 2 }, true);
  assert.is(many.binCount, 3);
  assert.ok(many.pValue < 1e-10);
});

test('Benjamini-Hochberg agrees with scipy and keeps the order', () => {
  const adjusted = benjaminiHochberg(golden.pValues);
  golden.adjusted.forEach((expected, i) => {
    near(adjusted[i]!, expected, 1e-14, `p[${i}]`);
  });
  assert.equal(benjaminiHochberg([]), new Float64Array(0));
});

test.run();
