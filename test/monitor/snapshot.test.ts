import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CoppiceError } from '../../src/core/errors.js';
import { canonicalJson } from '../../src/core/json.js';
import { createRandom, type Random } from '../../src/core/random.js';
import { selectRows } from '../../src/core/table.js';
import {
  createMonitor,
  type Label,
  type Monitor,
  type MonitorSnapshot,
} from '../../src/monitor/index.js';
import { drawReference, drawSample } from './samples.js';
import { DAY, SMALL, WORLDS, type World } from './worlds.js';

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

test('a state says what was counted, and of what', () => {
  const state: MonitorSnapshot = createMonitor({ reference }).state();
  assert.is(state.format, 'coppice-monitor-state');
  assert.match(state.reference, /^[0-9a-f]{14}$/);
  assert.equal(state.slots, []);
});

test.run();
