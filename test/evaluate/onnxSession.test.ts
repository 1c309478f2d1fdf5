import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FormatError, ShapeError } from '../../src/core/errors.js';
import { createRandom } from '../../src/core/random.js';
import { selectRows, withoutColumns } from '../../src/core/table.js';
import { openOnnx } from '../../src/evaluate/onnxSession.js';
import { exportOnnx } from '../../src/onnx/index.js';
import {
  FIELDS,
  modelOf,
  modelOfTask,
  randomForest,
  randomLinear,
  referencePredictions,
  SPECIAL_NUMBERS,
  tableOf,
} from '../onnx/models.js';

const MODEL = modelOf(
  randomForest(createRandom(1), { treeCount: 20, maxLeaves: 8, thresholds: [0, 0.5, -1] }),
);
const BYTES = exportOnnx(MODEL);

test('predicts more rows than one batch holds, in order', async () => {
  const table = tableOf(createRandom(2), 9001, SPECIAL_NUMBERS);
  const session = await openOnnx(BYTES);
  const { labels, predictions } = await session.predictTable(table, MODEL.schema);
  await session.release();
  const expected = referencePredictions(MODEL, table);
  assert.is(labels.length, 9001);
  for (let row = 0; row < 9001; row++) {
    assert.ok(Math.abs(predictions[row]! - expected[row]!) < 1e-6, `row ${row}`);
  }
});

test('classes come row by row, numbers have no labels', async () => {
  const table = tableOf(createRandom(2), 5000, SPECIAL_NUMBERS);
  const classes = modelOfTask('multiclass', randomLinear(createRandom(3), true, 'softmax', 3));
  const first = await openOnnx(exportOnnx(classes));
  const { labels, predictions } = await first.predictTable(table, classes.schema);
  await first.release();
  const expected = referencePredictions(classes, table);
  assert.equal([labels.length, predictions.length], [5000, 15_000]);
  assert.ok(predictions.every((share, i) => Math.abs(share - expected[i]!) < 1e-7));

  const shape = { treeCount: 20, maxLeaves: 8, thresholds: [0, 0.5, -1] };
  const forest = randomForest(createRandom(1), { ...shape, link: 'identity' });
  const numbers = modelOfTask('regression', forest);
  const second = await openOnnx(exportOnnx(numbers));
  const regression = await second.predictTable(table, numbers.schema);
  await second.release();
  assert.equal(regression.labels, []);
  assert.equal(regression.predictions, Float32Array.from(referencePredictions(numbers, table)));
});

test('a table without rows has no predictions', async () => {
  const session = await openOnnx(BYTES);
  const table = tableOf(createRandom(3), 0, [0]);
  assert.equal(await session.predictTable(table, MODEL.schema), {
    labels: [],
    predictions: new Float32Array(0),
  });
  await session.release();
});

test('feeds are made once and run often, beside other sessions', async () => {
  const table = tableOf(createRandom(4), 50, SPECIAL_NUMBERS);
  const [session, other] = [await openOnnx(BYTES), await openOnnx(BYTES)];
  const feeds = session.feeds(table, MODEL.schema, 10, 30);
  assert.equal(
    Object.keys(feeds),
    FIELDS.map(({ name }) => name),
  );
  for (const tensor of Object.values(feeds)) assert.equal(tensor.dims, [20, 1]);
  const rows = Uint32Array.from({ length: 20 }, (_, i) => 10 + i);
  const expected = await other.predictTable(selectRows(table, rows), MODEL.schema);
  for (let run = 0; run < 3; run++) {
    const { labels, predictions } = await session.run(feeds);
    assert.equal(labels, expected.labels);
    assert.equal(predictions, expected.predictions);
  }
  await session.release();
  await other.release();
});

test('the order of columns, and columns the model does not know, do not matter', async () => {
  const table = tableOf(createRandom(5), 40, SPECIAL_NUMBERS);
  const extra = { kind: 'number', name: 'extra', values: new Float32Array(40) } as const;
  const shuffled = { rowCount: 40, columns: [extra, ...[...table.columns].reverse()] };
  const session = await openOnnx(BYTES);
  assert.equal(
    await session.predictTable(shuffled, MODEL.schema),
    await session.predictTable(table, MODEL.schema),
  );
  await session.release();
});

async function failure(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected a failure');
}

test('what is wrong is said in words', async () => {
  const garbage = await failure(openOnnx(Uint8Array.of(1, 2, 3, 4)));
  assert.instance(garbage, FormatError);
  assert.match(garbage.message, /ONNX Runtime cannot load the model: .*[a-z]{4}/i);

  const session = await openOnnx(BYTES);
  const table = tableOf(createRandom(6), 5, [0]);
  const partial = withoutColumns(table, [FIELDS[0]!.name]);
  const absent = await failure(session.predictTable(partial, MODEL.schema));
  assert.instance(absent, ShapeError);
  assert.match(absent.message, 'of kind number, got none');

  const feeds = { ...session.feeds(table, MODEL.schema) };
  delete feeds[FIELDS[0]!.name];
  const incomplete = await failure(session.run(feeds));
  assert.instance(incomplete, FormatError);
  assert.match(incomplete.message, 'missing');
  await session.release();
});

test.run();
