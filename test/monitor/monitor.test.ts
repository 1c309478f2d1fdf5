import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../src/core/random.js';
import { createMonitor } from '../../src/monitor/index.js';
import { drawSample } from './samples.js';
import { sequence } from './sequence.js';
import { DAY, WORLDS } from './worlds.js';

const { reference } = WORLDS.binary;

test('options are checked by name, range and sense', () => {
  const make = (options: object) => () => createMonitor({ reference, options });
  assert.throws(make({ windowRow: 3 }), /did you mean "windowRows"/);
  assert.throws(make({ windowHours: 0 }), /"windowHours"/);
  assert.throws(make({ persistentWindows: 4, persistenceWindows: 3 }), /"persistentWindows"/);
  assert.throws(make({ ignoredFields: ['amont'] }), /"ignoredFields" names no field: "amont"/);
  assert.throws(make({ ignoredFields: 'amount' }), /"ignoredFields" expected names/);
});

test('what cannot be counted is refused before anything is', () => {
  const monitor = createMonitor({ reference });
  const { table, probabilities } = drawSample(createRandom(1), 3);
  const record =
    (ids: string[] | undefined, at: number | number[], p = probabilities) =>
    () =>
      monitor.record(table, p, ids, at);
  assert.throws(record(undefined, NaN), /"at" expected a time/);
  assert.throws(record(undefined, [1, 2, Infinity]), /"at\[2\]"/);
  assert.throws(record(undefined, [1, 2]), /"at" expected 3 times, got 2/);
  assert.throws(record(['a'], 0), /"ids" expected 3 ids/);
  assert.throws(record(['a', 'b'.repeat(201), 'c'], 0), /"ids\[1\]" expected a text/);
  assert.throws(record(['a', 'b', 'c'], 0, probabilities.subarray(1)), /"predictions" expected 3/);
  assert.throws(() => monitor.labels([], NaN), /"at" expected a time/);
  assert.is(monitor.rowCount, 0);
  assert.equal(monitor.state().predictions, []);
});

test('older spans make room, their rows stay in the total, and a clock that jumps ahead costs one span', () => {
  const { monitor, score } = sequence();
  const slotCount = (): number => monitor.state().slots.length;
  for (let day = 0; day < 6; day++) score(`${day}`, day * DAY);
  assert.is(slotCount(), 4);
  assert.is(monitor.rowCount, 6);
  score('too late', 0);
  assert.is(slotCount(), 4);
  assert.is(monitor.rowCount, 7);
  assert.is((monitor.state().earlier as { rows: number }).rows, 3);
  score('the year 3000', Date.parse('3000-01-01'));
  for (let day = 6; day < 12; day++) score(`${day}`, day * DAY);
  const days = monitor.state().slots.map(({ slot }) => Math.floor(slot / 24));
  assert.equal(days.slice(0, 3), [9, 10, 11]);
  assert.is(monitor.rowCount, 14);
});

test('windows by position and by name: each is its own, groups are judged together', () => {
  const random = createRandom(8);
  const { table, probabilities } = drawSample(random, 300);
  const byPosition = createMonitor({
    reference,
    windowsBy: 'position',
    options: { windowRows: 100 },
  });
  const positions = Float64Array.from({ length: 300 }, (_, row) => row);
  byPosition.record(table, probabilities, undefined, positions);
  const { windows, evidence } = byPosition.drift(Infinity);
  assert.equal(
    windows.map(({ from, to, rows }) => [from, to, rows]),
    [
      [0, 100, 100],
      [100, 200, 100],
      [200, 300, 100],
    ],
  );
  assert.equal(evidence, { scope: 'window', from: 200, to: 300, rows: 100 });

  const names = ['north', 'south'];
  for (const ordered of [true, false]) {
    const byName = createMonitor({ reference, windowsBy: { names, ordered } });
    byName.record(
      table,
      probabilities,
      undefined,
      positions.map((row) => row % 2),
    );
    const drift = byName.drift(Infinity);
    assert.equal(
      drift.windows.map(({ from, to, rows }) => [from, to, rows]),
      [
        ['north', 'north', 150],
        ['south', 'south', 150],
      ],
    );
    assert.is(drift.evidence.scope, ordered ? 'window' : 'all');
  }
});

test('a fresh monitor decides on all rows, and on closed windows once there are any', () => {
  const monitor = createMonitor({ reference, options: { windowRows: 100 } });
  const moved = drawSample(createRandom(2), 120, { score: (x) => x + 1, amount: (x) => 5 * x });
  monitor.record(moved.table, moved.probabilities, undefined, 0);
  const first = monitor.drift();
  assert.equal(first.evidence, { scope: 'all', rows: 120 });
  assert.is(first.recommendation, 'retrain');
  assert.ok(first.should_retrain);
  // the hour is over: the same rows are a window now, the only one
  const second = monitor.drift(DAY / 24);
  assert.equal(second.evidence, {
    scope: 'window',
    from: '1970-01-01T00:00:00.000Z',
    to: '1970-01-01T01:00:00.000Z',
    rows: 120,
  });
  assert.is(second.recommendation, 'retrain');
  // a second window as in training: once is not often enough any more
  const usual = drawSample(createRandom(3), 120);
  monitor.record(usual.table, usual.probabilities, undefined, DAY / 24);
  const third = monitor.drift(DAY / 12);
  assert.is(third.recommendation, 'watch');
  assert.ok(
    third.alarms.every(({ persistent, quiet_windows }) => !persistent && quiet_windows === 1),
  );
  assert.equal(monitor.drift(DAY / 12), third);
});

test('ignored fields are counted and raise no alarm', () => {
  const options = { ignoredFields: ['score', 'amount'] };
  const monitor = createMonitor({ reference, options });
  const moved = drawSample(createRandom(2), 500, { score: (x) => x + 1, amount: (x) => 50 * x });
  monitor.record(moved.table, moved.probabilities, undefined, 0);
  const drift = monitor.drift();
  assert.is(drift.recommendation, 'none', drift.reason);
  const [amount] = drift.features as { psi: number; ignored: boolean }[];
  assert.ok(amount!.ignored && amount!.psi > 0.1);
});

test.run();
