import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nextDown32, nextUp32 } from '../../src/core/float.js';
import { canonicalJson } from '../../src/core/json.js';
import { createRandom } from '../../src/core/random.js';
import type { CategoryColumn, NumericColumn, Table } from '../../src/core/table.js';
import { adversarialTable } from '../../src/evaluate/adversarial.js';
import { SPECIAL_NUMBERS } from '../../src/evaluate/probeValues.js';
import { type Feature, featureMatrix } from '../../src/model/feature.js';
import type { Forest } from '../../src/model/forest.js';
import type { Linear } from '../../src/model/linear.js';
import type { BinaryModel, Model } from '../../src/model/model.js';
import { HALF } from '../../src/model/threshold.js';

const features: Feature[] = [
  { kind: 'field', name: 'a', field: 0 },
  { kind: 'category', name: 'c', field: 2, levels: ['x', 'y', 'unseen'] },
  {
    kind: 'derived',
    name: 'ratio',
    source: 'a / max(b, 1)',
    expression: {
      op: 'divide',
      args: [
        { op: 'field', field: 0 },
        {
          op: 'max',
          args: [
            { op: 'field', field: 1 },
            { op: 'constant', value: 1 },
          ],
        },
      ],
    },
  },
];

/** Stumps, of which only the tests matter here. */
function stumps(tests: { feature: number; threshold: number }[]): Forest {
  const count = tests.length;
  return {
    kind: 'forest',
    link: 'logit',
    baseScores: Float64Array.of(0),
    roots: Int32Array.from(tests.keys()),
    treeOutput: new Int32Array(count),
    featureIndex: Int32Array.from(tests, ({ feature }) => feature),
    threshold: Float64Array.from(tests, ({ threshold }) => threshold),
    categorySet: Int32Array.from(tests, ({ feature }) => (feature === 1 ? 0 : -1)),
    left: Int32Array.from(tests, (_, i) => ~(2 * i)),
    right: Int32Array.from(tests, (_, i) => ~(2 * i + 1)),
    defaultLeft: new Uint8Array(count),
    gain: new Float64Array(count),
    cover: new Float64Array(count),
    leafValue: new Float64Array(2 * count),
    leafCover: new Float64Array(2 * count),
    categorySets: [[0]],
  };
}

function modelOf(predictor: Forest | Linear): BinaryModel {
  return {
    format: 'coppice-model',
    version: 1,
    task: 'binary',
    origin: 'test',
    schema: {
      fields: [
        { name: 'a', type: 'number' },
        { name: 'b', type: 'number' },
        { name: 'c', type: 'category' },
      ],
      target: { name: 't', classes: ['0', '1'] },
    },
    features,
    predictor,
    calibrator: { kind: 'none' },
    threshold: HALF,
    rules: [],
  };
}

const table: Table = {
  rowCount: 4,
  columns: [
    { kind: 'category', name: 'c', codes: Int32Array.of(0, 1, 1, -1), levels: ['y', 'x'] },
    { kind: 'number', name: 'a', values: Float32Array.of(3, 5, 7, 11) },
    { kind: 'number', name: 'b', values: Float32Array.of(2, 4, 8, NaN) },
    { kind: 'number', name: 'other', values: Float32Array.of(0, 0, 0, 0) },
  ],
};

const threshold = Math.fround(2.3);
const forest = modelOf(
  stumps([
    { feature: 0, threshold },
    { feature: 1, threshold: NaN },
    { feature: 2, threshold: 1.5 },
  ]),
);

function has(values: ArrayLike<number>, wanted: number): boolean {
  return Array.from(values).some((value) => Object.is(value, wanted));
}

test('holds every special number, threshold neighbours, every level, unseen and missing', () => {
  const made = adversarialTable(forest, table, { rowCount: 200, random: createRandom(1) });
  const [a, b, c] = made.columns as [NumericColumn, NumericColumn, CategoryColumn];
  assert.equal([made.rowCount, a.name, b.name, c.name], [200, 'a', 'b', 'c']);
  for (const special of SPECIAL_NUMBERS) {
    assert.ok(has(a.values, special) && has(b.values, special), String(special));
  }
  for (const near of [nextDown32(threshold), threshold, nextUp32(threshold)]) {
    assert.ok(has(a.values, near), String(near));
  }
  const texts = new Set<string | undefined>(Array.from(c.codes, (code) => c.levels[code]));
  for (const text of ['x', 'y', 'unseen', 'unseen_', '\u0001unseen é', undefined]) {
    assert.ok(texts.has(text), String(text));
  }
  assert.is(new Set(c.levels).size, c.levels.length);
});

test('special numbers are float32', () => {
  for (const special of SPECIAL_NUMBERS) assert.ok(Object.is(Math.fround(special), special));
});

test('derived features land right on both sides of their threshold', () => {
  const made = adversarialTable(forest, table, { rowCount: 400, random: createRandom(2) });
  const matrix = featureMatrix(forest.schema.fields, features, made);
  const ratios = Array.from({ length: 400 }, (_, row) => matrix[row * 3 + 2]!);
  const below = ratios.filter((x) => x <= 1.5 && x > 1.5 - 1e-5).length;
  const above = ratios.filter((x) => x > 1.5 && x < 1.5 + 1e-5).length;
  assert.ok(below > 5 && above > 5, `${below} ${above}`);
});

test('single rows differ from a real row in one field at most', () => {
  const made = adversarialTable(forest, table, { rowCount: 60, random: createRandom(3) });
  const [a, b, c] = made.columns as [NumericColumn, NumericColumn, CategoryColumn];
  const real = [
    [3, 2, 'y'],
    [5, 4, 'x'],
    [7, 8, 'x'],
    [11, NaN, undefined],
  ];
  for (let row = 0; row < 30; row++) {
    const values = [a.values[row], b.values[row], c.levels[c.codes[row]!]];
    const differences = real.map(
      (fields) => fields.filter((value, i) => !Object.is(value, values[i])).length,
    );
    assert.ok(Math.min(...differences) <= 1, `row ${row}`);
  }
});

test('a linear model is probed at its bounds and fills', () => {
  const input = { lower: -2, upper: 9, fill: 4, center: 0, scale: 1, weights: [1] };
  const linear = modelOf({
    kind: 'linear',
    link: 'logit',
    intercepts: [0],
    numeric: [{ featureIndex: 0, ...input }],
    categorical: [],
  });
  const made = adversarialTable(linear, table, { rowCount: 200, random: createRandom(4) });
  const { values } = made.columns[0] as NumericColumn;
  for (const at of [-2, 4, 9]) {
    for (const near of [nextDown32(at), at, nextUp32(at)]) assert.ok(has(values, near));
  }
});

test('an even sample of many thresholds keeps the extremes', () => {
  const many = modelOf(
    stumps(Array.from({ length: 3000 }, (_, i) => ({ feature: 0, threshold: i }))),
  );
  const made = adversarialTable(many, table, { rowCount: 500, random: createRandom(5) });
  const { values } = made.columns[0] as NumericColumn;
  assert.ok(has(values, nextDown32(0)) && has(values, nextUp32(2999)));
});

test('the outputs of trees do not matter, their thresholds do', () => {
  const tests = [0, 1, 2].map((feature) => ({ feature, threshold: feature === 1 ? NaN : feature }));
  const single = stumps(tests);
  const several: Forest = {
    ...single,
    link: 'softmax',
    baseScores: new Float64Array(3),
    treeOutput: Int32Array.of(2, 0, 1),
  };
  const { threshold: _, ...around } = modelOf(single);
  const classes: Model = {
    ...around,
    task: 'multiclass',
    calibrator: { kind: 'none' },
    schema: { ...around.schema, target: { name: 't', classes: ['x', 'y', 'z'] } },
    predictor: several,
  };
  const make = (model: Model): string =>
    canonicalJson(adversarialTable(model, table, { rowCount: 100, random: createRandom(8) }));
  assert.is(make(classes), make(modelOf(single)));
});

test('does not touch its input; the seed decides; needs a row', () => {
  const before = canonicalJson(table);
  // as text, in which NaN equals NaN
  const make = (seed: number): string =>
    canonicalJson(adversarialTable(forest, table, { rowCount: 50, random: createRandom(seed) }));
  assert.is(make(6), make(6));
  assert.is.not(make(6), make(7));
  assert.is(canonicalJson(table), before);
  assert.is(adversarialTable(forest, table, { rowCount: 1, random: createRandom(1) }).rowCount, 1);
  const empty: Table = {
    rowCount: 0,
    columns: [
      { kind: 'number', name: 'a', values: new Float32Array(0) },
      { kind: 'number', name: 'b', values: new Float32Array(0) },
      { kind: 'category', name: 'c', codes: new Int32Array(0), levels: [] },
    ],
  };
  assert.throws(
    () => adversarialTable(forest, empty, { rowCount: 5, random: createRandom(1) }),
    /at least one real row/,
  );
});

test.run();
