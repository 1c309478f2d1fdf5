import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { QuantizedForest } from '../../src/model/quantized.js';
import { decodeBlob, encodeBlob } from '../../src/quantize/index.js';
import { maskedRow, quickRows } from '../../src/score/extra/quickRows.js';
import { layRowMasks, type RowMasks } from '../../src/score/extra/rowMasks.js';
import { cutTrees } from '../../src/score/extra/treeTops.js';
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
  'trees of more leaves than a word has bits': {
    ...SHAPE,
    seed: 18,
    maxLeaves: 33,
    treeCount: 100,
  },
  'large trees': { ...SHAPE, seed: 19, maxLeaves: 300 },
  'large trees of categories': {
    ...SHAPE,
    seed: 20,
    maxLeaves: 120,
    numericCount: 2,
    levelCounts: [40, 3, 9],
  },
  'large trees of classes': {
    ...SHAPE,
    seed: 21,
    maxLeaves: 90,
    task: 'multiclass',
    classCount: 3,
    link: 'softmax',
  },
  'one large tree': { ...SHAPE, seed: 24, treeCount: 1, maxLeaves: 2000 },
  'many trees': { ...SHAPE, seed: 23, treeCount: 600, maxLeaves: 50, numericCount: 20 },
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

test('blocks grow with the forest, and then tops shrink, up to what the caches hold', () => {
  const plans = [50, 400, 500, 700, 800, 1000].map((treeCount) => {
    const forest = forestOf({ ...SHAPE, treeCount, maxLeaves: 64, numericCount: 20 });
    const masks = layRowMasks(forest, 20);
    if (!masks) return 'none';
    const words = new Uint32Array(masks.memory.buffer, masks.plan, 17);
    return `${words[7]} tests, ${mostLeavesOf(masks)} leaves`;
  });
  assert.equal(plans, [
    '8 tests, 32 leaves',
    '16 tests, 32 leaves',
    '32 tests, 32 leaves',
    '32 tests, 24 leaves',
    '32 tests, 16 leaves',
    'none',
  ]);
});

test('a top takes the nodes that most rows come by', () => {
  const forest = forestOf({ ...SHAPE, treeCount: 30, maxLeaves: 200 });
  const { left, right, leftShare, roots } = forest;
  const { mask } = cutTrees(forest, 16);
  for (const root of roots) {
    const [inside, below] = [[] as number[], [] as number[]];
    const visit = (item: number, share: number): void => {
      if (item < 0) return;
      (mask[item] === 0 ? below : inside).push(share);
      visit(left[item]!, (share * leftShare![item]!) / 255);
      visit(right[item]!, (share * (255 - leftShare![item]!)) / 255);
    };
    visit(root, 1);
    assert.ok(inside.length === 15 || below.length === 0);
    assert.ok(Math.min(...inside) >= Math.max(0, ...below) - 1e-12);
  }
});

test('without shares a top takes the nodes nearest to the root', () => {
  const { leftShare, ...forest } = forestOf({ ...SHAPE, treeCount: 30, maxLeaves: 200 });
  const { mask } = cutTrees(forest, 16);
  const deepest = forest.roots.map((root) => {
    const depths = [0, 0];
    const visit = (item: number, depth: number): void => {
      if (item < 0) return;
      if (mask[item] !== 0) depths[0] = Math.max(depths[0]!, depth);
      else depths[1] = Math.min(depths[1] || depth, depth);
      visit(forest.left[item]!, depth + 1);
      visit(forest.right[item]!, depth + 1);
    };
    visit(root, 0);
    return depths[1] === 0 ? 0 : depths[0]! - depths[1]!;
  });
  assert.ok(deepest.every((difference) => difference <= 0));
});

test('what there are no masks of is walked', async () => {
  assert.is(layRowMasks(forestOf({ ...SHAPE, maxLeaves: 1 }), 5), undefined);
  // addresses of nodes below the tops are short
  assert.ok(layRowMasks(forestOf(SHAPE), 20_000));
  const large = forestOf({ ...SHAPE, maxLeaves: 200 });
  assert.ok(layRowMasks(large, 5));
  assert.is(layRowMasks(large, 20_000), undefined);
  // missing goes to the right of all numbers
  for (const column of large.columns) {
    if (column.kind === 'rank' && column.missing === 'high') column.thresholds.fill(Infinity, -1);
  }
  assert.is(layRowMasks(large, 5), undefined);
  const model = randomForestModel({ ...SHAPE, maxLeaves: 1 });
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

/** Of the tops: the last leaf that is written has a value, with few exceptions. */
function mostLeavesOf({ memory, plan }: RowMasks): number {
  const words = new Uint32Array(memory.buffer, plan, 17);
  const count = 32 * ((words[9]! - words[8]!) / 2);
  const leaves = new Int16Array(memory.buffer, words[4]!, count);
  return 1 + leaves.reduce((most, value, at) => (value ? Math.max(most, at % 32) : most), 0);
}

function forestOf(shape: ForestShape): QuantizedForest {
  const { predictor } = decodeBlob(encodeBlob(randomForestModel(shape)));
  if (predictor.kind !== 'forest') throw new Error('not a forest');
  return predictor;
}

test.run();
