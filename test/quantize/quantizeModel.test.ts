import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError } from '../../src/core/errors.js';
import { findLeaf } from '../../src/model/forest.js';
import { margins, predictions } from '../../src/model/margin.js';
import type { Model } from '../../src/model/model.js';
import type { QuantizedModel } from '../../src/model/quantized.js';
import { quantizedMargins, quantizeModel } from '../../src/quantize/index.js';
import {
  adversarialMatrix,
  type ForestShape,
  randomForestModel,
  randomLinearModel,
} from '../score/randomModel.js';
import { worstError } from './worstError.js';

const ROWS = 4000;

/** Models of other tasks. */
const SHAPES: Record<
  string,
  Pick<ForestShape, 'task' | 'link' | 'treeCount' | 'classCount' | 'leafScale'>
> = {
  classes: { task: 'multiclass', link: 'softmax', treeCount: 90, classCount: 4 },
  'classes one against all': { task: 'multiclass', link: 'logit', treeCount: 90, classCount: 3 },
  shares: { task: 'multiclass', link: 'identity', treeCount: 60, classCount: 3 },
  'a regression': { task: 'regression', link: 'identity', treeCount: 40, leafScale: 10 },
  'a regression by log': { task: 'regression', link: 'log', treeCount: 40 },
};

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

for (const leafBits of [8, 16] as const) {
  for (const [name, shape] of Object.entries(SHAPES)) {
    for (const calibrated of [false, true]) {
      test(`${name}, int${leafBits}${calibrated ? ', calibrated' : ''}: the bound holds`, () => {
        const model = randomForestModel({ ...shape, seed: 21, maxLeaves: 24, numericCount: 4 });
        const calibration = { matrix: adversarialMatrix(model, 200, 21), rowCount: 200 };
        const options = calibrated ? { leafBits, calibration } : { leafBits };
        const quantized = quantizeModel(model, options);
        assert.ok(largestError(model, quantized, 21) <= quantized.marginBound);
        // regression leaves are some hundred times as large
        const unit = shape.task === 'regression' ? 100 : 1;
        assert.ok(quantized.marginBound < unit * (leafBits === 8 ? 0.2 : 0.001));
      });
    }
  }
}

test('a multinomial linear model: the bound holds', () => {
  const model = randomLinearModel(8, 5, [3, 10], 4);
  const quantized = quantizeModel(model);
  assert.ok(largestError(model, quantized, 8) <= quantized.marginBound);
  assert.ok(quantized.marginBound < 0.01);
});

test('what is measured: labels of classes, the spread of a regression', () => {
  const rows = 2000;
  for (const shape of Object.values(SHAPES)) {
    const model = randomForestModel({ ...shape, seed: 24, maxLeaves: 8, numericCount: 3 });
    const matrix = adversarialMatrix(model, rows, 24);
    const quantized = quantizeModel(model, { calibration: { matrix, rowCount: rows } });
    const before = predictions(model, margins(model.predictor, matrix, rows, 3));
    const after = predictions(model, quantizedMargins(quantized, matrix, rows));
    const deltas = before.map((value, index) => Math.abs(after[index]! - value));
    const { measured } = quantized;
    assert.is(measured!.maxDelta, Math.max(...deltas));
    const sum = deltas.reduce((total, delta) => total + delta, 0);
    assert.ok(Math.abs(measured!.meanDelta - sum / deltas.length) <= 1e-12 * sum);
    assert.is(measured!.standardDeviation !== undefined, shape.task === 'regression');
    const width = before.length / rows;
    const labelOf = (values: Float64Array, row: number): number => {
      const own = Float32Array.from(values.subarray(row * width, (row + 1) * width));
      return own.indexOf(Math.max(...own));
    };
    const flips = Array.from({ length: rows }, (_, row) => row).filter(
      (row) => labelOf(before, row) !== labelOf(after, row),
    );
    assert.is(measured!.decisionFlips, flips.length);
    if (measured!.standardDeviation !== undefined) {
      const mean = before.reduce((total, value) => total + value, 0) / rows;
      const variance = before.reduce((total, value) => total + (value - mean) ** 2, 0) / rows;
      assert.ok(Math.abs(measured!.standardDeviation ** 2 / variance - 1) < 1e-9);
    }
  }
});

test('a linear input that nothing clips leaves no bound', () => {
  const model = randomLinearModel(7, 3, []);
  if (model.predictor.kind === 'linear') model.predictor.numeric[0]!.upper = Infinity;
  assert.is(quantizeModel(model).marginBound, Infinity);
});

for (const leafBits of [8, 16] as const) {
  for (const [name, shape] of Object.entries({ 'two classes': { treeCount: 40 }, ...SHAPES })) {
    test(`${name}, int${leafBits}: rows that a search finds stay within the bound`, () => {
      const model = randomForestModel({
        ...shape,
        seed: 31,
        maxLeaves: 12,
        numericCount: 5,
        levelCounts: [6],
      });
      const matrix = adversarialMatrix(model, 300, 31);
      const quantized = quantizeModel(model, { leafBits, calibration: { matrix, rowCount: 300 } });
      const found = worstError(model, quantized, adversarialMatrix(model, 4, 32));
      assert.ok(found <= quantized.marginBound, `${found} beyond ${quantized.marginBound}`);
      // 4,000 hostile rows are outdone by the search: it looks where it hurts
      assert.ok(found > largestError(model, quantized, 31));
    });
  }
}

test('a search reaches most of the bound where the trees read different features', () => {
  const model = randomForestModel({ seed: 33, treeCount: 4, maxLeaves: 6, numericCount: 40 });
  const quantized = quantizeModel(model);
  const found = worstError(model, quantized, adversarialMatrix(model, 4, 33));
  assert.ok(found <= quantized.marginBound);
  assert.ok(found > 0.9 * quantized.marginBound, `${found} of ${quantized.marginBound}`);
});

test('trees of like reach share a scale, which holds all their leaves', () => {
  const model = randomForestModel({ seed: 34, treeCount: 100, maxLeaves: 16, numericCount: 4 });
  if (model.predictor.kind !== 'forest') throw new Error('no forest');
  const { leafValue } = model.predictor;
  // reaches over six orders of magnitude, among them trees of one leaf
  leafValue.forEach((value, leaf) => {
    leafValue[leaf] = value * 10 ** -(leaf % 7);
  });
  for (const groupSize of [1, 5, 16, 128]) {
    const { predictor } = quantizeModel(model, { groupSize });
    if (predictor.kind !== 'forest') throw new Error('no forest');
    const { groupScale, groupStart } = predictor;
    assert.ok(groupStart.length <= Math.ceil(100 / groupSize));
    groupScale.forEach((scale, group) => {
      if (group > 0) assert.ok(scale < groupScale[group - 1]!);
    });
    assert.ok(predictor.leafValue.every((steps) => Math.abs(steps) <= 127));
  }
});

test('with a scale for several trees a model errs at most half as much again as with a scale for each', () => {
  const model = randomForestModel({ seed: 35, treeCount: 160, maxLeaves: 16, numericCount: 6 });
  if (model.predictor.kind !== 'forest') throw new Error('no forest');
  const { leafValue } = model.predictor;
  // boosted trees shrink: the last reach a hundredth of the first
  leafValue.forEach((value, leaf) => {
    leafValue[leaf] = value * 0.01 ** (leaf / leafValue.length);
  });
  const calibration = { matrix: adversarialMatrix(model, 2000, 1), rowCount: 2000 };
  const alone = meanError(model, quantizeModel(model, { calibration, groupSize: 1 }));
  const shared = meanError(model, quantizeModel(model, { calibration, groupSize: 16 }));
  assert.ok(shared < 1.5 * alone, `${shared} against ${alone}`);
});

test('leaf values beyond float32 are refused', () => {
  for (const value of [Infinity, NaN, 1e39]) {
    const model = randomForestModel({ seed: 36, treeCount: 9, maxLeaves: 9, numericCount: 1 });
    if (model.predictor.kind === 'forest') {
      const { leafValue } = model.predictor;
      leafValue[leafValue.length - 1] = value;
    }
    assert.throws(
      () => quantizeModel(model),
      (error: unknown) => error instanceof ConfigError && /not finite/.test(error.message),
    );
  }
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
