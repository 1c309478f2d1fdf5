import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError } from '../../src/core/errors.js';
import { findLeaf } from '../../src/model/forest.js';
import { margins } from '../../src/model/margin.js';
import type { Model } from '../../src/model/model.js';
import type { QuantizedModel } from '../../src/model/quantized.js';
import { quantizedMargins, quantizeModel } from '../../src/quantize/index.js';
import { adversarialMatrix, randomForestModel, randomLinearModel } from '../score/randomModel.js';

const ROWS = 4000;

for (let seed = 1; seed <= 6; seed++) {
  const model = randomForestModel({
    seed,
    treeCount: 40,
    maxLeaves: 24,
    numericCount: 4,
    levelCounts: [3, 40],
  });
  for (const leafBits of [8, 16] as const) {
    for (const calibrated of [false, true]) {
      test(`forest ${seed}, int${leafBits}${calibrated ? ', calibrated' : ''}: the bound holds`, () => {
        const calibration = { matrix: adversarialMatrix(model, 200, seed), rowCount: 200 };
        const options = calibrated ? { leafBits, calibration } : { leafBits };
        const quantized = quantizeModel(model, options);
        assert.ok(largestError(model, quantized, seed) <= quantized.marginBound);
        assert.ok(quantized.marginBound < (leafBits === 8 ? 0.2 : 0.001));
        assert.is(quantized.measured?.rowCount, calibrated ? 200 : undefined);
      });
    }
  }
}

for (let seed = 1; seed <= 6; seed++) {
  test(`linear model ${seed}: the bound holds`, () => {
    const model = randomLinearModel(seed, 5, [3, 10]);
    const quantized = quantizeModel(model);
    assert.ok(largestError(model, quantized, seed) <= quantized.marginBound);
    assert.ok(quantized.marginBound < 0.01);
  });
}

test('a linear input that nothing clips leaves no bound', () => {
  const model = randomLinearModel(7, 3, []);
  if (model.predictor.kind === 'linear') model.predictor.numeric[0]!.upper = Infinity;
  assert.is(quantizeModel(model).marginBound, Infinity);
});

test('the bound is reached where one leaf of each tree is the worst one', () => {
  const model = randomForestModel({ seed: 9, treeCount: 1, maxLeaves: 30, numericCount: 12 });
  const quantized = quantizeModel(model);
  assert.ok(largestError(model, quantized, 9) > 0.9 * quantized.marginBound);
});

test('bytes decide as the float model does: same leaf for every row and tree', () => {
  const model = randomForestModel({
    seed: 10,
    treeCount: 60,
    maxLeaves: 40,
    numericCount: 2,
    levelCounts: [20],
  });
  const { predictor } = model;
  if (predictor.kind !== 'forest') throw new Error('not a forest');
  const matrix = adversarialMatrix(model, 500, 10);
  const { leafValue } = predictor;
  // leaves numbered within their trees, as multiples of a step that int16 holds exactly
  predictor.baseScores.fill(0);
  for (let tree = 0; tree < predictor.roots.length; tree++) {
    const alone = { ...predictor, roots: predictor.roots.slice(tree, tree + 1) };
    alone.leafValue = leafValue.map((_, leaf) => leaf);
    for (let row = 0; row < 500; row += 7) {
      const leaf = findLeaf(predictor, tree, matrix, row * 3);
      assert.is(margins(alone, matrix.subarray(row * 3), 1, 3)[0], leaf);
    }
  }
  const exact = margins(predictor, matrix, 500, 3);
  const rounded = quantizedMargins(quantizeModel(model, { leafBits: 16 }), matrix, 500);
  exact.forEach((margin, row) => {
    assert.ok(Math.abs(margin - rounded[row]!) < 1e-3);
  });
});

test('float64 thresholds take float32 inputs the same way', () => {
  const model = randomForestModel({ seed: 11, treeCount: 30, maxLeaves: 30, numericCount: 3 });
  if (model.predictor.kind === 'forest') {
    const { threshold } = model.predictor;
    threshold.forEach((value, node) => {
      threshold[node] = value + (node % 3) * 1e-12;
    });
  }
  const quantized = quantizeModel(model, { leafBits: 16 });
  assert.ok(largestError(model, quantized, 11) <= quantized.marginBound);
});

test('calibration rows lower the mean error', () => {
  const model = randomForestModel({ seed: 12, treeCount: 200, maxLeaves: 16, numericCount: 6 });
  const calibration = { matrix: adversarialMatrix(model, 2000, 1), rowCount: 2000 };
  const plain = meanError(model, quantizeModel(model));
  const carried = meanError(model, quantizeModel(model, { calibration }));
  assert.ok(carried < 0.7 * plain, `${carried} against ${plain}`);
});

test('decision flips are counted at the threshold', () => {
  const model = randomForestModel({ seed: 13, treeCount: 100, maxLeaves: 16, numericCount: 4 });
  const matrix = adversarialMatrix(model, 3000, 2);
  const exact = margins(model.predictor, matrix, 3000, 4);
  const { measured } = quantizeModel(model, { calibration: { matrix, rowCount: 3000 } });
  const nearest = exact.reduce((least, margin) => Math.min(least, Math.abs(margin)), Infinity);
  assert.ok(measured!.decisionFlips <= 3000 * 0.02);
  assert.ok(measured!.maxDelta >= measured!.meanDelta && nearest >= 0);
});

test('a category node on a numeric feature is refused', () => {
  const model = randomForestModel({
    seed: 14,
    treeCount: 10,
    maxLeaves: 20,
    numericCount: 1,
    levelCounts: [5],
  });
  model.features[1] = { kind: 'field', name: 'c0', field: 0 };
  assert.throws(
    () => quantizeModel(model),
    (error: unknown) => error instanceof ConfigError && /not a category/.test(error.message),
  );
});

/** The largest difference of margins, the float32 that is handed out included, over hostile rows. */
function largestError(model: Model, quantized: QuantizedModel, seed: number): number {
  const matrix = adversarialMatrix(model, ROWS, seed + 100);
  const exact = margins(model.predictor, matrix, ROWS, model.features.length);
  const rounded = quantizedMargins(quantized, matrix, ROWS);
  return exact.reduce(
    (most, margin, row) => Math.max(most, Math.abs(Math.fround(rounded[row]!) - margin)),
    0,
  );
}

function meanError(model: Model, quantized: QuantizedModel): number {
  const matrix = adversarialMatrix(model, 2000, 77);
  const exact = margins(model.predictor, matrix, 2000, model.features.length);
  const rounded = quantizedMargins(quantized, matrix, 2000);
  return exact.reduce((sum, margin, row) => sum + Math.abs(rounded[row]! - margin) / 2000, 0);
}

test.run();
