import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalJson } from '../../../src/core/json.js';
import { createRandom } from '../../../src/core/random.js';
import type { Forest } from '../../../src/model/forest.js';
import { margins } from '../../../src/model/margin.js';
import { fitGbdt } from '../../../src/train/gbdt.js';
import { fitForest, fitTree } from '../../../src/train/randomForest.js';
import type { TrainingMatrix } from '../../../src/train/trainingMatrix.js';
import { growth, PROBLEM_FEATURES, problems } from '../arbitraryProblem.js';
import { SYNTHETIC_FEATURES, syntheticMatrix } from '../syntheticMatrix.js';
import { validateForest } from '../validateForest.js';

const SYMMETRIC = { growPolicy: 'symmetric' } as const;

/** Asserts 2^depth - 1 nodes level by level, all of a level with one test, and 2^depth leaves from left to right. */
function assertSymmetric(forest: Forest, maxDepth: number): number[] {
  let node = 0;
  let leaf = 0;
  return Array.from(forest.roots, (root, tree) => {
    const next = forest.roots.slice(tree + 1).find((at) => at >= 0) ?? forest.featureIndex.length;
    const depth = root < 0 ? 0 : Math.log2(next - root + 1);
    assert.ok(Number.isInteger(depth) && depth <= maxDepth, `depth ${depth}`);
    const nodeCount = 2 ** depth - 1;
    for (let at = 0; at < nodeCount; at++) {
      const childOf = (i: number): number => (i < nodeCount ? node + i : ~(leaf + i - nodeCount));
      assert.is(forest.left[node + at], childOf(2 * at + 1));
      assert.is(forest.right[node + at], childOf(2 * at + 2));
      const first = node + 2 ** Math.floor(Math.log2(at + 1)) - 1;
      const testOf = (i: number): unknown[] => [
        forest.featureIndex[i],
        String(forest.threshold[i]),
        forest.defaultLeft[i],
        forest.categorySets[forest.categorySet[i]!],
      ];
      assert.equal(testOf(node + at), testOf(first), `tree ${tree}, node ${at}`);
    }
    node += nodeCount;
    leaf += 2 ** depth;
    return depth;
  });
}

test('symmetric: every level has one test, every tree 2^depth leaves, whatever the data and options', () => {
  fc.assert(
    fc.property(problems, growth, (data, options) => {
      const forest = fitGbdt(data, { ...options, ...SYMMETRIC });
      validateForest(forest, PROBLEM_FEATURES);
      const { maxDepth, maxLeaves } = options as { maxDepth: number; maxLeaves: number };
      const fitting = Math.floor(Math.log2(maxLeaves));
      assertSymmetric(forest, maxDepth === 0 ? fitting : Math.min(maxDepth, fitting));
    }),
    { numRuns: 120 },
  );
});

test('symmetric: both kernels fit the same bits', () => {
  fc.assert(
    fc.property(problems, growth, (data, options) => {
      const [simd, portable] = (['simd', 'javascript'] as const).map((kernel) =>
        canonicalJson(fitGbdt(data, { ...options, ...SYMMETRIC, kernel })),
      );
      assert.is(simd, portable);
    }),
    { numRuns: 60 },
  );
});

test('symmetric: leaves of one value have minChildSamples rows together', () => {
  const data = syntheticMatrix(1500, 1);
  for (const minChildSamples of [1, 20, 150]) {
    const forest = fitGbdt(data, {
      ...SYMMETRIC,
      numTrees: 20,
      maxLeaves: 64,
      minChildSamples,
      minDataPerGroup: 20,
    });
    const depths = assertSymmetric(forest, 6);
    let leaf = 0;
    for (const depth of depths) {
      const rows = new Map<number, number>();
      for (const end = leaf + 2 ** depth; leaf < end; leaf++) {
        const value = forest.leafValue[leaf]!;
        rows.set(value, (rows.get(value) ?? 0) + forest.leafCover[leaf]!);
      }
      for (const count of rows.values()) assert.ok(count >= minChildSamples, `${count} rows`);
    }
    assert.ok(depths.some((depth) => depth > 1));
  }
});

/** The squared error that a table of cells by the given tests takes away, each cell its mean. */
function explained(data: TrainingMatrix, tests: readonly [number, number][]): number {
  const cells = new Map<number, { sum: number; count: number }>();
  for (let row = 0; row < data.rowCount; row++) {
    const key = tests.reduce(
      (bits, [feature, cut]) =>
        2 * bits + (data.matrix[row * data.featureCount + feature]! <= cut ? 0 : 1),
      0,
    );
    const cell = cells.get(key) ?? { sum: 0, count: 0 };
    cell.sum += data.target[row]!;
    cell.count++;
    cells.set(key, cell);
  }
  let sum = 0;
  for (const cell of cells.values()) sum += cell.sum ** 2 / cell.count;
  return sum;
}

test('symmetric: each level is the best of all tests, given those above it', () => {
  const random = createRandom(3);
  const values = Float32Array.from({ length: 3 * 200 }, () => random.integer(6));
  const target = Array.from({ length: 200 }, (_, row) => {
    const [a, b, c] = values.subarray(3 * row, 3 * row + 3);
    return random.uniform() < (a! > 2 !== b! > 3 ? 0.8 : 0.3) + (c! > 1 ? 0.1 : 0) ? 1 : 0;
  });
  const data = { matrix: values, rowCount: 200, featureCount: 3, target };
  const open = { minChildSamples: 1, minChildWeight: 0, minDataInBin: 1, colsampleByNode: 1 };
  const forest = fitTree(data, { ...SYMMETRIC, ...open, maxLeaves: 8 });
  assert.equal(assertSymmetric(forest, 3), [3]);
  const taken: [number, number][] = [];
  for (const node of [0, 1, 3]) {
    let best = 0;
    for (let feature = 0; feature < 3; feature++) {
      for (let cut = 0.5; cut < 5; cut++)
        best = Math.max(best, explained(data, [...taken, [feature, cut]]));
    }
    taken.push([forest.featureIndex[node]!, forest.threshold[node]!]);
    assert.ok(Math.abs(explained(data, taken) - best) < 1e-6, `level of node ${node}`);
  }
});

test('symmetric: a category is divided for the whole level at once, missing and unseen on the right', () => {
  const random = createRandom(4);
  const rowCount = 4000;
  const matrix = new Float32Array(2 * rowCount);
  const target = new Uint8Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const side = random.integer(2);
    // levels go with the side, so that their plain means say more of it than of themselves
    const level = random.integer(10) + (random.uniform() < 0.9 ? 10 * side : 10 - 10 * side);
    matrix.set([side, random.uniform() < 0.1 ? NaN : level], 2 * row);
    const share = (side === 1 ? 0.7 : 0.3) + (level % 2 === 1 ? 0.15 : -0.15);
    target[row] = random.uniform() < share ? 1 : 0;
  }
  const data = { matrix, rowCount, featureCount: 2, target, categorical: [1] };
  const forest = fitGbdt(data, { ...SYMMETRIC, numTrees: 1, maxLeaves: 4 });
  assert.equal(assertSymmetric(forest, 2), [2]);
  assert.equal([...forest.featureIndex], [0, 1, 1]);
  const sets = forest.categorySets;
  assert.ok(sets.length > 0);
  for (const set of sets) {
    assert.is(new Set(set.map((code) => code % 2)).size, 1);
    assert.is(set.length, 10, 'all of a parity, whichever side they go with');
  }
  const [missing, unseen, never] = margins(forest, Float32Array.of(0, NaN, 0, -1, 0, 99), 3, 2);
  assert.is(missing, unseen);
  assert.is(missing, never);
});

test('symmetric: forests and single trees; sampling; the loss falls from tree to tree', () => {
  const data = syntheticMatrix(1200, 5);
  const forest = fitForest(data, { ...SYMMETRIC, numTrees: 8, maxLeaves: 32 });
  validateForest(forest, SYNTHETIC_FEATURES);
  assertSymmetric(forest, 5);
  for (const value of margins(forest, data.matrix, 1200, SYNTHETIC_FEATURES)) {
    assert.ok(value >= 0 && value <= 1 + 1e-12, `${value}`);
  }
  const options = { ...SYMMETRIC, maxLeaves: 32, subsample: 0.7, colsample: 0.8 };
  const lossOf = (numTrees: number): number => {
    const found = margins(
      fitGbdt(data, { ...options, colsampleByNode: 0.7, numTrees }),
      data.matrix,
      1200,
      SYNTHETIC_FEATURES,
    );
    return found.reduce(
      (sum, margin, row) => sum + Math.log1p(Math.exp(data.target[row] === 1 ? -margin : margin)),
      0,
    );
  };
  const losses = [1, 5, 20].map(lossOf);
  assert.ok(losses[0]! > losses[1]! && losses[1]! > losses[2]!);
});

test.run();
