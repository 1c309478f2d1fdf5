import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FormatError } from '../../src/core/errors.js';
import { canonicalJson } from '../../src/core/json.js';
import type { Table } from '../../src/core/table.js';
import type { Task } from '../../src/model/model.js';
import type { Schema } from '../../src/model/schema.js';
import {
  buildReference,
  type CategoryReference,
  type DriftReference,
  type NumericReference,
  parseReference,
} from '../../src/monitor/index.js';
import { binOf, quantileEdges } from '../../src/monitor/reference/quantileBins.js';
import { drawReference } from './samples.js';
import { classReference, numberReference } from './taskSamples.js';

type Json = Record<string, unknown>;

const TARGET = { name: 'y', classes: ['0', '1'] };

function referenceOf(columns: Table['columns'], rowCount: number): DriftReference {
  const schema: Schema = {
    fields: columns.map(({ name, kind }) => ({ name, type: kind })),
    target: TARGET,
  };
  return buildReference({
    schema,
    table: { rowCount, columns },
    task: 'binary',
    predictions: new Float32Array(rowCount).fill(0.25),
    target: new Uint8Array(rowCount).fill(1, 0, 1),
    threshold: 0.5,
  });
}

function numbers(values: number[]): NumericReference {
  const column = { kind: 'number' as const, name: 'x', values: Float32Array.from(values) };
  return referenceOf([column], values.length).fields[0] as NumericReference;
}

test('continuous values are cut into ten bins of equal count', () => {
  const { counts, edges } = numbers(Array.from({ length: 1000 }, (_, i) => (i * 617) % 1000));
  assert.equal(counts, new Array(10).fill(100));
  assert.is(edges.length, 9);
});

test('few distinct values get a bin each', () => {
  const { edges, counts } = numbers([2, 1, 1, 5, 2, 1]);
  assert.equal(edges, [1, 2]);
  assert.equal(counts, [3, 2, 1]);
});

test('a heavy value gets its own bin and the tail is still binned', () => {
  const values = Array.from({ length: 1000 }, (_, i) => (i < 900 ? 0 : i));
  const { edges, counts } = numbers(values);
  assert.is(edges[0], 0);
  assert.is(counts[0], 900);
  assert.is(counts.length, 10);
  assert.ok(Math.min(...counts) >= 10);
});

test('bins hold every value once, none is empty, edges ascend', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.integer({ min: -3, max: 3 }),
          fc.float({ noNaN: true, noDefaultInfinity: true }),
        ),
        {
          minLength: 1,
          maxLength: 300,
        },
      ),
      fc.integer({ min: 1, max: 12 }),
      (values, maxBins) => {
        const sorted = Float32Array.from(values).sort();
        const edges = quantileEdges(sorted, maxBins);
        const counts = new Array(edges.length + 1).fill(0);
        for (const x of sorted) counts[binOf(edges, x)]++;
        assert.ok(edges.length < maxBins);
        assert.ok(edges.every((edge, i) => i === 0 || edge > edges[i - 1]!));
        assert.ok(counts.every((count) => count > 0));
      },
    ),
  );
});

test('missing and infinite values are counted and leave the moments alone', () => {
  const field = numbers([1, 3, NaN, Infinity, -Infinity, NaN]);
  assert.is(field.missing, 2);
  assert.is(field.mean, 2);
  assert.is(field.standardDeviation, 1);
  assert.equal([field.minimum, field.maximum], [1, 3]);
  assert.is(
    field.counts.reduce((a, b) => a + b),
    4,
  );
});

test('a column without a value is still a reference', () => {
  const field = numbers([NaN, NaN]);
  assert.equal(field.counts, [0]);
  assert.equal([field.mean, field.standardDeviation, field.minimum, field.maximum], [0, 0, 0, 0]);
});

test('the most frequent levels are named, ties by name; the empty string is missing', () => {
  const levels = ['', 'b', 'a', ...Array.from({ length: 40 }, (_, i) => `z${i}`)];
  const codes = Int32Array.from([0, -1, 1, 1, 2, 2, ...levels.map((_, code) => Math.max(code, 1))]);
  const column = { kind: 'category' as const, name: 'c', codes, levels };
  const field = referenceOf([column], codes.length).fields[0] as CategoryReference;
  assert.is(field.missing, 2);
  assert.equal(field.levels.slice(0, 3), ['b', 'a', 'z0']);
  assert.is(field.levels.length, 30);
  assert.is(field.otherLevels.length, 12);
  assert.is(field.otherCount, 12);
  assert.is(field.singletons, 40);
});

test('a reference survives JSON', () => {
  for (const reference of [drawReference(500), classReference(500), numberReference(500)]) {
    const again = parseReference(JSON.parse(canonicalJson(reference)));
    assert.equal(again, reference);
  }
});

test('wrong shapes and options are refused', () => {
  const column = { kind: 'number' as const, name: 'x', values: new Float32Array(2) };
  const input = {
    schema: { fields: [{ name: 'x', type: 'number' as const }], target: TARGET },
    table: { rowCount: 2, columns: [column] },
    task: 'binary' as const,
    predictions: [0.1, 0.2],
    target: [0, 1],
    threshold: 0.5,
  };
  buildReference(input);
  assert.throws(() => buildReference({ ...input, predictions: [1] }), /"predictions" expected 2/);
  assert.throws(() => buildReference({ ...input, target: [1] }), /"target" expected 2/);
  assert.throws(() => buildReference({ ...input, threshold: 2 }), /"threshold"/);
  assert.throws(
    () => buildReference({ ...input, table: { rowCount: 2, columns: [] } }),
    /no column "x"/,
  );
  const empty = { rowCount: 0, columns: [{ ...column, values: new Float32Array(0) }] };
  assert.throws(
    () => buildReference({ ...input, table: empty, predictions: [], target: [] }),
    /at least one row/,
  );
});

test('targets, predictions and thresholds that do not fit the task are refused', () => {
  const column = { kind: 'number' as const, name: 'x', values: new Float32Array(2) };
  const input = {
    schema: { fields: [], target: { name: 'y', classes: ['a', 'b', 'c'] } },
    table: { rowCount: 2, columns: [column] },
  };
  const thirds = [0.5, 0.25, 0.25, 0, 0, 1];
  const build = (task: string, target: number[], predictions: number[], threshold?: number) => () =>
    buildReference({
      ...input,
      ...(task === 'binary' && { schema: { fields: [], target: TARGET } }),
      task: task as Task,
      target,
      predictions,
      threshold,
    });
  build('multiclass', [0, 2], thirds)();
  build('regression', [-5, 1e30], [1, -2])();
  const cases: [RegExp, () => unknown][] = [
    [/"task" expected one of binary, multiclass, regression/, build('ranking', [0, 1], [1, 2])],
    [/"target" expected 0 or 1, got 2 in row 1/, build('binary', [0, 2], [0, 1], 0.5)],
    [/expected probabilities, got 1.5 in row 1/, build('binary', [0, 1], [0, 1.5], 0.5)],
    [/"threshold" expected a number/, build('binary', [0, 1], [0, 1])],
    [/from 0 to 2, got 3 in row 1/, build('multiclass', [0, 3], thirds)],
    [/from 0 to 2, got 0.5 in row 0/, build('multiclass', [0.5, 1], thirds)],
    [/expected 6 values, 3 a row, got 2/, build('multiclass', [0, 2], [1, 1])],
    [/got NaN in row 1/, build('multiclass', [0, 2], [1, 0, 0, NaN, 0, 1])],
    [/of binary models alone, the task is "multiclass"/, build('multiclass', [0, 2], thirds, 0.5)],
    [/"target" expected a finite float32, got NaN in row 0/, build('regression', [NaN, 1], [1, 2])],
    [/got 1e\+300 in row 1/, build('regression', [1, 1e300], [1, 2])],
    [/expected 2 values, one a row, got 1/, build('regression', [1, 2], [1])],
  ];
  for (const [message, call] of cases) assert.throws(call, message);
  const binaryClasses = { ...input.schema, target: { name: 'y', classes: [] } };
  assert.throws(
    () =>
      buildReference({
        ...input,
        schema: binaryClasses,
        task: 'multiclass',
        target: [0, 0],
        predictions: [],
      }),
    /several classes, got 0/,
  );
});

test('the reference of several classes has their shares and the distribution of the top one', () => {
  const predictions = [0.6, 0.3, 0.1, 0.2, 0.5, 0.3, 0.4, 0.4, 0.2, 0, 0, 1];
  const reference = buildReference({
    schema: { fields: [], target: { name: 'y', classes: ['a', 'b', 'c'] } },
    table: { rowCount: 4, columns: [] },
    task: 'multiclass',
    target: [0, 0, 1, 2],
    predictions,
  });
  assert.equal(reference.classes, ['a', 'b', 'c']);
  assert.equal(reference.trainingClassCounts, [2, 1, 1]);
  assert.equal(reference.predictedClassCounts, [2, 1, 1]);
  assert.is(reference.score.name, 'top_probability');
  assert.equal(reference.score.edges, [0.4, 0.5, 0.6].map(Math.fround));
});

test('the reference of a regression has the distribution of the predictions and the mean of the target', () => {
  const reference = buildReference({
    schema: { fields: [], target: { name: 'y', classes: [] } },
    table: { rowCount: 4, columns: [] },
    task: 'regression',
    target: [1, 3, 5, 7],
    predictions: [2, 2, 6, Infinity],
  });
  assert.is(reference.trainingMean, 4);
  assert.is(reference.trainingStandardDeviation, Math.sqrt(5));
  assert.equal(reference.score.edges, [2]);
  assert.equal(reference.score.counts, [2, 1]);
  assert.is(reference.score.missing, 1);
});

/** Puts a value at a dotted path; a function gets the old value. */
function put(json: Json, path: string, value: unknown): Json {
  const keys = path.split('.');
  const last = keys.pop()!;
  const parent = keys.reduce((at, key) => at[key] as Json, json);
  parent[last] = typeof value === 'function' ? value(parent[last]) : value;
  return json;
}

test('a damaged reference is a FormatError that names the part', () => {
  const damage: [RegExp, string, unknown][] = [
    [/"format"/, 'version', 2],
    [/"fields"/, 'fields', {}],
    [/"threshold"/, 'threshold', 'high'],
    [/"fields\[0\]\.type"/, 'fields.0.type', 'date'],
    [/"fields\[0\]\.edges" expected asc/, 'fields.0.edges', (edges: number[]) => edges.reverse()],
    [/"fields\[0\]\.counts" expected 10 items/, 'fields.0.counts', [500]],
    [/"fields\[0\]" expected counts/, 'fields.0.missing', 3],
    [/"fields\[5\]" expected distinct/, 'fields.5.levels', (levels: string[]) => levels.fill('c1')],
    [/distinct names/, 'fields.0.name', 'age'],
    [/"score"/, 'score', []],
    [/"rowCount"/, 'rowCount', -1],
    [/"fields\[0\].centers" expected asc/, 'fields.0.centers', (at: number[]) => at.reverse()],
    [/"fields\[0\].importance"/, 'fields.0.importance', 2],
    [/"classes" expected two classes/, 'classes', ['a', 'b', 'c']],
    [/"calibration.rows" expected counts/, 'calibration.rows.0', 3],
    [/"calibration.hits\[0\]" expected at most/, 'calibration.hits.0', 1000],
    [/"predictedPositiveCount" expected/, 'predictedPositiveCount', 3],
  ];
  for (const [message, path, value] of damage) {
    const json = put(JSON.parse(canonicalJson(drawReference(500))), path, value);
    try {
      parseReference(json);
    } catch (error) {
      assert.instance(error, FormatError);
      assert.match((error as Error).message, message);
      continue;
    }
    assert.unreachable(`accepted a wrong ${path}`);
  }
  assert.throws(() => parseReference(null), /drift reference/);
});

test('a damaged reference of another task is a FormatError that names the part', () => {
  const damage: [DriftReference, RegExp, string, unknown][] = [
    [classReference(300), /"task" expected binary, multiclass or/, 'task', 'ranking'],
    [classReference(300), /"task"/, 'task', undefined],
    [classReference(300), /"classes" expected two/, 'task', 'binary'],
    [classReference(300), /"errors" expected an object/, 'task', 'regression'],
    [classReference(300), /"classes" expected distinct names, got "sea" twice/, 'classes.0', 'sea'],
    [classReference(300), /"classes" expected several/, 'classes', ['a']],
    [classReference(300), /"classes\[1\]" expected a string/, 'classes.1', 3],
    [classReference(300), /"trainingClassCounts" expected 4 items/, 'trainingClassCounts', [300]],
    [classReference(300), /add up to 300 rows, got/, 'predictedClassCounts.0', 300],
    [numberReference(300), /"errors.squared\[0\]"/, 'errors.squared.0', -1],
    [numberReference(300), /"trainingMean" expected a finite/, 'trainingMean', 'NaN'],
    [numberReference(300), /a number >= 0, got -1/, 'trainingStandardDeviation', -1],
    [numberReference(300), /"score" expected an object/, 'score', null],
    [numberReference(300), /"classes"/, 'task', 'multiclass'],
  ];
  for (const [reference, message, path, value] of damage) {
    const json = put(JSON.parse(canonicalJson(reference)), path, value);
    assert.throws(
      () => parseReference(json),
      (error: Error) => error instanceof FormatError && message.test(error.message),
      `${path} ${value}`,
    );
  }
});

for (const reference of [drawReference(300), classReference(300), numberReference(300)]) {
  test(`no damage to a part of a ${reference.task} reference goes by as another kind of error`, () => {
    const whole = JSON.parse(canonicalJson(reference));
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(whole)), fc.jsonValue(), (key, value) => {
        try {
          parseReference({ ...whole, [key]: value });
        } catch (error) {
          assert.instance(error, FormatError);
        }
      }),
    );
  });
}

test.run();
