import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { QuantizedForest } from '../../src/model/quantized.js';
import { decodeBlob, encodeBlob } from '../../src/quantize/index.js';
import { maskedRow, quickRows } from '../../src/score/extra/quickRows.js';
import { layRowMasks } from '../../src/score/extra/rowMasks.js';
import { loadScorer } from '../../src/score/index.js';
import { adversarialMatrix, type ForestShape, randomForestModel } from './randomModel.js';

const SHAPE: ForestShape = { seed: 1, treeCount: 40, maxLeaves: 32, numericCount: 5 };
const SHAPES: Record<string, ForestShape> = {
  numbers: SHAPE,
  'one feature': { ...SHAPE, seed: 2, numericCount: 1 },
  'many equal thresholds': { ...SHAPE, seed: 3, thresholdPool: 3, treeCount: 100 },
  'numbers and categories': { ...SHAPE, seed: 4, levelCounts: [2, 9, 70] },
  'categories only': { ...SHAPE, seed: 5, numericCount: 0, levelCounts: [40, 3], treeCount: 60 },
  'small trees': { ...SHAPE, seed: 6, maxLeaves: 3, treeCount: 130 },
  'one tree': { ...SHAPE, seed: 7, treeCount: 1 },
  'sixteen trees': { ...SHAPE, seed: 8, treeCount: 16 },
  'seventeen trees': { ...SHAPE, seed: 9, treeCount: 17 },
  classes: { ...SHAPE, seed: 10, task: 'multiclass', classCount: 4, link: 'softmax' },
  'more classes than trees': {
    ...SHAPE,
    seed: 11,
    task: 'multiclass',
    classCount: 5,
    link: 'softmax',
    treeCount: 2,
  },
  'a regression': { ...SHAPE, seed: 12, task: 'regression', link: 'identity' },
  'a calibration': { ...SHAPE, seed: 13, calibrator: { kind: 'beta', a: 0.9, b: 1.1, c: 0.2 } },
};

for (const [name, shape] of Object.entries(SHAPES)) {
  for (const leafBits of [8, 16] as const) {
    test(`masks have the bits of a walk: ${name}, int${leafBits}`, async () => {
      const model = randomForestModel(shape);
      const blob = encodeBlob(model, { leafBits });
      const masked = maskedRow(decodeBlob(blob));
      assert.ok(masked);
      const matrix = adversarialMatrix(model, 1000, shape.seed + 100);
      const width = model.features.length;
      const scorer = await loadScorer(blob, { kernel: 'javascript' });
      const expected = scorer.predict(matrix);
      const seen = new Float32Array(expected.length);
      for (let row = 0; row < 1000; row++) {
        masked!(matrix, row * width, seen, row * scorer.outputCount);
      }
      assert.equal(new Uint32Array(seen.buffer), new Uint32Array(expected.buffer));
    });
  }
}

test('a scorer that has seen many single rows goes on with the same bits', async () => {
  const model = randomForestModel({ ...SHAPE, levelCounts: [6] });
  const matrix = adversarialMatrix(model, 1500, 14);
  const width = model.features.length;
  const scorer = await loadScorer(encodeBlob(model));
  const expected = scorer.predict(matrix);
  for (let row = 0; row < 1500; row++) {
    const seen = scorer.predictRow(matrix.subarray(row * width, (row + 1) * width));
    assert.is(seen, expected[row]);
  }
  // nothing of a row is left over in the next batch
  assert.equal(scorer.predict(matrix), expected);
});

test('calls of few rows count as so many, and of all of them', async () => {
  const model = randomForestModel({
    ...SHAPE,
    task: 'multiclass',
    classCount: 3,
    link: 'softmax',
  });
  const matrix = adversarialMatrix(model, 1500, 17);
  const width = model.features.length;
  const scorer = await loadScorer(encodeBlob(model));
  const expected = scorer.predict(matrix);
  for (const rowCount of [24, 0, 1, 2, 15, 16, 17, 23, 24, 25]) {
    for (let start = 0; start + rowCount <= 1500; start += 100) {
      const out = new Float32Array(3 * rowCount + 1).fill(-7);
      scorer.predictInto(matrix.subarray(start * width), rowCount, out);
      const own = expected.subarray(3 * start, 3 * (start + rowCount));
      assert.equal(out, Float32Array.of(...own, -7));
    }
  }
});

test('blocks grow with the forest, up to what the caches hold', () => {
  const sizes = [50, 400, 700, 800].map((treeCount) => {
    const masks = layRowMasks(forestOf({ ...SHAPE, treeCount, numericCount: 20 }), 20);
    return masks && new Uint32Array(masks.memory.buffer, masks.plan, 8)[7];
  });
  assert.equal(sizes, [8, 16, 32, undefined]);
});

test('what there are no masks of is walked', async () => {
  assert.is(layRowMasks(forestOf({ ...SHAPE, maxLeaves: 200 }), 5), undefined);
  assert.is(layRowMasks(forestOf({ ...SHAPE, maxLeaves: 1 }), 5), undefined);
  const model = randomForestModel({ ...SHAPE, maxLeaves: 200 });
  const scorer = await loadScorer(encodeBlob(model));
  const matrix = adversarialMatrix(model, 1, 15);
  const [expected] = scorer.predict(matrix);
  for (let time = 0; time < 1100; time++) assert.is(scorer.predictRow(matrix), expected);
});

test('a kernel with all entries serves where nothing may be compiled', () => {
  const { Module } = WebAssembly;
  const complete = new Module(readFileSync('build/scoreComplete.wasm'));
  const model = randomForestModel(SHAPE);
  const quantized = decodeBlob(encodeBlob(model));
  const row = adversarialMatrix(model, 1, 16);
  const expected = new Float32Array(1);
  maskedRow(quantized)!(row, 0, expected, 0);
  const forbidden = function forbidden(): never {
    throw new Error('compiling is forbidden here');
  };
  Object.assign(WebAssembly, { Module: forbidden });
  try {
    const seen = new Float32Array(1);
    maskedRow(quantized, complete)!(row, 0, seen, 0);
    assert.equal(seen, expected);
    assert.is(maskedRow(quantized), undefined);
  } finally {
    Object.assign(WebAssembly, { Module });
  }
});

test('an engine without SIMD, or of a linear model, stays as it is', async () => {
  const quantized = decodeBlob(encodeBlob(randomForestModel(SHAPE)));
  const engine = {
    kernel: 'javascript' as const,
    predictionsInto() {},
    marginsInto() {},
    rowPredictionInto() {},
  };
  assert.is(quickRows(quantized, engine), engine);
});

function forestOf(shape: ForestShape): QuantizedForest {
  const { predictor } = decodeBlob(encodeBlob(randomForestModel(shape)));
  if (predictor.kind !== 'forest') throw new Error('not a forest');
  return predictor;
}

test.run();
