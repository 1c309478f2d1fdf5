import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nextDown32, nextUp32 } from '../../src/core/float.js';
import { createRandom } from '../../src/core/random.js';
import type { Table } from '../../src/core/table.js';
import { adversarialTable } from '../../src/evaluate/adversarial.js';
import { openOnnx } from '../../src/evaluate/onnxSession.js';
import { type Comparison, comparePredictions, decisionOf } from '../../src/evaluate/parity.js';
import type { Link } from '../../src/model/forest.js';
import type { Model } from '../../src/model/model.js';
import { exportOnnx } from '../../src/onnx/index.js';
import {
  modelOfTask,
  randomForest,
  randomLinear,
  referencePredictions,
  SPECIAL_NUMBERS,
  tableOf,
} from './models.js';

const BATCHES = [0, 1, 2, 17, 257, 1000];
const THRESHOLDS = [-1.5, -0.25, 0, 0.1, 0.7, 2, 1e30, -1e30].map(Math.fround);
const POOL = [
  ...SPECIAL_NUMBERS,
  ...THRESHOLDS.flatMap((value) => [value, nextUp32(value), nextDown32(value)]),
];
/** Half a unit in the last place of a float32 probability, and nothing else. */
const ROUNDING = 2 ** -25 * 1.001;

function tables(model: Model, seed: number): Table[] {
  const random = createRandom(seed);
  const made = BATCHES.map((rowCount) => tableOf(random, rowCount, POOL));
  return [...made, adversarialTable(model, made.at(-1)!, { rowCount: 2000, random })];
}

/** The graph against the float64 reference; labels must follow from the graph's own predictions. */
async function compare(model: Model, rows: readonly Table[]): Promise<Comparison> {
  const session = await openOnnx(exportOnnx(model));
  const reference: number[] = [];
  const candidate: number[] = [];
  const { classes } = model.schema.target;
  for (const table of rows) {
    const { labels, predictions } = await session.predictTable(table, model.schema);
    const width = classes.length || 1;
    assert.is(labels.length, classes.length > 0 ? table.rowCount : 0);
    labels.forEach((label, row) => {
      const shares = predictions.subarray(row * width, (row + 1) * width);
      assert.is(label, classes[shares.indexOf(Math.max(...shares))]);
    });
    reference.push(...referencePredictions(model, table));
    candidate.push(...predictions);
  }
  await session.release();
  return comparePredictions(reference, candidate, decisionOf(model));
}

function forestOf(
  link: Link,
  outputCount: number,
  seed: number,
  more: { leafScale?: number; treeCount?: number } = {},
) {
  const shape = { treeCount: 60, maxLeaves: 31, thresholds: THRESHOLDS, link, outputCount };
  return randomForest(createRandom(seed), { ...shape, ...more });
}

for (const link of ['softmax', 'logit', 'identity'] as const) {
  for (const outputCount of [3, 7]) {
    test(`classes, forest, ${link}, ${outputCount} outputs: within 1e-6 of the reference`, async () => {
      const model = modelOfTask('multiclass', forestOf(link, outputCount, 51));
      const { maxDelta } = await compare(model, tables(model, 52));
      assert.ok(maxDelta < 1e-6, String(maxDelta));
    });

    test(`classes, huge leaves, ${link}, ${outputCount} outputs: only the last rounding`, async () => {
      const model = modelOfTask('multiclass', forestOf(link, outputCount, 53, { leafScale: 60 }));
      const { maxDelta } = await compare(model, tables(model, 54));
      assert.ok(maxDelta <= ROUNDING, String(maxDelta));
    });
  }
}

for (const link of ['softmax', 'logit'] as const) {
  for (const clipped of [true, false]) {
    test(`classes, linear, ${link}, ${clipped ? '' : 'not '}clipped: only the last rounding`, async () => {
      const linear = randomLinear(createRandom(55), clipped, link, 4);
      const model = modelOfTask('multiclass', linear);
      const { maxDelta } = await compare(model, tables(model, 56));
      assert.ok(maxDelta <= ROUNDING, String(maxDelta));
    });
  }
}

test('classes without any part share alike, and the first is the label', async () => {
  for (const link of ['identity', 'logit', 'softmax'] as const) {
    const forest = forestOf(link, 3, 57);
    forest.leafValue.fill(link === 'identity' ? -1 : 0);
    forest.baseScores.fill(link === 'logit' ? -720 : 0);
    const model = modelOfTask('multiclass', forest);
    const table = tableOf(createRandom(58), 40, POOL);
    const session = await openOnnx(exportOnnx(model));
    const { labels, predictions } = await session.predictTable(table, model.schema);
    await session.release();
    assert.ok(labels.every((label) => label === model.schema.target.classes[0]));
    assert.ok(predictions.every((share) => share === Math.fround(1 / 3)));
  }
});

test('regression, identity: only the last rounding, whatever the scale and the offset', async () => {
  for (const [leafScale, offset] of [
    [1, 0],
    [1e5, 2e5],
    [1e-6, 0],
    [1, 2000],
  ] as const) {
    const forest = forestOf('identity', 1, 59);
    forest.leafValue.forEach((value, leaf) => {
      forest.leafValue[leaf] = (leaf % 2 ? -value : value) * 60 * leafScale;
    });
    forest.baseScores[0] = offset;
    const model = modelOfTask('regression', forest);
    for (const table of tables(model, 60)) {
      const expected = referencePredictions(model, table);
      const session = await openOnnx(exportOnnx(model));
      const { predictions } = await session.predictTable(table, model.schema);
      await session.release();
      const wrong = predictions.findIndex(
        (value, row) =>
          Math.abs(value - expected[row]!) >
          Math.abs(expected[row]!) * 2 ** -24 * 1.001 + leafScale * 1e-12,
      );
      assert.is(wrong, -1, `scale ${leafScale}: ${predictions[wrong]} for ${expected[wrong]}`);
    }
  }
});

test('regression, log: within 1e-5 of the prediction, and exact where leaves are large', async () => {
  for (const [leafScale, bound] of [
    [0.1, 1e-5],
    [20, 2 ** -23],
  ] as const) {
    const model = modelOfTask('regression', forestOf('log', 1, 61, { leafScale }));
    const session = await openOnnx(exportOnnx(model));
    for (const table of tables(model, 62)) {
      const expected = Float32Array.from(referencePredictions(model, table));
      const { predictions } = await session.predictTable(table, model.schema);
      predictions.forEach((value, row) => {
        const reference = expected[row]!;
        // the smallest float32 numbers have a coarser step than their size says
        const close = Math.abs(value - reference) <= reference * bound + 3e-45;
        assert.ok(value === reference || close, `${value} for ${reference}`);
      });
    }
    await session.release();
  }
});

test('trees of a single leaf, and no trees at all, are constants of each output', async () => {
  const shape = { treeCount: 6, maxLeaves: 1, thresholds: [], outputCount: 3 };
  const forest = randomForest(createRandom(63), { ...shape, link: 'softmax' });
  const none = new Int32Array(0);
  const empty = { ...forest, roots: none, treeOutput: none, leafValue: new Float64Array(0) };
  const bare = {
    ...randomLinear(createRandom(1), true, 'softmax', 3),
    numeric: [],
    categorical: [],
  };
  for (const predictor of [forest, empty, bare]) {
    const model = modelOfTask('multiclass', predictor);
    const { maxDelta } = await compare(model, [tableOf(createRandom(64), 17, POOL)]);
    assert.ok(maxDelta <= ROUNDING);
  }
  const number = modelOfTask('regression', {
    ...forestOf('identity', 1, 65),
    roots: Int32Array.of(~0),
    treeOutput: Int32Array.of(0),
  });
  assert.is((await compare(number, [tableOf(createRandom(66), 17, POOL)])).maxDelta < 1e-7, true);
});

test('an output without trees of its own keeps its base score', async () => {
  const forest = forestOf('softmax', 4, 67);
  forest.treeOutput.forEach((output, tree) => {
    if (output === 2) forest.treeOutput[tree] = 1;
  });
  const model = modelOfTask('multiclass', forest);
  assert.ok((await compare(model, tables(model, 68))).maxDelta < 1e-6);
});

test('metadata name task and classes', () => {
  const text = (model: Model): string => new TextDecoder().decode(exportOnnx(model));
  const classes = text(modelOfTask('multiclass', forestOf('softmax', 3, 69)));
  for (const part of ['multiclass', 'probabilities', 'class 2 ☂', '["class 0 ☂"']) {
    assert.ok(classes.includes(part), part);
  }
  const number = text(modelOfTask('regression', forestOf('identity', 1, 69)));
  assert.ok(number.includes('prediction') && number.includes('regression'));
  assert.not.ok(number.includes('label_1') || number.includes('threshold'));
});

test.run();
