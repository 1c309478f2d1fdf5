import fc from 'fast-check';
import { createRandom } from '../../src/core/random.js';
import type { Forest } from '../../src/model/forest.js';
import type { GbdtOptions } from '../../src/train/gbdtOptions.js';
import type { TrainingMatrix } from '../../src/train/trainingMatrix.js';

export const NUMERIC_FEATURES = [0, 1, 2, 3];
export const PROBLEM_FEATURES = 6;

/** A seeded problem of four numeric features (one with few values, two with missing ones) and two categories (3 and 30 levels). */
export const problems: fc.Arbitrary<TrainingMatrix> = fc
  .record({ seed: fc.nat(), rowCount: fc.integer({ min: 2, max: 400 }), weighted: fc.boolean() })
  .map(({ seed, rowCount, weighted }) => {
    const random = createRandom(seed);
    const matrix = new Float32Array(rowCount * PROBLEM_FEATURES);
    const weight = new Float32Array(rowCount).fill(1);
    const target = new Uint8Array(rowCount);
    for (let row = 0; row < rowCount; row++) {
      const x = matrix.subarray(row * PROBLEM_FEATURES, (row + 1) * PROBLEM_FEATURES);
      x[0] = random.normal();
      x[1] = random.integer(4);
      x[2] = random.uniform() < 0.2 ? NaN : 3 * random.normal();
      x[3] = random.uniform() < 0.05 ? Infinity : random.uniform() < 0.1 ? NaN : random.uniform();
      x[4] = random.integer(3);
      x[5] = random.uniform() < 0.1 ? NaN : Math.floor(30 * random.uniform() ** 2);
      const margin =
        Math.sin(3 * x[0]!) + (x[1] === 2 ? 1 : 0) + x[0]! * x[4]! * 0.5 - (x[5]! % 2 ? 1 : 0);
      target[row] = random.normal() < margin ? 1 : 0;
      if (weighted) weight[row] = random.integer(4) * random.uniform();
    }
    target.set([0, 1]);
    weight.set([1, 1]);
    const featureCount = PROBLEM_FEATURES;
    return { matrix, rowCount, featureCount, target, weight, categorical: [4, 5] };
  });

/** Options of boosting that decide the shape and the values of trees, constraints left out. */
export const growth: fc.Arbitrary<Partial<GbdtOptions>> = fc.record({
  numTrees: fc.integer({ min: 1, max: 5 }),
  learningRate: fc.constantFrom(0.1, 0.5, 1),
  growPolicy: fc.constantFrom('leafwise', 'depthwise', 'symmetric'),
  maxLeaves: fc.constantFrom(2, 7, 16, 40),
  maxDepth: fc.constantFrom(0, 0, 2, 4),
  minChildSamples: fc.constantFrom(1, 1, 5, 20),
  minChildWeight: fc.constantFrom(0, 1e-3, 1),
  minSplitGain: fc.constantFrom(0, 0, 0.5),
  l1: fc.constantFrom(0, 0, 0.3, 2),
  l2: fc.constantFrom(0, 1, 10),
  maxDeltaStep: fc.constantFrom(100, 0.5, 0.05),
  subsample: fc.constantFrom(1, 1, 0.6),
  colsample: fc.constantFrom(1, 1, 0.7),
  colsampleByNode: fc.constantFrom(1, 1, 0.5),
  maxBins: fc.constantFrom(255, 16, 3),
  minDataInBin: fc.constantFrom(1, 3),
  catSmooth: fc.constantFrom(0, 10),
  minDataPerGroup: fc.constantFrom(1, 20),
  seed: fc.nat(1000),
});

/** Features on each path from a root to a leaf. */
export function pathsOf(forest: Forest): Set<number>[] {
  const paths: Set<number>[] = [];
  const descend = (at: number, path: readonly number[]): void => {
    if (at < 0) {
      paths.push(new Set(path));
      return;
    }
    const longer = [...path, forest.featureIndex[at]!];
    descend(forest.left[at]!, longer);
    descend(forest.right[at]!, longer);
  };
  for (const root of forest.roots) descend(root, []);
  return paths;
}

/** The level of each leaf of a forest, in the order of paths. */
export function depthsOf(forest: Forest): number[] {
  const depths: number[] = [];
  const descend = (at: number, depth: number): void => {
    if (at < 0) {
      depths.push(depth);
      return;
    }
    descend(forest.left[at]!, depth + 1);
    descend(forest.right[at]!, depth + 1);
  };
  for (const root of forest.roots) descend(root, 0);
  return depths;
}
