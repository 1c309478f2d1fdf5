import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CoppiceError } from '../../src/core/errors.js';
import { canonicalJson } from '../../src/core/json.js';
import { createRandom, type Random } from '../../src/core/random.js';
import { selectRows, type Table } from '../../src/core/table.js';
import {
  createMonitor,
  type DriftReference,
  type Label,
  type Monitor,
  type MonitorOptions,
  type MonitorSnapshot,
} from '../../src/monitor/index.js';
import { drawReference, drawSample } from './samples.js';
import {
  CLASSES,
  classReference,
  drawClasses,
  drawNumbers,
  numberReference,
} from './taskSamples.js';

const DAY = 86_400_000;
const SMALL: Partial<MonitorOptions> = { windowRows: 20, windowHours: 24, windowsKept: 4 };

interface Rows {
  table: Table;
  predictions: Float32Array;
}

interface World {
  reference: DriftReference;
  draw: (random: Random, rowCount: number) => Rows;
  label: (random: Random) => string | number;
}

const WORLDS: Record<DriftReference['task'], World> = {
  binary: {
    reference: drawReference(2000),
    draw(random, rowCount) {
      const { table, probabilities } = drawSample(random, rowCount);
      return { table, predictions: probabilities };
    },
    label: (random) => (random.uniform() < 0.2 ? 'yes' : 'no'),
  },
  multiclass: {
    reference: classReference(2000),
    draw: drawClasses,
    label: (random) => CLASSES[random.integer(4)]!,
  },
  regression: {
    reference: numberReference(2000),
    draw: drawNumbers,
    label: (random) => 20 + 10 * random.uniform(),
  },
};

/** Something that happens to a monitor: one row is scored, or one label comes. */
type Event = (monitor: Monitor) => void;

function eventsOf({ draw, label }: World, random: Random, rowCount: number): Event[] {
  const { table, predictions } = draw(random, rowCount);
  const width = predictions.length / (rowCount || 1);
  const events: Event[] = [];
  for (let row = 0; row < rowCount; row++) {
    const at = Math.floor(random.uniform() * 7 * DAY);
    // some ids stand twice, some rows have none
    const id = random.uniform() < 0.1 ? '' : `id ${random.integer(2 * rowCount)}`;
    const rows = selectRows(table, Uint32Array.of(row));
    const own = predictions.subarray(row * width, (row + 1) * width);
    events.push((monitor) => monitor.record(rows, own, [id], at));
  }
  for (let i = 0; i < rowCount; i++) {
    const at = Math.floor(random.uniform() * 8 * DAY);
    const given: Label = {
      prediction_id: `id ${random.integer(2 * rowCount)}`,
      label: label(random),
      ...(random.uniform() < 0.3 && { observed_at: new Date(random.integer(1e9)).toISOString() }),
    };
    events.push((monitor) => monitor.labels([given], at));
  }
  return events;
}

function bytesOf(monitor: Monitor): string {
  return canonicalJson(monitor.state()) + canonicalJson(monitor.drift(9 * DAY));
}

for (const [task, world] of Object.entries(WORLDS)) {
  test(`${task}: events shared out in any way, in any order, merged in any way, are one monitor to the byte`, () => {
    const { reference } = world;
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 8 }), (seed, workerCount) => {
        const random = createRandom(seed);
        const events = eventsOf(world, random, random.integer(90));
        const one = createMonitor({ reference, options: SMALL });
        for (const event of events) event(one);

        const workers = Array.from({ length: workerCount }, () =>
          createMonitor({ reference, options: SMALL }),
        );
        for (const event of random.shuffle(events)) event(workers[random.integer(workerCount)]!);
        const states = random.shuffle(workers.map((worker) => worker.state()));
        const cut = random.integer(workerCount);
        const halves = [states.slice(0, cut), states.slice(cut)].map((part) =>
          // by way of JSON, as states travel
          JSON.parse(
            JSON.stringify(createMonitor({ reference, options: SMALL, states: part }).state()),
          ),
        );
        const flat = createMonitor({ reference, options: SMALL, states });
        const nested = createMonitor({ reference, options: SMALL, states: halves });
        const expected = bytesOf(one);
        assert.is(bytesOf(flat), expected);
        assert.is(bytesOf(nested), expected);
      }),
      { numRuns: 15 },
    );
  });

  test(`${task}: a monitor that has seen nothing, little or much says nothing that JSON cannot`, () => {
    for (const rowCount of [0, 1, 60, 500]) {
      const monitor = createMonitor({ reference: world.reference, options: SMALL });
      for (const event of eventsOf(world, createRandom(rowCount), rowCount)) event(monitor);
      for (const value of [monitor.drift(), monitor.retrainingTrigger(), monitor.state()]) {
        assert.not.match(canonicalJson(value), /"-?(NaN|Infinity)"/);
        assert.equal(JSON.parse(JSON.stringify(value)), JSON.parse(canonicalJson(value)));
      }
      assert.is(monitor.rowCount, rowCount);
    }
  });

  test(`${task}: no damage to a state goes by as another kind of error, and none gets half in`, () => {
    const { reference } = world;
    const monitor = createMonitor({ reference, options: SMALL });
    for (const event of eventsOf(world, createRandom(3), 40)) event(monitor);
    const whole = JSON.stringify(monitor.state());
    const empty = canonicalJson(createMonitor({ reference, options: SMALL }).state());
    fc.assert(
      fc.property(fc.integer(), fc.jsonValue(), (seed, value) => {
        const damaged = JSON.parse(whole);
        damage(damaged, value, createRandom(seed));
        try {
          createMonitor({ reference, options: SMALL, states: [damaged] });
        } catch (error) {
          assert.instance(error, CoppiceError);
        }
      }),
    );
    assert.is(canonicalJson(createMonitor({ reference, options: SMALL }).state()), empty);
  });
}

/** Puts a value at a random place. */
function damage(json: Record<string, unknown>, value: unknown, random: Random): void {
  let at = json;
  for (;;) {
    const keys = Object.keys(at);
    const key = keys[random.integer(keys.length)]!;
    const next = at[key];
    const isLeaf = typeof next !== 'object' || next === null || Object.keys(next).length === 0;
    if (isLeaf || random.uniform() < 0.2) {
      at[key] = value;
      return;
    }
    at = next as Record<string, unknown>;
  }
}

const { reference } = WORLDS.binary;

test('states of another reference or other windows are refused', () => {
  const state = createMonitor({ reference }).state();
  const other = { reference: drawReference(1000, 5), states: [state] };
  assert.throws(() => createMonitor(other), /another drift reference/);
  const longer = { reference, options: { windowHours: 48 }, states: [state] };
  assert.throws(() => createMonitor(longer), /other windows/);
  const fewer = { reference, options: { labelCapacity: 10 }, states: [state] };
  assert.throws(() => createMonitor(fewer), /label capacity/);
  assert.throws(() => createMonitor({ reference, states: [null] }), /"monitor state"/);
  assert.throws(() => createMonitor({ reference, states: [{}] }), /coppice-monitor-state 1/);
});

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

/** A monitor of rows without changes, one a call. */
function sequence(options: Partial<MonitorOptions> = {}) {
  const monitor = createMonitor({ reference, options: { ...SMALL, ...options } });
  const random = createRandom(9);
  return {
    monitor,
    score(id: string, at: number): void {
      const { table, probabilities } = drawSample(random, 1);
      monitor.record(table, probabilities, [id], at);
    },
    label: (id: string, label: string, at: number, observed?: string) =>
      monitor.labels(
        [{ prediction_id: id, label, ...(observed !== undefined && { observed_at: observed }) }],
        at,
      ),
    counts() {
      const { tracked, labelled } = monitor.assess(9 * DAY).overall.performance;
      return [tracked, labelled];
    },
  };
}

test('labels find their predictions late, early, twice, corrected, or not at all', () => {
  const { monitor, score, label, counts } = sequence();
  score('late', 0);
  assert.equal(label('late', 'yes', DAY), { accepted: 1, matched: 1, rejected: 0 });
  assert.equal(label('early', 'yes', DAY), { accepted: 1, matched: 0, rejected: 0 });
  assert.equal(counts(), [1, 1]);
  score('early', 2 * DAY);
  assert.equal(counts(), [2, 2]);
  // the same again changes nothing, and an unknown one waits
  const before = canonicalJson(monitor.state().labels);
  label('late', 'yes', DAY);
  assert.is(canonicalJson(monitor.state().labels), before);
  label('nobody', 'no', DAY);
  assert.equal(counts(), [2, 2]);
  assert.is(monitor.state().labels.length, 3);
  assert.is(monitor.state().labels_received, 4);
});

test('of several labels of one prediction the one observed last counts, in whatever order they come', () => {
  const first = '2020-01-01T00:00:00Z';
  const second = '2020-01-02T00:00:00Z';
  const bins = (order: [string, string][]): unknown => {
    const { monitor, score, label } = sequence();
    score('a', 0);
    for (const [value, observed] of order) label('a', value, DAY, observed);
    return monitor.assess().overall.performance.metrics.map(({ realised }) => realised?.value);
  };
  assert.equal(
    bins([
      ['yes', first],
      ['no', second],
    ]),
    bins([
      ['no', second],
      ['yes', first],
    ]),
  );
});

test('labels that are none of the model are rejected and the others taken', () => {
  const monitor = createMonitor({ reference });
  const labels = [
    { prediction_id: 'a', label: 'maybe' },
    { prediction_id: '', label: 'yes' },
    { prediction_id: 'c'.repeat(300), label: 'yes' },
    { prediction_id: 'd', label: 'yes', observed_at: 'yesterday' },
    { prediction_id: 'e', label: 1 },
    { prediction_id: '__proto__', label: 'no' },
  ];
  assert.equal(monitor.labels(labels, 0), { accepted: 2, matched: 0, rejected: 4 });
  const numbers = createMonitor({ reference: WORLDS.regression.reference });
  const given = [NaN, Infinity, '3', 3, 1e300].map((label) => ({ prediction_id: 'a', label }));
  assert.equal(numbers.labels(given, 0), { accepted: 1, matched: 0, rejected: 4 });
});

test('memory for labels is bounded, and predictions and labels keep the same ids', () => {
  const { monitor, score, label } = sequence({ labelCapacity: 40 });
  for (let i = 0; i < 500; i++) score(`prediction ${i}`, i);
  for (let i = 499; i >= 0; i--) label(`prediction ${i}`, 'no', 500 + i);
  // a quarter of the capacity a span
  const { predictions, labels } = monitor.state();
  assert.equal(
    predictions.map(([id]) => id),
    labels.map(([id]) => id),
  );
  assert.is(predictions.length, 10);
  const { tracked, labelled } = monitor.assess().overall.performance;
  assert.equal([tracked, labelled], [10, 10]);
  const none = sequence({ labelCapacity: 0 });
  none.score('a', 0);
  none.label('a', 'yes', 0);
  assert.equal([none.counts(), none.monitor.state().labels], [[0, 0], []]);
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

test('the state does not grow with the rows', () => {
  const sizes = [1, 20].map((times) => {
    const monitor = createMonitor({ reference, options: { ...SMALL, labelCapacity: 100 } });
    const random = createRandom(7);
    for (let i = 0; i < times; i++) {
      const { table, probabilities } = drawSample(random, 1000);
      const at = Float64Array.from({ length: 1000 }, () => random.uniform() * 4 * DAY);
      const ids = Array.from({ length: 1000 }, (_, row) => `${i} ${row}`);
      monitor.record(table, probabilities, ids, at);
    }
    return JSON.stringify(monitor.state()).length;
  });
  assert.ok(sizes[1]! < 1.6 * sizes[0]!, `${sizes}`);
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

test('a state says what was counted, and of what', () => {
  const state: MonitorSnapshot = createMonitor({ reference }).state();
  assert.is(state.format, 'coppice-monitor-state');
  assert.match(state.reference, /^[0-9a-f]{14}$/);
  assert.equal(state.slots, []);
});

test.run();
