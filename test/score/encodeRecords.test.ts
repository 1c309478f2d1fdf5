import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, DataError, ShapeError } from '../../src/core/errors.js';
import type { Table } from '../../src/core/table.js';
import { featureMatrix } from '../../src/model/feature.js';
import { encodeBlob } from '../../src/quantize/index.js';
import { encodeRecords, loadScorer, type RowRecord } from '../../src/score/index.js';
import { pipelineModel } from '../quantize/pipelineModel.js';

const model = pipelineModel();
const { fields } = model.schema;
const { features } = model;

const RECORDS: RowRecord[] = [
  { passed: 1, country: 'DE', started: 3 },
  { passed: 0.1, country: 'Österreich', started: 0 },
  { passed: null, country: '', started: 2 },
  { passed: NaN, country: null, started: undefined },
  { passed: 1e300, country: 'FR', started: -1 },
];

test('records become the feature matrix that a table becomes', () => {
  const table: Table = {
    rowCount: 5,
    columns: [
      { kind: 'number', name: 'passed', values: Float32Array.of(1, 0.1, NaN, NaN, 1e300) },
      {
        kind: 'category',
        name: 'country',
        codes: Int32Array.of(0, 1, -1, -1, 2),
        levels: ['DE', 'Österreich', 'FR'],
      },
      { kind: 'number', name: 'started', values: Float32Array.of(3, 0, 2, NaN, -1) },
    ],
  };
  const matrix = encodeRecords(fields, features, RECORDS);
  assert.equal(bitsOf(matrix), bitsOf(featureMatrix(fields, features, table)));
});

test('records score as their matrix does, one or many', async () => {
  const blob = encodeBlob(model);
  for (const kernel of ['simd', 'javascript'] as const) {
    const scorer = await loadScorer(blob, { kernel });
    const matrix = encodeRecords(fields, features, RECORDS);
    const expected = scorer.predict(matrix);
    assert.equal(scorer.predict(RECORDS), expected);
    assert.equal(scorer.margin(RECORDS), scorer.margin(matrix));
    RECORDS.forEach((record, row) => {
      assert.equal(scorer.predict([record]), expected.slice(row, row + 1));
    });
    assert.equal(scorer.predict([]), new Float32Array(0));
    assert.is(scorer.label(0.5), '1');
    assert.is(scorer.label(0.4999), '0');
  }
});

test('a wrong record is an error that names row and field', () => {
  const good = RECORDS[0]!;
  const cases: [unknown, RegExp][] = [
    [{ ...good, passt: 1 }, /row 1: the model has no field "passt"; did you mean "passed"\?/],
    [{ passed: 1, country: 'DE' }, /row 1: the field "started" is absent/],
    [{ ...good, passed: '1' }, /row 1: "passed" expected a number, got "1"/],
    [{ ...good, country: 7 }, /row 1: "country" expected a string, got 7/],
    [{ ...good, started: true }, /row 1: "started" expected a number, got true/],
    [null, /row 1: expected a record, got null/],
  ];
  for (const [record, pattern] of cases) {
    assert.throws(
      () => encodeRecords(fields, features, [good, record as RowRecord]),
      (error: unknown) => error instanceof DataError && pattern.test(error.message),
    );
  }
});

test('unknown and absent fields pass when told so', async () => {
  const options = { unknownFields: 'ignore', absentFields: 'missing' } as const;
  const loose = encodeRecords(fields, features, [{ passed: 1, other: 'x' }], options);
  const exact = [{ passed: 1, country: null, started: null }];
  assert.equal(bitsOf(loose), bitsOf(encodeRecords(fields, features, exact)));
  const scorer = await loadScorer(encodeBlob(model), options);
  assert.equal(scorer.predict([{ passed: 1, other: 'x' }]), scorer.predict(exact));
});

test('wrong options and shapes are refused', async () => {
  const blob = encodeBlob(model);
  const is = (type: new (message: string) => Error) => (error: unknown) => error instanceof type;
  for (const options of [{ kernel: 'gpu' }, { kernal: 'simd' }, { absentFields: 'no' }]) {
    const error = await loadScorer(blob, options as object).catch((reason: unknown) => reason);
    assert.instance(error, ConfigError);
  }
  const scorer = await loadScorer(blob);
  const matrix = new Float32Array(8);
  assert.throws(() => scorer.predict(new Float32Array(5)), is(ShapeError));
  assert.throws(() => scorer.predictRow([1, 2]), is(ShapeError));
  assert.throws(() => scorer.predictInto(matrix, 3, new Float32Array(3)), is(ShapeError));
  assert.throws(() => scorer.predictInto(matrix, 2, new Float32Array(1)), is(ShapeError));
  assert.throws(() => scorer.predictInto(matrix, -1, new Float32Array(1)), is(ShapeError));
});

/** Bits, so that NaN equals itself. */
function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer);
}

test.run();
