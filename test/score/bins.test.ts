import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, DataError, ShapeError } from '../../src/core/errors.js';
import { nextUp32 } from '../../src/core/float.js';
import { explainer } from '../../src/explain/index.js';
import { decodeBlob, encodeBlob } from '../../src/quantize/index.js';
import { type LoadOptions, loadScorer, type Rows } from '../../src/score/index.js';
import { loadScorer as loadInPage } from '../../src/score/page.js';
import { KERNELS } from './definition.js';
import { adversarialMatrix, randomForestModel, randomLinearModel } from './randomModel.js';

const MODEL = randomForestModel({
  seed: 91,
  treeCount: 30,
  maxLeaves: 12,
  numericCount: 2,
  levelCounts: [5],
});
const BLOB = encodeBlob(MODEL);

const is =
  (Type: new (message: string) => Error, message: RegExp) =>
  (error: Error): boolean =>
    error instanceof Type && message.test(error.message);

test('a byte is one more than how many thresholds are below, or a byte of the table', async () => {
  const { predictor } = decodeBlob(BLOB);
  if (predictor.kind !== 'forest') throw new Error('not a forest');
  const scorer = await loadScorer(BLOB);
  for (const [index, column] of predictor.columns.entries()) {
    const binOf = (x: number): number => {
      const row = new Float32Array(MODEL.features.length);
      row[column.featureIndex] = x;
      return scorer.bin(row)[index]![0]!;
    };
    if (column.kind === 'sets') {
      assert.equal([0, 1, 2, 3, 4, 5, NaN].map(binOf), Array.from(column.table));
      assert.equal([-1, 0.5, Infinity].map(binOf), Array(3).fill(column.table[5]));
      continue;
    }
    const { thresholds, missing } = column;
    thresholds.forEach((threshold, rank) => {
      assert.equal([threshold, nextUp32(threshold)].map(binOf), [rank + 1, rank + 2]);
    });
    const special = [-Infinity, Infinity, NaN].map(binOf);
    assert.equal(special, [1, thresholds.length + 1, missing === 'low' ? 0 : 255]);
  }
});

test('rows of all kinds have the same bins, and bins their own', async () => {
  const scorer = await loadScorer(BLOB);
  const matrix = Float32Array.from({ length: 3 * 2500 }, (_, at) =>
    at % 3 === 2 ? (at % 7) - 1 : Math.sin(at),
  );
  const names = MODEL.schema.fields.map(({ name }) => name);
  const levels = MODEL.features.map((own) => (own.kind === 'category' ? own.levels : undefined));
  const valueAt = (row: number, field: number): number | string => {
    const value = matrix[3 * row + field]!;
    return levels[field] ? (levels[field][value] ?? 'never seen') : value;
  };
  const records = Array.from({ length: 2500 }, (_, row) =>
    Object.fromEntries(names.map((name, field) => [name, valueAt(row, field)])),
  );
  const columns = Object.fromEntries(
    names.map((name) => [name, records.map((record) => record[name]!)]),
  );
  const features = [0, 1, 2].map((field) => matrix.filter((_, at) => at % 3 === field));
  const bins = scorer.bin(matrix);
  for (const rows of [records, columns, features, bins]) {
    assert.equal(scorer.bin(rows), bins);
    assert.equal(scorer.predict(rows), scorer.predict(matrix));
  }
  assert.not(scorer.bin(bins)[0] === bins[0]);
  assert.equal(
    scorer.bin(records[7]!),
    bins.map((column) => column.slice(7, 8)),
  );
});

test('columns of many bytes and few features', async () => {
  // a feature with 90 byte columns: its bytes need more room than its features
  const wide = randomForestModel({
    seed: 92,
    treeCount: 700,
    maxLeaves: 3,
    numericCount: 1,
    levelCounts: [30],
  });
  const blob = encodeBlob(wide);
  for (const kernel of KERNELS) {
    const scorer = await loadScorer(blob, { kernel });
    for (const rowCount of [1, 255, 256, 257, 1000]) {
      const matrix = adversarialMatrix(wide, rowCount, rowCount);
      const bins = scorer.bin(matrix);
      assert.ok(bins.length > 4 * 2, `${bins.length}`);
      assert.equal(scorer.predict(bins), scorer.predict(matrix));
    }
  }
});

test('bytes that no value has do no harm', async () => {
  const scorers = await Promise.all(KERNELS.map((kernel) => loadScorer(BLOB, { kernel })));
  const width = scorers[0]!.bin(new Float32Array(3)).length;
  for (let byte = 0; byte < 256; byte++) {
    const bins = Array.from({ length: width }, () => new Uint8Array(40).fill(byte));
    const [first, ...others] = scorers.map((scorer) => scorer.predict(bins));
    assert.ok(first!.every((probability) => probability > 0 && probability < 1));
    for (const other of others) assert.equal(other, first);
  }
});

test('what is wrong with bins is told', async () => {
  const scorer = await loadScorer(BLOB, { explainer });
  const bins = scorer.bin(new Float32Array(3 * 4));
  const throws = (rows: unknown, message: RegExp): void =>
    assert.throws(() => scorer.predict(rows as Rows), is(ShapeError, message));
  const expected = `expected ${bins.length} Uint8Arrays of one length, got `;
  throws(bins.slice(1), new RegExp(expected));
  throws([...bins.slice(1), new Uint8Array(3)], new RegExp(`${expected}.*\\(4\\),Uint8Array\\(3`));
  throws([...bins.slice(1), new Float32Array(4)], new RegExp(expected));
  throws([new Float32Array(4), ...bins.slice(1)], /expected 3 Float32Arrays/);
  throws([new Uint16Array(4)], /expected 3 Float32Arrays .*got Uint16Array\(4\)/);
  throws(bins[0], /got Uint8Array/);
  assert.throws(() => scorer.bin({ nothing: 1 }), is(DataError, /"nothing"/));
  assert.throws(() => scorer.contributions(bins), is(ShapeError, /bins do not tell/));
  assert.throws(
    () => scorer.predictInto(bins, 5, new Float32Array(5)),
    is(ShapeError, /0 to 4 whole rows/),
  );
});

test('there are none without tests, and in a page they are an option', async () => {
  const single = randomForestModel({ seed: 5, treeCount: 9, maxLeaves: 1, numericCount: 2 });
  for (const model of [single, randomLinearModel(10, 2, [3])]) {
    const scorer = await loadScorer(encodeBlob(model));
    assert.throws(() => scorer.bin(new Float32Array(6)), is(ConfigError, /has no bins/));
    assert.throws(
      () => scorer.predict([new Uint8Array(2)]),
      is(ShapeError, /expected 0 Uint8Arrays/),
    );
  }
  const plain = await loadInPage(BLOB);
  assert.throws(() => plain.bin(new Float32Array(3)), is(ConfigError, /columns: true/));
  const options: LoadOptions = { columns: true };
  const bins = (await loadInPage(BLOB, options)).bin(new Float32Array(3));
  assert.equal(plain.predict(bins), plain.predict(new Float32Array(3)));
});

test.run();
