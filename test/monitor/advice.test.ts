import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../src/core/random.js';
import { figure, movement, percent } from '../../src/monitor/advice/phrases.js';
import {
  type BinaryReference,
  createMonitor,
  type DriftSummary,
  type MonitorOptions,
} from '../../src/monitor/index.js';
import { type Change, drawReference, drawSample } from './samples.js';

const DAY = 86_400_000;
const reference = drawReference();
const CLASSES = ['no', 'yes'];
const BOTH: Change = { score: (x) => x + 0.7, amount: (x) => 2 * x };

/** The same model with what it relies on; a field that is not named has nothing. */
function weighed(weights: Readonly<Record<string, number>>): BinaryReference {
  const fields = reference.fields.map((field) => ({
    ...field,
    importance: weights[field.name] ?? 0,
  }));
  return { ...reference, fields };
}

/** What is said of windows of 500 rows, a day each, with the changes made to each. */
function follow(
  changes: readonly Change[],
  given: { reference?: BinaryReference; options?: Partial<MonitorOptions>; seed?: number } = {},
): DriftSummary {
  const monitor = createMonitor({
    reference: given.reference ?? reference,
    options: given.options,
  });
  const random = createRandom(given.seed ?? 31);
  changes.forEach((change, day) => {
    const { table, probabilities } = drawSample(random, 500, change);
    monitor.record(table, probabilities, undefined, day * DAY);
  });
  return monitor.drift(changes.length * DAY);
}

test('drift that persists in fields that matter calls for retraining, in others not', () => {
  const windows = [{}, BOTH, BOTH];
  assert.is(follow(windows).recommendation, 'retrain');
  const heavy = follow(windows, { reference: weighed({ score: 0.3, amount: 0.2, age: 0.5 }) });
  assert.is(heavy.recommendation, 'retrain');
  const light = follow(windows, { reference: weighed({ score: 0.05, amount: 0.04, age: 0.91 }) });
  assert.is(light.recommendation, 'watch');
  assert.equal(light.drifted_features.sort(), ['amount', 'score']);
});

test('once is not enough, and the reasons say so', () => {
  const drift = follow([{}, {}, BOTH]);
  assert.is(drift.recommendation, 'watch');
  assert.not.ok(drift.should_retrain);
  for (const alarm of drift.alarms) {
    assert.not.ok(alarm.persistent);
    assert.is(alarm.since, '1970-01-03T00:00:00.000Z');
    assert.is(alarm.windows, 1);
  }
});

test('the heavier field comes first', () => {
  const first = (weights: Record<string, number>): string | undefined =>
    follow([BOTH, BOTH], { reference: weighed(weights) }).reasons[0]!.field;
  assert.is(first({ score: 0.9, amount: 0.1 }), 'score');
  assert.is(first({ score: 0.1, amount: 0.9 }), 'amount');
});

test('broken data are told at once, and come before everything else', () => {
  const lost: Change = { ...BOTH, age: (x, random) => (random.uniform() < 0.3 ? NaN : x) };
  const drift = follow([{}, BOTH, lost]);
  assert.is(drift.recommendation, 'investigate');
  assert.is(drift.reasons[0]!.code, 'missing_values');
  assert.match(drift.reasons[0]!.message, /^age is missing in 3\d % \(in training 3(\.\d)? %\)/);
  assert.match(drift.recommended_action, /fault in the data/);
  // repaired: no longer a reason to look for a fault, but not forgotten
  const repaired = follow([{}, BOTH, lost, BOTH]);
  assert.is(repaired.recommendation, 'retrain');
  assert.ok(repaired.reasons.some(({ code }) => code === 'missing_values'));
});

for (const [name, change, code] of [
  ['another unit', (x: number) => x * 100, 'out_of_range'],
  ['a code for missing', (x: number) => (x > 60 ? -999 : x), 'out_of_range'],
  ['a year more', (x: number) => x + 3, 'beyond_training'],
] as const) {
  test(`values beyond the range: ${name} is ${code}`, () => {
    const drift = follow([{ age: change }, { age: change }]);
    const reason = drift.reasons.find(({ field, code: own }) => field === 'age' && own === code);
    assert.ok(reason, JSON.stringify(drift.reasons));
    assert.match(reason!.message, /outside the 18 to 77 of training/);
    assert.is(drift.recommendation === 'investigate', code === 'out_of_range');
  });
}

test('labels that show that nothing was lost overrule drift', () => {
  const run = (flipped: number): DriftSummary => {
    const monitor = createMonitor({ reference, options: { labelCapacity: 1_000_000 } });
    const random = createRandom(33);
    for (let day = 0; day < 2; day++) {
      const { table, probabilities } = drawSample(random, 20_000, BOTH);
      const ids = Array.from(probabilities, (_, row) => `${day} ${row}`);
      monitor.record(table, probabilities, ids, day * DAY);
      const labels = ids.map((id, row) => {
        const isHit = random.uniform() < probabilities[row]!;
        return {
          prediction_id: id,
          label: CLASSES[Number(random.uniform() < flipped ? !isHit : isHit)]!,
        };
      });
      monitor.labels(labels, day * DAY);
    }
    return monitor.drift(2 * DAY);
  };
  const holds = run(0);
  assert.is(holds.recommendation, 'watch');
  assert.is(holds.reasons[0]!.code, 'performance_holds');
  const worse = run(0.2);
  assert.is(worse.recommendation, 'retrain');
  assert.ok(worse.reasons.some(({ code }) => code === 'performance_drop'));
});

test('the reason line is the reasons, and the trigger is the decision of the report', () => {
  const drift = follow([BOTH, BOTH]);
  assert.is(drift.reason, drift.reasons.map(({ message }) => message).join('; '));
  assert.is(follow([{}, {}]).reason, 'no change was found');
});

test('movements are told in the direction they went', () => {
  const phrase = (change: Change, field: string): string => {
    const monitor = createMonitor({ reference });
    const { table, probabilities } = drawSample(createRandom(5), 2000, change);
    monitor.record(table, probabilities, undefined, 0);
    const found = monitor.assess().overall.fields.find(({ name }) => name === field)!;
    return movement(found);
  };
  assert.match(
    phrase({ amount: (x) => 2 * x }, 'amount'),
    /^is higher: above [\d.]+ in \d+ % \(in training \d+ %\)$/,
  );
  assert.match(phrase({ amount: (x) => x / 2 }, 'amount'), /^is lower: above/);
  assert.match(
    phrase({ score: (x) => 1.5 * x }, 'score'),
    /^is spread wider: standard deviation 1\.\d+ \(in/,
  );
  assert.match(phrase({ score: (x) => x / 2 }, 'score'), /^is spread less: /);
  assert.is(phrase({ age: () => 30 }, 'age'), 'is 30 in every row (in training 18 to 77)');
  assert.match(
    phrase({ flag: (_, random) => Number(random.uniform() < 0.3) }, 'flag'),
    /^is above 0 in \d+ % \(in training /,
  );
});

test('shares and numbers are written as people do', () => {
  const shares = [0, 0.00001, 0.0025, 0.034, 0.123, 0.5, 0.9951, 0.99999, 1].map(percent);
  assert.equal(shares, [
    '0 %',
    '< 0.01 %',
    '0.25 %',
    '3.4 %',
    '12 %',
    '50 %',
    '99.5 %',
    '> 99.9 %',
    '100 %',
  ]);
  assert.equal([1999, 0.012345, 12.3456, -3, 1e9].map(figure), [
    '1999',
    '0.01235',
    '12.35',
    '-3',
    '1000000000',
  ]);
});

test.run();
