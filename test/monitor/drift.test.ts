import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../src/core/random.js';
import {
  assessDrift,
  type BinaryDriftReport,
  buildReference,
  createMonitorState,
  type DriftReport,
  observe,
  recommendRetraining,
} from '../../src/monitor/index.js';
import { type Change, drawReference, drawSample, type Sample, SCHEMA } from './samples.js';

const reference = drawReference();

function assess({ table, probabilities }: Sample): BinaryDriftReport {
  const state = createMonitorState(reference);
  observe(state, table, probabilities);
  return assessDrift(state);
}

function alarmed(report: DriftReport): boolean {
  return recommendRetraining(report).recommendation !== 'none';
}

function alarmRate(windows: number, rowCount: number, change: Change, seed: number): number {
  const random = createRandom(seed);
  let alarms = 0;
  for (let i = 0; i < windows; i++) {
    if (alarmed(assess(drawSample(random, rowCount, change)))) alarms++;
  }
  return alarms / windows;
}

for (const [windows, rowCount] of [
  [1000, 50],
  [1000, 200],
  [400, 1000],
  [40, 10_000],
] as const) {
  test(`no more false alarms than allowed: ${windows} unchanged windows of ${rowCount} rows`, () => {
    const rate = alarmRate(windows, rowCount, {}, rowCount);
    assert.ok(rate <= 0.02, `${rate} of the windows raised an alarm, the configured rate is 0.01`);
  });
}

const CASES: [string, string, Change][] = [
  ['a lognormal doubled', 'amount', { amount: (x) => 2 * x }],
  ['a variance doubled', 'score', { score: (x) => Math.SQRT2 * x }],
  ['a rate from 1 % to 5 %', 'flag', { flag: (_, random) => (random.uniform() < 0.05 ? 1 : 0) }],
];

for (const [name, field, change] of CASES) {
  test(`${name} is found in one window of 1000 rows`, () => {
    const random = createRandom(11);
    for (let i = 0; i < 50; i++) {
      const report = assess(drawSample(random, 1000, change));
      assert.ok(report.driftedFields.includes(field), `window ${i}: ${report.driftedFields}`);
    }
  });
}

test('a tiny shift of many rows is significant and still no drift', () => {
  const change: Change = { score: (x) => x + 0.08 };
  const report = assess(drawSample(createRandom(3), 200_000, change));
  const field = report.fields[1]!;
  assert.ok(field.significant);
  assert.not.ok(field.material);
  assert.not.ok(field.changed);
});

test('few rows decide nothing, however far off', () => {
  const report = assess(drawSample(createRandom(4), 49, { score: () => 100 }));
  assert.not.ok(report.sufficient);
  assert.equal(report.driftedFields, []);
  const advice = recommendRetraining(report);
  assert.is(advice.recommendation, 'none');
  assert.is(advice.reasons[0]!.code, 'insufficient_samples');
});

test('no rows at all give a report without NaN', () => {
  const report = assessDrift(createMonitorState(reference));
  assert.is(report.maxAbsZScore, 0);
  assert.not.match(JSON.stringify(report), /NaN|null/);
});

test('one drifted field is watched, two call for retraining', () => {
  const random = createRandom(5);
  const one = recommendRetraining(assess(drawSample(random, 1000, { score: (x) => x / 2 })));
  assert.is(one.recommendation, 'watch');
  const report = assess(drawSample(random, 1000, { score: (x) => x + 0.7, amount: (x) => x * 2 }));
  assert.equal(report.driftedFields, ['amount', 'score']);
  const two = recommendRetraining(report);
  assert.is(two.recommendation, 'retrain');
  assert.equal(two.reasons.map(({ code, field }) => `${code} ${field}`).sort(), [
    'feature_drift amount',
    'feature_drift score',
  ]);
});

test('faults of the data mean investigate, whatever else drifted', () => {
  const lost: Change = {
    age: (x, random) => (random.uniform() < 0.2 ? NaN : x),
    score: (x) => x + 0.7,
    amount: (x) => 2 * x,
  };
  const advice = recommendRetraining(assess(drawSample(createRandom(6), 1000, lost)));
  assert.is(advice.recommendation, 'investigate');
  assert.is(advice.reasons[0]!.code, 'missing_values');
  assert.is(advice.reasons[0]!.field, 'age');

  const scaled = recommendRetraining(
    assess(drawSample(createRandom(7), 200, { age: (x) => x * 100 })),
  );
  assert.is(scaled.recommendation, 'investigate');
  assert.is(scaled.reasons[0]!.code, 'out_of_range');
});

test('unseen levels beyond what a long tail explains are a fault', () => {
  const state = createMonitorState(reference);
  const { table, probabilities } = drawSample(createRandom(8), 500);
  observe(state, table, probabilities);
  const usual = assessDrift(state);
  const country = usual.fields[5]!;
  assert.ok(country.unseen!.rate > 0, 'the tail does bring unseen levels');
  assert.not.ok(country.unseen!.changed);

  const renamed = {
    rowCount: table.rowCount,
    columns: table.columns.map((column) =>
      column.kind === 'category'
        ? { ...column, levels: column.levels.map((level) => `${level}!`) }
        : column,
    ),
  };
  const after = createMonitorState(reference);
  observe(after, renamed, probabilities);
  const codes = recommendRetraining(assessDrift(after)).reasons.map(({ code }) => code);
  assert.equal(codes.slice(0, 2), ['unseen_categories', 'unseen_categories']);
});

test('a shifted class rate calls for retraining, by the rate of predictions and not of labels', () => {
  const sample = drawSample(createRandom(9), 1000);
  sample.probabilities = sample.probabilities.map((p) => Math.min(1, p + 0.35));
  const report = assess(sample);
  assert.ok(report.classRateShifted);
  assert.is(recommendRetraining(report).recommendation, 'retrain');
  assert.ok(Math.abs(report.positiveRate.referenceRate - 0.109) < 0.01);
});

test('the mean, the deviation and z agree with the plain formulas', () => {
  const sample = drawSample(createRandom(10), 3000, { score: (x) => 3 * x + 5 });
  const [field] = assess(sample).fields.filter(({ name }) => name === 'score');
  const column = sample.table.columns[1]!;
  assert.ok(column.kind === 'number');
  const mean = column.values.reduce((sum, x) => sum + x, 0) / 3000;
  const variance = column.values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 3000;
  const moments = field!.moments!;
  assert.ok(Math.abs(moments.mean - mean) < 1e-5);
  assert.ok(Math.abs(moments.standardDeviation - Math.sqrt(variance)) < 1e-5);
  const z = (mean - moments.referenceMean) / moments.referenceStandardDeviation;
  assert.ok(Math.abs(moments.zScore - z) < 1e-6);
});

test('unknown and wrong options are refused by name', () => {
  const state = createMonitorState(reference);
  assert.throws(() => assessDrift(state, { driftMinSample: 3 } as object), /driftMinSamples/);
  assert.throws(() => assessDrift(state, { falseAlarmRate: 2 }), /"falseAlarmRate"/);
});

test('a small reference of a long tail cries no wolf over the levels that it happens to know', () => {
  const random = createRandom(12);
  let drifted = 0;
  for (let round = 0; round < 20; round++) {
    const small = drawReference(300, 100 + round);
    for (let window = 0; window < 2; window++) {
      const { table, probabilities } = drawSample(random, 3000);
      const state = createMonitorState(small);
      observe(state, table, probabilities);
      if (assessDrift(state).driftedFields.includes('country')) drifted++;
    }
  }
  assert.is(drifted, 0);
});

test('a field that was the same in every training row and is not any more has drifted', () => {
  const { table, probabilities } = drawSample(createRandom(13), 500);
  const flat = drawSample(createRandom(14), 1000, { amount: () => 7 });
  const target = new Uint8Array(1000);
  target[0] = 1;
  const constant = buildReference({
    schema: SCHEMA,
    table: flat.table,
    task: 'binary',
    target,
    predictions: flat.probabilities,
    threshold: 0.5,
  });
  const state = createMonitorState(constant);
  observe(state, table, probabilities);
  const [amount] = assessDrift(state).fields;
  assert.ok(amount!.changed && amount!.jensenShannon > 0.9, `${amount!.jensenShannon}`);
  const { reasons } = recommendRetraining(assessDrift(state));
  const { message } = reasons.find(
    ({ code, field }) => code === 'feature_drift' && field === 'amount',
  )!;
  assert.match(message, /in training 7 in every row/);
  const same = createMonitorState(constant);
  observe(same, flat.table, flat.probabilities);
  assert.not.ok(assessDrift(same).driftedFields.includes('amount'));
});

test.run();
