import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nextDown32, nextUp32 } from '../../src/core/float.js';
import { createRandom } from '../../src/core/random.js';
import { openOnnx } from '../../src/evaluate/onnxSession.js';
import type { QuantizedForest, QuantizedModel } from '../../src/model/quantized.js';
import { exportQuantizedOnnx } from '../../src/onnx/index.js';
import { quantizeModel } from '../../src/quantize/index.js';
import {
  modelOf,
  modelOfTask,
  NUMERIC_FEATURES,
  quantizedModelOf,
  quantizedPredictions,
  randomForest,
  randomLinear,
  randomQuantizedLinear,
  SPECIAL_NUMBERS,
  tableOf,
} from './models.js';

const BATCHES = [1, 2, 17, 257, 1000];
const THRESHOLDS = [-1.5, -0.25, 0, 0.1, 0.7, 2, 1e30, -1e30].map(Math.fround);
const POOL = [
  ...SPECIAL_NUMBERS,
  ...THRESHOLDS.flatMap((value) => [value, nextUp32(value), nextDown32(value)]),
];
/** Half a unit in the last place of a float32 probability: nothing but the last rounding may differ. */
const ROUNDING = 2 ** -25 * 1.001;

async function checkModel(model: QuantizedModel, pool: readonly number[] = POOL): Promise<void> {
  const session = await openOnnx(exportQuantizedOnnx(model));
  const random = createRandom(31);
  for (const rowCount of BATCHES) {
    const table = tableOf(random, rowCount, pool);
    const expected = quantizedPredictions(model, table);
    const { labels, predictions } = await session.predictTable(table, model.schema);
    assert.is(labels.length, model.task === 'regression' ? 0 : rowCount);
    assert.is(predictions.length, expected.length);
    predictions.forEach((prediction, i) => {
      const size = model.task === 'regression' ? Math.max(1, 2 * Math.abs(expected[i]!)) : 1;
      const delta = Math.abs(prediction - expected[i]!);
      assert.ok(delta <= size * ROUNDING, `graph ${prediction}, reference ${expected[i]}`);
    });
  }
  await session.release();
}

for (const leafBits of [8, 16] as const) {
  test(`forest with int${leafBits} leaves: the arithmetic of the blob`, async () => {
    const forest = randomForest(createRandom(33), {
      treeCount: 80,
      maxLeaves: 31,
      thresholds: THRESHOLDS,
    });
    await checkModel(quantizeModel(modelOf(forest), { leafBits }));
    const isotonic = { kind: 'isotonic', x: [-2, 0, 0.001, 3], y: [0, 0.3, 0.8, 1] } as const;
    const calibrator = { ...isotonic, x: [...isotonic.x], y: [...isotonic.y] };
    await checkModel(quantizeModel(modelOf(forest, calibrator), { leafBits }));
  });
}

test('more thresholds than a byte can rank', async () => {
  const random = createRandom(35);
  const many = Array.from({ length: 900 }, () => Math.fround(random.normal()));
  const forest = randomForest(random, { treeCount: 60, maxLeaves: 64, thresholds: many });
  forest.featureIndex.forEach((_, node) => {
    if (forest.categorySet[node]! < 0) forest.featureIndex[node] = NUMERIC_FEATURES[node % 2]!;
  });
  const pool = many.flatMap((value) => [value, nextUp32(value), nextDown32(value)]);
  await checkModel(quantizeModel(modelOf(forest), { leafBits: 8 }), pool);
});

test('int16 sums beyond the exact integers of float32 are split', async () => {
  const forest = randomForest(createRandom(37), {
    treeCount: 1200,
    maxLeaves: 4,
    thresholds: THRESHOLDS,
  });
  const model = quantizeModel(modelOf(forest), { leafBits: 16 });
  const predictor = model.predictor as QuantizedForest;
  // as large as leaves can be, all of one sign, in one group
  const largest: QuantizedForest = {
    ...predictor,
    baseScores: Float64Array.of(-20),
    leafValue: Int16Array.from(predictor.leafValue, (_, leaf) => 32767 - (leaf % 2)),
    groupStart: Uint32Array.of(0),
    groupScale: Float32Array.of(5e-7),
    groupOutput: Uint16Array.of(0),
  };
  await checkModel({ ...model, predictor: largest });
});

test('no trees, and trees of a single leaf', async () => {
  const forest = randomForest(createRandom(39), { treeCount: 4, maxLeaves: 1, thresholds: [] });
  await checkModel(quantizeModel(modelOf(forest), { leafBits: 8 }));
});

test('linear: the integers of the blob, also where bytes and rounding are at their ends', async () => {
  await checkModel(quantizeModel(modelOf(randomLinear(createRandom(41), true)), {}));
  for (const extreme of [false, true]) {
    await checkModel(quantizedModelOf(randomQuantizedLinear(createRandom(43), extreme)));
  }
});

test('linear: halves are rounded up', async () => {
  const linear = randomQuantizedLinear(createRandom(45), false);
  const [sum] = linear.sums;
  for (const input of sum!.numeric) Object.assign(input, { center: 0, inverseStep: 1 });
  sum!.scale = 0.01;
  const halves = [-3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5];
  await checkModel(quantizedModelOf(linear), halves);
});

for (const link of ['softmax', 'logit', 'identity'] as const) {
  for (const leafBits of [8, 16] as const) {
    test(`classes, forest, ${link}, int${leafBits} leaves: the arithmetic of the blob`, async () => {
      const shape = { treeCount: 80, maxLeaves: 31, thresholds: THRESHOLDS, link, outputCount: 3 };
      const forest = randomForest(createRandom(47), shape);
      await checkModel(quantizeModel(modelOfTask('multiclass', forest), { leafBits }));
    });
  }
}

test('classes: groups of an output stand anywhere, and one has no trees', async () => {
  const shape = { treeCount: 12, maxLeaves: 8, thresholds: THRESHOLDS, outputCount: 4 };
  const forest = randomForest(createRandom(49), { ...shape, link: 'softmax' });
  const model = quantizeModel(modelOfTask('multiclass', forest), { leafBits: 8 });
  const predictor = model.predictor as QuantizedForest;
  await checkModel({
    ...model,
    predictor: {
      ...predictor,
      groupStart: Uint32Array.of(0, 3, 4, 9),
      groupScale: Float32Array.of(0.01, 0.002, 0.03, 0.004),
      groupOutput: Uint16Array.of(0, 0, 1, 3),
    },
  });
});

test('classes, linear: the integers of the blob', async () => {
  for (const link of ['softmax', 'logit'] as const) {
    const linear = randomLinear(createRandom(51), true, link, 4);
    const model = modelOfTask('multiclass', linear);
    await checkModel(quantizeModel(model, {}));
    for (const extreme of [false, true]) {
      const sums = randomQuantizedLinear(createRandom(53), extreme, link, 4);
      await checkModel(quantizedModelOf(sums, model));
    }
  }
});

test('regression: numbers of any scale', async () => {
  for (const leafScale of [1e-3, 1, 1e4]) {
    const shape = { treeCount: 80, maxLeaves: 31, thresholds: THRESHOLDS, leafScale };
    const identity = randomForest(createRandom(55), { ...shape, link: 'identity' });
    for (const leafBits of [8, 16] as const) {
      await checkModel(quantizeModel(modelOfTask('regression', identity), { leafBits }));
    }
  }
  const shape = { treeCount: 40, maxLeaves: 31, thresholds: THRESHOLDS, leafScale: 0.1 };
  const forest = randomForest(createRandom(57), { ...shape, link: 'log' });
  await checkModel(quantizeModel(modelOfTask('regression', forest), { leafBits: 16 }));
});

test.run();
