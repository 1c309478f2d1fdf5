import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom, type Random } from '../../src/core/random.js';
import type { Table } from '../../src/core/table.js';
import type { Schema } from '../../src/model/schema.js';
import { buildReference, createMonitor, type DriftReference } from '../../src/monitor/index.js';
import { partsOf, unevenness } from '../../src/monitor/reference/unevenness.js';

const SCHEMA: Schema = {
  fields: [
    { name: 'seen', type: 'number' },
    { name: 'overlooked', type: 'number' },
    { name: 'place', type: 'category' },
  ],
  target: { name: 'y', classes: ['no', 'yes'] },
};

interface Rows {
  table: Table;
  predictions: Float32Array;
  target: Float64Array;
}

/**
 * A model that knows `seen` and not `overlooked`, which makes `offset` of difference on either side of 0: right on average, and wrong
 * of the rows that come from one side. @param share - of rows above 0 in `overlooked`
 */
function draw(random: Random, rowCount: number, offset: number, share = 0.5): Rows {
  const seen = Float32Array.from({ length: rowCount }, () => random.normal());
  const overlooked = Float32Array.from({ length: rowCount }, () => {
    const size = Math.abs(random.normal());
    return random.uniform() < share ? size : -size;
  });
  const predictions = seen.map((x) => 0.5 + 0.3 * Math.tanh(x));
  const target = Float64Array.from(predictions, (p, row) =>
    Number(random.uniform() < p + (overlooked[row]! > 0 ? offset : -offset)),
  );
  const codes = Int32Array.from({ length: rowCount }, () => random.integer(4) - 1);
  const table: Table = {
    rowCount,
    columns: [
      { kind: 'number', name: 'seen', values: seen },
      { kind: 'number', name: 'overlooked', values: overlooked },
      { kind: 'category', name: 'place', codes, levels: ['a', 'b', 'c'] },
    ],
  };
  return { table, predictions, target };
}

function referenceOf(rows: Rows) {
  return buildReference({ schema: SCHEMA, task: 'binary', threshold: 0.5, ...rows });
}

test('probabilities that are right everywhere are hardly uneven, and what a field hides is found', () => {
  const right = referenceOf(draw(createRandom(1), 20_000, 0)).calibration.unevenness;
  assert.ok(Math.max(...right) < 0.015, `${right}`);
  // one field of three tells rows apart that differ by 0.2: a third of the mean square, or nearly so
  const uneven = referenceOf(draw(createRandom(1), 20_000, 0.1)).calibration.unevenness;
  for (const value of uneven) assert.ok(value > 0.06 && value < 0.09, `${uneven}`);
  // the rows that are called positive have a value of their own, and so have the others
  assert.is(new Set(uneven).size, 2);
});

test('it is the moment estimate: of one part, one bin and rows of one kind, by hand', () => {
  const rows = 1000;
  const part = Uint8Array.from({ length: rows }, (_, row) => Number(row < 500));
  const deviations = {
    bins: new Uint8Array(rows),
    residuals: Float64Array.from(part, (inside) => (inside === 1 ? 0.2 : -0.2)),
    variances: new Float64Array(rows).fill(0.25),
    weights: new Float64Array(rows).fill(1),
  };
  // the sides are 0.4 apart, of which the variance of a half of a bin, 1000 · 0.25 · ½ · ½, is chance: rows of one side are half as far off
  const expected = Math.sqrt(0.4 ** 2 - 62.5 * (1 / 500 + 1 / 500) ** 2) / 2;
  assert.ok(Math.abs(unevenness([part], deviations) - expected) < 1e-12);
  assert.is(unevenness([part], { ...deviations, residuals: new Float64Array(rows) }), 0);
  // a part without another side tells nothing apart
  assert.is(unevenness([part.map(() => 1), part.map(() => 0)], deviations), 0);
  assert.is(unevenness([], deviations), 0);
});

test('parts are the sides of a median and the commonest level, whatever is missing or the same', () => {
  const column = (values: number[]): Table => ({
    rowCount: values.length,
    columns: [{ kind: 'number', name: 'x', values: Float32Array.from(values) }],
  });
  const numbers: Schema = { ...SCHEMA, fields: [{ name: 'x', type: 'number' }] };
  const first = (values: number[]): number[] => [...partsOf(numbers, column(values))[0]!];
  assert.equal(first([1, 2, 3, 4, 5]), [0, 0, 0, 1, 1]);
  assert.equal(first([0, 1, 1, 1, 1]), [0, 1, 1, 1, 1]);
  assert.equal(first([NaN, 1, 2, 3, -Infinity]), [0, 0, 0, 1, 0]);
  assert.equal(first([NaN, NaN]), [0, 0]);
  const levels: Schema = { ...SCHEMA, fields: [{ name: 'x', type: 'category' }] };
  const codes = Int32Array.of(-1, 0, 1, 1, -1, -1);
  const table: Table = {
    rowCount: 6,
    columns: [{ kind: 'category', name: 'x', codes, levels: ['a', 'b'] }],
  };
  const [commonest] = partsOf(levels, table);
  assert.equal([...commonest!], [0, 0, 1, 1, 0, 0]);
});

test('of a model that overlooks a field the interval allows for rows from one side of it', () => {
  const random = createRandom(3);
  const within = { uneven: 0, even: 0 };
  let checks = 0;
  for (let round = 0; round < 40; round++) {
    const reference = referenceOf(draw(random, 4000, 0.1));
    const { calibration } = reference;
    const even = {
      ...reference,
      calibration: { ...calibration, unevenness: calibration.unevenness.map(() => 0) },
    };
    const rows = draw(random, 1500, 0.1, round % 2 === 0 ? 0.9 : 0.1);
    within.uneven += withinInterval(reference, rows);
    within.even += withinInterval(even, rows);
    checks += 3;
  }
  // rows come from the sides of the very field that is overlooked, which is worse than the field that is average
  assert.ok(within.uneven / checks >= 0.8, `${within.uneven} of ${checks}`);
  assert.ok(within.even / checks < 0.7, `${within.even} of ${checks}`);
});

/** Of precision, recall and accuracy, how many are by their labels within 1.96 standard errors of what was estimated. */
function withinInterval(reference: DriftReference, { table, predictions, target }: Rows): number {
  const monitor = createMonitor({ reference, options: { labelCapacity: 100_000 } });
  const ids = Array.from(target, (_, row) => `${row}`);
  monitor.record(table, predictions, ids, 0);
  const labels = ids.map((id, row) => ({ prediction_id: id, label: target[row]! }));
  monitor.labels(labels, 0);
  const { metrics } = monitor.assess().overall.performance;
  return metrics.filter(({ estimated, realised }) => {
    const error = Math.abs(estimated!.value - realised!.value);
    return error <= 1.96 * estimated!.standardError;
  }).length;
}

test.run();
