import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalJson } from '../../src/core/json.js';
import { margins } from '../../src/model/margin.js';
import { fitForest, fitTree, trainForest, trainTree } from '../../src/train/randomForest.js';

import { SYNTHETIC_FEATURES, syntheticMatrix } from './syntheticMatrix.js';
import { validateForest } from './validateForest.js';

test('the leaves of a tree are the weighted shares of positives', () => {
  const data = {
    ...syntheticMatrix(1000, 1),
    weight: Float32Array.from({ length: 1000 }, (_, i) => 1 + (i % 3)),
  };
  const forest = fitTree(data, { maxLeaves: 12 });
  validateForest(forest, SYNTHETIC_FEATURES);
  assert.is(forest.link, 'identity');
  const sums = new Map<number, { positive: number; all: number }>();
  margins(forest, data.matrix, 1000, SYNTHETIC_FEATURES).forEach((value, row) => {
    const sum = sums.get(value) ?? { positive: 0, all: 0 };
    sum.all += data.weight[row]!;
    sum.positive += data.weight[row]! * data.target[row]!;
    sums.set(value, sum);
  });
  for (const [value, { positive, all }] of sums) assert.ok(Math.abs(value - positive / all) < 1e-9);
});

test('the root of a tree is the best of all thresholds by Gini impurity', () => {
  const values = Float32Array.from({ length: 60 }, (_, i) => (i * 37) % 60);
  const target = Array.from(values, (x, i) => (x > 41 || i % 7 === 0 ? 1 : 0));
  const forest = fitTree(
    { matrix: values, rowCount: 60, featureCount: 1, target },
    { maxLeaves: 2, minChildSamples: 1, minDataInBin: 1 },
  );
  const impurity = (rows: number[]): number => {
    const share = rows.reduce((sum, row) => sum + target[row]!, 0) / rows.length;
    return rows.length * share * (1 - share);
  };
  let best = Infinity;
  let bestThreshold = NaN;
  for (let threshold = 0.5; threshold < 59; threshold++) {
    const rows = [...values.keys()];
    const left = rows.filter((row) => values[row]! <= threshold);
    const right = rows.filter((row) => values[row]! > threshold);
    const sum = impurity(left) + impurity(right);
    if (sum < best) {
      best = sum;
      bestThreshold = threshold;
    }
  }
  assert.is(forest.threshold[0], bestThreshold);
});

test('a forest is a mean of probabilities, deterministic, and the same from both kernels', () => {
  const data = syntheticMatrix(600, 2);
  const forest = fitForest(data, { numTrees: 20, kernel: 'simd' });
  validateForest(forest, SYNTHETIC_FEATURES);
  const json = canonicalJson(forest);
  assert.is(canonicalJson(fitForest(data, { numTrees: 20, kernel: 'javascript' })), json);
  assert.is.not(canonicalJson(fitForest(data, { numTrees: 20, seed: 1 })), json);
  for (const p of margins(forest, data.matrix, 600, SYNTHETIC_FEATURES)) {
    assert.ok(p >= -1e-12 && p <= 1 + 1e-12);
  }
  assert.ok(Math.min(...forest.leafCover) >= 5);
});

test('one row of each class is enough for every learner', () => {
  const data = syntheticMatrix(2, 3);
  for (const model of [trainForest(data), trainTree(data, { minChildSamples: 1 })]) {
    if (model.predictor.kind === 'forest') validateForest(model.predictor, SYNTHETIC_FEATURES);
  }
});

test.run();
