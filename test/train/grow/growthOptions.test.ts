import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../../src/core/random.js';
import { findLeaf } from '../../../src/model/forest.js';
import { margins } from '../../../src/model/margin.js';
import { fitGbdt } from '../../../src/train/gbdt.js';
import type { GbdtOptions } from '../../../src/train/gbdtOptions.js';
import { fitTree } from '../../../src/train/randomForest.js';
import type { TrainingMatrix } from '../../../src/train/trainingMatrix.js';
import { depthsOf, growth, problems } from '../arbitraryProblem.js';
import { SYNTHETIC_FEATURES, syntheticMatrix } from '../syntheticMatrix.js';
import { validateForest } from '../validateForest.js';

const POLICIES = ['leafwise', 'depthwise', 'symmetric'] as const;
const ONE_TREE = { numTrees: 1, learningRate: 1, minDataPerGroup: 20 };

test('maxDepth and maxLeaves are never exceeded, whatever the policy', () => {
  fc.assert(
    fc.property(problems, growth, (data, options) => {
      const { maxDepth, maxLeaves } = options as GbdtOptions;
      const forest = fitGbdt(data, options);
      if (maxDepth > 0) assert.ok(Math.max(...depthsOf(forest)) <= maxDepth);
      assert.ok(forest.leafValue.length <= maxLeaves * forest.roots.length);
    }),
    { numRuns: 60 },
  );
});

test('depthwise: a level is filled before the next, and its leaves are split best first', () => {
  const data = syntheticMatrix(2000, 1);
  for (const maxLeaves of [2, 3, 8, 12, 15, 16]) {
    // splits of any leaf are possible here, so that only the order decides
    const options = { ...ONE_TREE, minChildSamples: 1, minChildWeight: 0 };
    const forest = fitGbdt(data, { ...options, growPolicy: 'depthwise', maxLeaves });
    const depths = depthsOf(forest);
    const full = Math.floor(Math.log2(maxLeaves));
    assert.is(depths.length, maxLeaves);
    assert.ok(Math.min(...depths) >= full, `${maxLeaves} leaves: depths ${depths}`);
    assert.ok(Math.max(...depths) <= Math.ceil(Math.log2(maxLeaves)));
  }
  const options = { ...ONE_TREE, minChildSamples: 1, growPolicy: 'depthwise' } as const;
  const whole = fitGbdt(data, { ...options, maxLeaves: 16 });
  const part = fitGbdt(data, { ...options, maxLeaves: 11 });
  const last = (gains: Float64Array): number[] => [...gains].slice(7).sort((a, b) => b - a);
  assert.equal(last(part.gain), last(whole.gain).slice(0, 3));
});

test('leafwise: every split gains at least as much as any leaf that was left', () => {
  const data = syntheticMatrix(2000, 2);
  const fit = (maxLeaves: number): Float64Array => fitGbdt(data, { ...ONE_TREE, maxLeaves }).gain;
  const all = fit(40);
  for (const maxLeaves of [2, 5, 17])
    assert.equal([...fit(maxLeaves)], [...all].slice(0, maxLeaves - 1));
});

test('minSplitGain: no split gains less, of one leaf or of a symmetric level', () => {
  const data = syntheticMatrix(1500, 3);
  for (const growPolicy of POLICIES) {
    const free = fitGbdt(data, { ...ONE_TREE, growPolicy, maxLeaves: 32 });
    const limit = Math.max(...free.gain) / 8;
    const held = fitGbdt(data, { ...ONE_TREE, growPolicy, maxLeaves: 32, minSplitGain: limit });
    assert.ok(held.gain.length > 0 && held.gain.length < free.gain.length, growPolicy);
    const depthOf = (node: number): number => Math.floor(Math.log2(node + 1));
    const sums =
      growPolicy === 'symmetric'
        ? Array.from({ length: depthOf(held.gain.length) }, (_, level) =>
            held.gain
              .filter((__, node) => depthOf(node) === level)
              .reduce((sum, gain) => sum + gain),
          )
        : [...held.gain];
    for (const gain of sums) assert.ok(gain > limit, growPolicy);
  }
});

test('minChildWeight: every leaf of one first tree has that much hessian', () => {
  const data = syntheticMatrix(1500, 4);
  const share =
    data.target.length === 0 ? 0 : Array.from(data.target).filter((y) => y === 1).length / 1500;
  for (const growPolicy of ['leafwise', 'depthwise'] as const) {
    for (const minChildWeight of [5, 40]) {
      const forest = fitGbdt(data, { ...ONE_TREE, growPolicy, minChildWeight, minChildSamples: 1 });
      assert.ok(forest.leafCover.length > 2);
      // at the prior every row has the hessian p (1 - p)
      const hessians = forest.leafCover.map((rows) => rows * share * (1 - share));
      assert.ok(
        Math.min(...hessians) >= minChildWeight * (1 - 1e-6),
        `${growPolicy}, ${minChildWeight}`,
      );
    }
  }
});

/** Sums over the rows of each leaf of a first tree: `y - p` and `p (1 - p)` at the prior. */
function residualsOf(
  data: TrainingMatrix,
  options: Partial<GbdtOptions>,
): { value: number; sum: number; hessian: number }[] {
  const forest = fitGbdt(data, { ...ONE_TREE, ...options });
  const prior = 1 / (1 + Math.exp(-forest.baseScores[0]!));
  const leaves = Array.from(forest.leafValue, (value) => ({ value, sum: 0, hessian: 0 }));
  for (let row = 0; row < data.rowCount; row++) {
    const leaf = leaves[findLeaf(forest, 0, data.matrix, row * data.featureCount)]!;
    leaf.sum += data.target[row]! - prior;
    leaf.hessian += prior * (1 - prior);
  }
  return leaves;
}

test('l2: a leaf is its Newton step shrunk by hessian / (hessian + l2)', () => {
  const numbers = { ...syntheticMatrix(1500, 5), categorical: [] };
  // no categories: their splits have an l2 of their own
  for (let at = 0; at < numbers.matrix.length; at++)
    if (at % SYNTHETIC_FEATURES > 5) numbers.matrix[at] = 0;
  for (const growPolicy of ['leafwise', 'depthwise'] as const) {
    for (const l2 of [0, 1, 50]) {
      for (const { value, sum, hessian } of residualsOf(numbers, { growPolicy, l2 })) {
        assert.ok(Math.abs(value - sum / (hessian + l2)) < 1e-4 * (1 + Math.abs(value)));
      }
    }
  }
});

test('l1: a leaf whose gradient does not exceed it is exactly 0, any other is nearer to 0 by it', () => {
  const numbers = { ...syntheticMatrix(1500, 6), categorical: [] };
  for (let at = 0; at < numbers.matrix.length; at++)
    if (at % SYNTHETIC_FEATURES > 5) numbers.matrix[at] = 0;
  let zeros = 0;
  for (const l1 of [3, 20]) {
    for (const { value, sum, hessian } of residualsOf(numbers, { l1 })) {
      const rest = Math.max(0, Math.abs(sum) - l1);
      if (rest < 1e-3) {
        zeros++;
        assert.ok(Math.abs(value) < 1e-4);
      } else {
        assert.ok(
          Math.abs(value - (Math.sign(sum) * rest) / hessian) < 1e-4 * (1 + Math.abs(value)),
        );
      }
    }
  }
  assert.ok(zeros > 0);
});

test('one row a class, constant features, all missing: defined for every policy, with constraints and without', () => {
  const tables: [number[], number[]][] = [
    [
      [1, 2],
      [0, 1],
    ],
    [
      [5, 5, 5, 5],
      [0, 1, 1, 1],
    ],
    [
      [NaN, NaN, NaN, NaN],
      [0, 1, 1, 1],
    ],
    [
      [NaN, 1, NaN, 1],
      [0, 1, 0, 1],
    ],
    [
      [Infinity, -Infinity, Infinity, -Infinity],
      [1, 0, 1, 0],
    ],
  ];
  for (const growPolicy of POLICIES) {
    for (const [values, target] of tables) {
      for (const constraint of [{}, { monotone: [1] as const }, { interactions: [[0]] }]) {
        const data = {
          matrix: Float32Array.from(values),
          rowCount: values.length,
          featureCount: 1,
          target,
        };
        const options = { growPolicy, minChildSamples: 1, minDataInBin: 1, ...constraint };
        const forest = fitGbdt(data, { ...options, numTrees: 3 });
        validateForest(forest, 1);
        validateForest(fitTree(data, options), 1);
        for (const margin of margins(forest, data.matrix, values.length, 1)) {
          assert.ok(Number.isFinite(margin));
        }
      }
    }
  }
});

test('more levels than rows, 5,000 and 100,000 levels: defined, for every policy', () => {
  const random = createRandom(7);
  for (const [levels, rows] of [
    [300, 100],
    [5000, 20_000],
    [100_000, 20_000],
  ] as const) {
    const codes = Float32Array.from({ length: rows }, () => random.integer(levels));
    const target = Array.from(codes, (code) => (random.uniform() < (code % 2 ? 0.7 : 0.3) ? 1 : 0));
    const data = { matrix: codes, rowCount: rows, featureCount: 1, target, categorical: [0] };
    for (const growPolicy of POLICIES) {
      const forest = fitGbdt(data, { numTrees: 5, growPolicy });
      validateForest(forest, 1);
      for (const set of forest.categorySets) assert.ok(set.length <= 254);
      const [missing, unseen, never] = margins(forest, Float32Array.of(NaN, -1, levels + 5), 3, 1);
      assert.is(unseen, missing);
      assert.is(never, missing);
    }
  }
});

test.run();
