import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError } from '../../../src/core/errors.js';
import { canonicalJson } from '../../../src/core/json.js';
import { createRandom } from '../../../src/core/random.js';
import type { Forest } from '../../../src/model/forest.js';
import { margins } from '../../../src/model/margin.js';
import { fitGbdt } from '../../../src/train/gbdt.js';
import type { GbdtOptions } from '../../../src/train/gbdtOptions.js';
import type { Direction } from '../../../src/train/grow/constraints.js';
import { boundedScore, leafScore, scoreAt } from '../../../src/train/grow/splitInfo.js';
import { fitForest, fitTree } from '../../../src/train/randomForest.js';
import type { TrainingMatrix } from '../../../src/train/trainingMatrix.js';
import { growth, NUMERIC_FEATURES, PROBLEM_FEATURES, problems } from '../arbitraryProblem.js';
import { validateForest } from '../validateForest.js';

const direction = fc.constantFrom<Direction>(-1, 0, 1);
const directions = fc
  .tuple(direction, direction, direction, direction)
  .map((four): Direction[] => [...four, 0, 0])
  .filter((all) => all.some((one) => one !== 0));

/** Asserts that raising a constrained feature of a row, through every threshold and past it, never moves the margin against it. */
function assertMonotone(forest: Forest, data: TrainingMatrix, asked: readonly Direction[]): void {
  for (const feature of NUMERIC_FEATURES) {
    if (asked[feature] === 0) continue;
    const cuts = [...forest.threshold].filter((_, node) => forest.featureIndex[node] === feature);
    const grid = [-Infinity, ...new Set(cuts), Infinity].sort((a, b) => a - b);
    for (let row = 0; row < data.rowCount; row += Math.ceil(data.rowCount / 40)) {
      const x = data.matrix.slice(row * PROBLEM_FEATURES, (row + 1) * PROBLEM_FEATURES);
      const rows = grid.flatMap((value) =>
        Array.from(x, (own, i) => (i === feature ? value : own)),
      );
      const along = margins(forest, Float32Array.from(rows), grid.length, PROBLEM_FEATURES);
      for (let i = 1; i < grid.length; i++) {
        const change = asked[feature]! * (along[i]! - along[i - 1]!);
        assert.ok(change >= 0, `feature ${feature}, row ${row}, at ${grid[i]}: ${change}`);
      }
    }
  }
}

test('monotone: the margin never moves against a constraint, whatever the data and the other options', () => {
  fc.assert(
    fc.property(problems, growth, directions, (data, options, monotone) => {
      const forest = fitGbdt(data, { ...options, monotone });
      validateForest(forest, PROBLEM_FEATURES);
      assertMonotone(forest, data, monotone);
    }),
    { numRuns: 150 },
  );
});

test('monotone: both kernels fit the same bits', () => {
  fc.assert(
    fc.property(problems, growth, directions, (data, options, monotone) => {
      const [simd, portable] = (['simd', 'javascript'] as const).map((kernel) =>
        canonicalJson(fitGbdt(data, { ...options, monotone, kernel })),
      );
      assert.is(simd, portable);
    }),
    { numRuns: 60 },
  );
});

test('monotone: forests and single trees too', () => {
  fc.assert(
    fc.property(problems, growth, directions, (data, options, monotone) => {
      const { growPolicy, maxLeaves, minChildSamples, seed } = options as GbdtOptions;
      const common = { growPolicy, maxLeaves, minChildSamples, seed, monotone };
      assertMonotone(fitForest(data, { ...common, numTrees: 3 }), data, monotone);
      assertMonotone(fitTree(data, common), data, monotone);
    }),
    { numRuns: 50 },
  );
});

test('within bounds the value of a leaf is the best of all values there', () => {
  const number = fc.double({ min: -20, max: 20, noNaN: true });
  const positive = fc.double({ min: 0.01, max: 20, noNaN: true });
  fc.assert(
    fc.property(
      number,
      positive,
      number,
      positive,
      fc.nat(5),
      fc.nat(5),
      (g, h, from, width, l1, l2) => {
        const bounds = { lower: from, upper: from + width };
        const best = boundedScore(g, h, l1, l2, bounds);
        for (let i = 0; i <= 50; i++) {
          const other = scoreAt(from + (width * i) / 50, g, h, l1, l2);
          assert.ok(other <= best + 1e-9 * (1 + Math.abs(best)));
        }
        const free = boundedScore(g, h, l1, l2, { lower: -Infinity, upper: Infinity });
        assert.ok(Math.abs(free - leafScore(g, h, l1, l2)) <= 1e-9 * (1 + free));
      },
    ),
  );
});

test('the root is the best of the thresholds that a constraint allows, counted or not', () => {
  const random = createRandom(3);
  for (let round = 0; round < 30; round++) {
    const matrix = Float32Array.from({ length: 120 }, () => random.integer(12));
    const target = Array.from(matrix, (x) => (random.uniform() < 0.5 + 0.3 * Math.sin(x) ? 1 : 0));
    let best = 0;
    let bestThreshold: number | undefined;
    for (let cut = 0.5; cut < 11; cut++) {
      const sums = [0, 0];
      const counts = [0, 0];
      matrix.forEach((x, row) => {
        sums[x <= cut ? 0 : 1]! += target[row]!;
        counts[x <= cut ? 0 : 1]!++;
      });
      const means = sums.map((sum, side) => sum / counts[side]!);
      const score = sums[0]! * means[0]! + sums[1]! * means[1]!;
      if (counts[0]! < 5 || counts[1]! < 5 || means[1]! < means[0]! || score <= best) continue;
      best = score;
      bestThreshold = cut;
    }
    const data = { matrix, rowCount: 120, featureCount: 1, target };
    for (const growPolicy of ['leafwise', 'symmetric'] as const) {
      const options = { maxLeaves: 2, minDataInBin: 1, minChildSamples: 5, growPolicy };
      const forest = fitTree(data, { ...options, monotone: [1] });
      const own = target.reduce<number>((sum, y) => sum + y, 0) ** 2 / 120;
      if (best - own < 1e-6) assert.is(forest.featureIndex.length, 0);
      else assert.is(forest.threshold[0], bestThreshold, `round ${round}, ${growPolicy}`);
    }
  }
});

/** Rows of one feature whose target rises with it, but for a dip in the middle. */
function dip(): TrainingMatrix {
  const random = createRandom(1);
  const matrix = Float32Array.from({ length: 1500 }, () => random.uniform());
  const target = Array.from(matrix, (x) =>
    random.uniform() < (x > 0.4 && x < 0.6 ? 0.1 : x) ? 1 : 0,
  );
  return { matrix, rowCount: 1500, featureCount: 1, target };
}

test('monotone: along a constraint that data keeps by itself nothing is lost, against it everything', () => {
  const random = createRandom(2);
  const matrix = Float32Array.from({ length: 1000 }, () => random.uniform());
  const target = Array.from(matrix, (x) => (x > 0.5 ? 1 : 0));
  const data = { matrix, rowCount: 1000, featureCount: 1, target };
  const free = fitGbdt(data, { numTrees: 1 });
  const along = fitGbdt(data, { numTrees: 1, monotone: [1] });
  assert.equal(along.threshold, free.threshold);
  assert.equal(along.leafValue, free.leafValue);
  assert.is(fitGbdt(data, { monotone: [-1] }).featureIndex.length, 0);
  for (const growPolicy of ['leafwise', 'symmetric'] as const) {
    const kept = fitGbdt(dip(), { numTrees: 5, growPolicy, monotone: [1] });
    const grid = Float32Array.from({ length: 200 }, (_, i) => i / 200);
    const found = margins(kept, grid, 200, 1);
    assert.ok(found[199]! - found[0]! > 1, 'it still learns the rise');
    const dipped = margins(fitGbdt(dip(), { numTrees: 5, growPolicy }), grid, 200, 1);
    assert.ok(dipped[100]! < dipped[70]!, 'without it the dip is learned');
  }
});

test('monotone: directions that are all 0 are none, by list and by name', () => {
  const data = { ...dip(), featureNames: ['age'] };
  const free = canonicalJson(fitGbdt(data, { numTrees: 3 }));
  assert.is(canonicalJson(fitGbdt(data, { numTrees: 3, monotone: [0] })), free);
  assert.is(canonicalJson(fitGbdt(data, { numTrees: 3, monotone: {} })), free);
  assert.is(
    canonicalJson(fitGbdt(data, { numTrees: 3, monotone: { age: 1 } })),
    canonicalJson(fitGbdt(data, { numTrees: 3, monotone: [1] })),
  );
});

test('monotone: bad directions are errors that say what was expected', () => {
  const data = { ...dip(), featureNames: ['age'] };
  const fails = (monotone: unknown, message: RegExp, categorical: number[] = []): void => {
    assert.throws(
      () => fitGbdt({ ...data, categorical }, { monotone } as Partial<GbdtOptions>),
      (error: Error) => error instanceof ConfigError && message.test(error.message),
    );
  };
  fails([1, 1], /"monotone" expected a direction for each of 1 features, got 2/);
  fails([2], /feature 0 expected -1, 0 or 1, got 2/);
  fails(new Array(1), /feature 0 expected -1, 0 or 1, got undefined/);
  fails({ agee: 1 }, /there is no feature "agee"; did you mean "age"\?/);
  fails({ age: '1' }, /feature "age" expected -1, 0 or 1, got "1"/);
  fails(1, /"monotone" expected a list of -1, 0 and 1, or an object/);
  fails([1], /feature 0 is categorical, and its levels have no order/, [0]);
});

test.run();
