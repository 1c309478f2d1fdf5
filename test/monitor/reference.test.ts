import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FormatError } from '../../src/core/errors.js';
import { canonicalJson } from '../../src/core/json.js';
import type { Table } from '../../src/core/table.js';
import type { Schema } from '../../src/model/schema.js';
import {
  buildReference,
  type CategoryReference,
  type DriftReference,
  type NumericReference,
  parseReference,
} from '../../src/monitor/index.js';
import { binOf, quantileEdges } from '../../src/monitor/quantileBins.js';
import { drawReference } from './samples.js';

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
  const reference = drawReference(500);
  const again = parseReference(JSON.parse(canonicalJson(reference)));
  assert.equal(again, reference);
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
    [/"format"/, 'version', 3],
    [/"fields"/, 'fields', {}],
    [/"threshold"/, 'threshold', 'high'],
    [/"fields\[0\]\.type"/, 'fields.0.type', 'date'],
    [/"fields\[0\]\.edges" expected asc/, 'fields.0.edges', (edges: number[]) => edges.reverse()],
    [/"fields\[0\]\.counts" expected 10/, 'fields.0.counts', [500]],
    [/"fields\[0\]" expected counts/, 'fields.0.missing', 3],
    [/"fields\[5\]" expected distinct/, 'fields.5.levels', (levels: string[]) => levels.fill('c1')],
    [/distinct names/, 'fields.0.name', 'age'],
    [/"score"/, 'score', []],
    [/"rowCount"/, 'rowCount', -1],
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

test('no damage to a part goes by as another kind of error', () => {
  const whole = JSON.parse(canonicalJson(drawReference(300)));
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

test.run();
