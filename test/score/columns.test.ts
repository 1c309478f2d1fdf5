import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DataError, ShapeError } from '../../src/core/errors.js';
import { createRandom } from '../../src/core/random.js';
import type { Model } from '../../src/model/model.js';
import { encodeBlob } from '../../src/quantize/index.js';
import {
  columnMajor,
  encodeRecords,
  type FieldColumn,
  type LoadOptions,
  loadScorer,
  type Rows,
  type Scorer,
} from '../../src/score/index.js';
import { pipelineModel } from '../quantize/pipelineModel.js';
import { dictionaryVector, numberVector } from './arrowLike.js';
import { adversarialMatrix, randomForestModel, randomLinearModel } from './randomModel.js';

const KERNELS = ['simd', 'javascript'] as const;
const ROW_COUNTS = [0, 1, 15, 16, 17, 24, 25, 255, 256, 257, 1000, 1023, 1024, 1025, 2500];
const SHAPE = { seed: 81, treeCount: 20, maxLeaves: 14, numericCount: 4, levelCounts: [3, 20] };
const MODELS: Record<string, Model> = {
  pipeline: pipelineModel(),
  classes: randomForestModel({ ...SHAPE, task: 'multiclass', link: 'softmax', classCount: 3 }),
  linear: randomLinearModel(82, 3, [4]),
};

type Value = number | string | null;
type Record_ = Record<string, Value>;

/** Records with missing, special and unseen values among the ordinary ones. */
function recordsOf(model: Model, rowCount: number, seed: number): Record_[] {
  const random = createRandom(seed);
  const numbers = [0, -0, 1e300, -1e300, Infinity, -Infinity, NaN, 0.1, null];
  return Array.from({ length: rowCount }, () =>
    Object.fromEntries(
      model.schema.fields.map(({ name, type }): [string, Value] => {
        if (type === 'number') {
          const isSpecial = random.uniform() < 0.3;
          return [name, isSpecial ? numbers[random.integer(numbers.length)]! : random.normal()];
        }
        const levels = ['DE', 'US', 'Österreich', 'level 0', 'level 1', 'level 19', 'Atlantis', ''];
        return [name, random.uniform() < 0.2 ? null : levels[random.integer(levels.length)]!];
      }),
    ),
  );
}

const valuesOf = (records: readonly Record_[], name: string): Value[] =>
  records.map((record) => record[name]!);

/** The ways to give a numeric column. */
const NUMBER_COLUMNS: Record<string, (values: (number | null)[]) => FieldColumn> = {
  array: (values) => values,
  'array with holes': (values) => values.map((value) => value ?? undefined),
  float64: (values) => Float64Array.from(values, (value) => value ?? NaN),
  float32: (values) => Float32Array.from(values, (value) => value ?? NaN),
  'vector with get': (values) => ({ length: values.length, get: (index) => values[index] }),
  'column with at': (values) => ({ length: values.length, at: (index) => values[index] }),
  'Arrow float64': (values) => numberVector(values, 'float64', 100, false),
  'Arrow half floats': (values) => numberVector(values, 'float16', 1000, false),
  'flechette float64': (values) => numberVector(values, 'float64', 1500, true),
};

/** The ways to give a column of strings. */
const TEXT_COLUMNS: Record<string, (values: (string | null)[]) => FieldColumn> = {
  array: (values) => values,
  'vector with get': (values) => ({ length: values.length, get: (index) => values[index] }),
  'Arrow dictionary': (values) => dictionaryVector(values, 100, false),
  'flechette dictionary': (values) => dictionaryVector(values, 1500, true),
  'codes and levels': (values) => {
    const levels = [...new Set(values)].filter((value) => value !== null);
    return { codes: Int16Array.from(values, (value) => levels.indexOf(value!)), levels };
  },
  'an array of codes, with null among the levels': (values) => {
    const levels = [...new Set(values)];
    return { codes: values.map((value) => levels.indexOf(value)), levels };
  },
};

function columnsOf(
  model: Model,
  records: readonly Record_[],
  numbers: keyof typeof NUMBER_COLUMNS,
  texts: keyof typeof TEXT_COLUMNS,
): Record<string, FieldColumn> {
  return Object.fromEntries(
    model.schema.fields.map(({ name, type }) => {
      const values = valuesOf(records, name);
      return [
        name,
        type === 'number'
          ? NUMBER_COLUMNS[numbers]!(values as (number | null)[])
          : TEXT_COLUMNS[texts]!(values as (string | null)[]),
      ];
    }),
  );
}

const bytesOf = (values: Float32Array): Uint8Array => new Uint8Array(values.buffer);

/** Every way to ask gives the same bytes. */
function checkSame(scorer: Scorer, rows: Rows, expected: Float32Array, what: string): void {
  const rowCount = expected.length / scorer.outputCount;
  assert.equal(bytesOf(scorer.predict(rows)), bytesOf(expected), what);
  const out = new Float32Array(expected.length + 1).fill(-7);
  scorer.predictInto(rows, rowCount, out);
  assert.equal([...out], [...expected, -7], what);
  const margins = scorer.margin(rows);
  scorer.marginInto(rows, rowCount, out);
  assert.equal([...out], [...margins, -7], what);
}

for (const [name, model] of Object.entries(MODELS)) {
  for (const kernel of KERNELS) {
    test(`${name}, ${kernel}: columns of every kind score as records do`, async () => {
      const scorer = await loadScorer(encodeBlob(model), { kernel });
      const { fields } = model.schema;
      for (const rowCount of ROW_COUNTS) {
        const records = recordsOf(model, rowCount, rowCount + 1);
        const matrix = encodeRecords(fields, model.features, records);
        const expected = scorer.predict(matrix);
        checkSame(scorer, records, expected, `${rowCount} records`);
        if (rowCount > 0) checkSame(scorer, transpose(matrix, rowCount), expected, 'features');
        const kinds = rowCount === 1000 ? Object.keys(NUMBER_COLUMNS) : ['array', 'Arrow float64'];
        for (const numbers of kinds) {
          // what float32 cannot hold is not what a record had
          if (numbers === 'float32' && name === 'pipeline') continue;
          const columns = columnsOf(model, records, numbers, 'array');
          checkSame(scorer, columns, expected, `${rowCount} rows, ${numbers}`);
        }
        for (const texts of Object.keys(TEXT_COLUMNS)) {
          const columns = columnsOf(model, records, 'float64', texts);
          checkSame(scorer, columns, expected, `${rowCount} rows, ${texts}`);
        }
      }
    });
  }
}

/** A row-major matrix as an array a feature. */
function transpose(matrix: Float32Array, rowCount: number): Float32Array[] {
  const width = matrix.length / rowCount;
  return Array.from({ length: width }, (_, feature) =>
    Float32Array.from({ length: rowCount }, (_, row) => matrix[row * width + feature]!),
  );
}

test('integer columns of every width count as their numbers', async () => {
  const model = MODELS['pipeline']!;
  const scorer = await loadScorer(encodeBlob(model));
  const values = [1, 0, 3, 100, 7];
  const country = ['DE', 'US', null, 'DE', 'XX'];
  const expected = scorer.predict(
    values.map((value, row) => ({ passed: value, started: 2 * value, country: country[row]! })),
  );
  for (const passed of [
    Int8Array.from(values),
    Uint8Array.from(values),
    Uint8ClampedArray.from(values),
    Int16Array.from(values),
    Uint16Array.from(values),
    Int32Array.from(values),
    Uint32Array.from(values),
    BigInt64Array.from(values, BigInt),
    BigUint64Array.from(values, BigInt),
    values.map(BigInt),
    numberVector(values, 'int64', 2, false),
    { codes: Uint8Array.of(0, 1, 2, 3, 4), levels: values },
  ]) {
    const started = values.map((value) => 2 * value);
    assert.equal(scorer.predict({ passed, started, country }), expected);
  }
});

test('tables of Arrow and of arquero are asked for their columns', async () => {
  const model = MODELS['pipeline']!;
  const scorer = await loadScorer(encodeBlob(model));
  const records = recordsOf(model, 40, 5);
  const columns = columnsOf(model, records, 'array', 'Arrow dictionary');
  const expected = scorer.predict(records);
  const names = Object.keys(columns);
  const arrow = {
    schema: { fields: names.map((name) => ({ name })) },
    getChild: (name: string) => columns[name] ?? null,
  };
  assert.equal(scorer.predict(arrow), expected);
  const frame = {
    columnNames: () => names,
    // a filtered frame still has all rows in its columns
    column: (name: string) => [...valuesOf(records, name), 0, 0],
    reify: () => ({ ...frame, column: (name: string) => columns[name] }),
  };
  assert.equal(scorer.predict(frame), expected);
  const fewer = { ...arrow, schema: { fields: [{ name: 'passed' }] } };
  assert.throws(() => scorer.predict(fewer), is(DataError, /field "country" is absent/));
  const more = { ...arrow, schema: { fields: [...arrow.schema.fields, { name: 'pased' }] } };
  assert.throws(
    () => scorer.predict(more),
    is(DataError, /no field "pased"; did you mean "passed"/),
  );
});

test('a part of the rows can be scored, and no more than there are', async () => {
  const model = MODELS['classes']!;
  const scorer = await loadScorer(encodeBlob(model));
  const records = recordsOf(model, 1500, 6);
  const all = scorer.predict(records);
  const matrix = encodeRecords(model.schema.fields, model.features, records);
  const kinds: Rows[] = [
    records,
    matrix,
    transpose(matrix, 1500),
    columnsOf(model, records, 'float64', 'array'),
  ];
  for (const rows of kinds) {
    for (const rowCount of [0, 1, 1100]) {
      const out = new Float32Array(3 * 1500).fill(-7);
      scorer.predictInto(rows, rowCount, out);
      assert.equal([...out.subarray(0, 3 * rowCount)], [...all.subarray(0, 3 * rowCount)]);
      assert.ok(out.subarray(3 * rowCount).every((value) => value === -7));
    }
    const out = new Float32Array(5000);
    for (const rowCount of [1501, -1, 1.5, NaN]) {
      assert.throws(
        () => scorer.predictInto(rows, rowCount, out),
        is(ShapeError, /0 to 1500 whole rows/),
      );
    }
    assert.throws(
      () => scorer.predictInto(rows, 3, out.subarray(0, 8)),
      is(ShapeError, /room for 9/),
    );
  }
});

test('one record needs no array around it', async () => {
  for (const kernel of KERNELS) {
    const model = MODELS['pipeline']!;
    const scorer = await loadScorer(encodeBlob(model), { kernel });
    for (const record of [
      ...recordsOf(model, 50, 7),
      { passed: null, country: null, started: null },
    ]) {
      const expected = scorer.predict([record]);
      checkSame(scorer, record, expected, JSON.stringify(record));
      checkSame(scorer, [record], expected, JSON.stringify(record));
    }
  }
});

test('a column-major matrix is cut into features', async () => {
  const model = MODELS['classes']!;
  const scorer = await loadScorer(encodeBlob(model));
  const rowCount = 700;
  const matrix = adversarialMatrix(model, rowCount, 8);
  const flat = new Float32Array(matrix.length);
  transpose(matrix, rowCount).forEach((column, feature) => {
    flat.set(column, feature * rowCount);
  });
  assert.equal(scorer.predict(columnMajor(flat, rowCount)), scorer.predict(matrix));
  assert.is(columnMajor(flat, rowCount)[1]!.buffer, flat.buffer);
  assert.throws(() => columnMajor(flat, 699), is(ShapeError, /699 rows, got 4200 values/));
  assert.equal(columnMajor(new Float32Array(0), 0), []);
});

const is = (type: new (message: string) => Error, pattern: RegExp) => (error: unknown) =>
  error instanceof type && pattern.test(error.message);

test('wrong columns are errors that say where', async () => {
  const scorer = await loadScorer(encodeBlob(MODELS['pipeline']!));
  const good = { passed: [1, 2], started: [3, 4], country: ['DE', 'US'] };
  const cases: [object, typeof DataError | typeof ShapeError, RegExp][] = [
    [{ ...good, passt: [1, 2] }, DataError, /no field "passt"; did you mean "passed"\?/],
    [{ passed: [1, 2], country: ['DE', 'US'] }, DataError, /the field "started" is absent/],
    [{ ...good, started: [1] }, ShapeError, /"started" expected a column of 2 rows, got 1/],
    [{ ...good, country: 'DE' }, ShapeError, /"country" expected an array, .* got "DE"/],
    [{ ...good, country: undefined }, ShapeError, /"country" expected an array, .* got undefined/],
    [{ ...good, started: {} }, ShapeError, /"started" expected an array, .* got an object/],
    [{ ...good, started: [1, '2'] }, DataError, /row 1: "started" expected a number, got "2"/],
    [{ ...good, started: [true, 1] }, DataError, /row 0: "started" expected a number, got true/],
    [{ ...good, country: ['DE', 7] }, DataError, /row 1: "country" expected a string, got 7/],
    [{ ...good, country: Int8Array.of(1, 2) }, DataError, /row 0: "country" expected a string/],
    [
      { ...good, country: { codes: [0, 1], levels: ['DE', 7] } },
      DataError,
      /level 1: "country" expected a string, got 7/,
    ],
  ];
  for (const [columns, type, pattern] of cases) {
    assert.throws(() => scorer.predict(columns as Rows), is(type, pattern));
  }
  for (const rows of [null, undefined, 7, 'x', true]) {
    assert.throws(
      () => scorer.predict(rows as unknown as Rows),
      is(ShapeError, /expected records, columns or features/),
    );
  }
  for (const rows of [
    [new Float32Array(2)],
    [new Float32Array(2), new Float32Array(3), new Float32Array(2), new Float32Array(2)],
    [new Float64Array(2), new Float64Array(2), new Float64Array(2), new Float64Array(2)],
  ]) {
    assert.throws(
      () => scorer.predict(rows as Rows),
      is(ShapeError, /expected 4 Float32Arrays .*, got Float\d\dArray\(2\)/),
    );
  }
  assert.throws(
    () => scorer.predict(new Float64Array(8) as unknown as Rows),
    is(ShapeError, /features in Float32Arrays, got Float64Array/),
  );
});

test('unknown and absent columns pass when told so', async () => {
  const options: LoadOptions = { unknownFields: 'ignore', absentFields: 'missing' };
  const scorer = await loadScorer(encodeBlob(MODELS['pipeline']!), options);
  const missing = [null, null];
  assert.equal(
    scorer.predict({ passed: [1, 2], other: ['x'] }),
    scorer.predict({ passed: [1, 2], started: missing, country: missing }),
  );
});

test('any mixture of values scores as columns as it does as records', async () => {
  const model = MODELS['pipeline']!;
  const blob = encodeBlob(model);
  const scorers = await Promise.all(KERNELS.map((kernel) => loadScorer(blob, { kernel })));
  const number = fc.oneof(
    fc.float(),
    fc.double(),
    fc.constantFrom(0, -0, NaN, null, undefined, 2n, Infinity, 1e39),
  );
  const text = fc.oneof(
    fc.constantFrom('DE', 'US', 'Österreich', '', null, undefined, 'toString', '__proto__'),
    fc.string({ unit: 'grapheme', maxLength: 4 }),
  );
  const rows = fc.array(fc.record({ passed: number, country: text, started: number }), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(rows, (records) => {
      const columns = Object.fromEntries(
        ['passed', 'country', 'started'].map((name) => [
          name,
          records.map((record) => record[name as 'passed']),
        ]),
      );
      const [simd, javascript] = scorers as [Scorer, Scorer];
      const expected = bytesOf(javascript.predict(records as Rows));
      assert.equal(bytesOf(simd.predict(records as Rows)), expected);
      for (const scorer of scorers) assert.equal(bytesOf(scorer.predict(columns)), expected);
    }),
  );
});

test('class indices are those of the labels', async () => {
  for (const name of ['classes', 'pipeline']) {
    const scorer = await loadScorer(encodeBlob(MODELS[name]!));
    const predictions = scorer.predict(recordsOf(MODELS[name]!, 100, 9));
    const labels = scorer.labels(predictions);
    for (const ArrayType of [Uint8Array, Uint16Array, Int32Array]) {
      const out = new ArrayType(101).fill(99);
      scorer.labelsInto(predictions, out);
      assert.equal(
        Array.from(out.subarray(0, 100), (index) => scorer.schema.target.classes[index]),
        labels,
      );
      assert.is(out[100], 99);
    }
    assert.throws(
      () => scorer.labelsInto(predictions, new Uint8Array(99)),
      is(ShapeError, /room for 100/),
    );
    if (name === 'classes') {
      assert.throws(
        () => scorer.labelsInto([0.5, 0.5], new Uint8Array(9)),
        is(ShapeError, /3 probabilities/),
      );
    }
  }
});

test.run();
