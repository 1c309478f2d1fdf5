import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalJson } from '../../src/core/json.js';
import { createRandom } from '../../src/core/random.js';
import { columnNamed, selectRows, type Table } from '../../src/core/table.js';
import {
  addInto,
  carry,
  createExactSums,
  mergeInto,
  totalOf,
} from '../../src/monitor/counts/exactSum.js';
import { finiteCount } from '../../src/monitor/counts/state.js';
import {
  assessDrift,
  type CategoryState,
  createMonitorState,
  type MonitorState,
  mergeStates,
  type NumericState,
  type ObservedRecord,
  observe,
} from '../../src/monitor/index.js';
import { countsToJson } from '../../src/monitor/snapshot/countsJson.js';
import { drawReference, drawSample } from './samples.js';

const reference = drawReference(2000);

function bytesOf(state: MonitorState): string {
  return canonicalJson(countsToJson(state)) + canonicalJson(assessDrift(state));
}

function recordsOf(table: Table): ObservedRecord[] {
  return Array.from({ length: table.rowCount }, (_, row) => {
    const record: Record<string, number | string | null> = {};
    for (const column of table.columns) {
      if (column.kind === 'category')
        record[column.name] = column.levels[column.codes[row]!] ?? null;
      else record[column.name] = Number.isNaN(column.values[row]) ? null : column.values[row]!;
    }
    return record;
  });
}

test('eight states merged in any order are one state, to the byte', () => {
  const random = createRandom(1);
  const { table, probabilities } = drawSample(random, 4000);
  const one = createMonitorState(reference);
  observe(one, table, probabilities);

  const workers = Array.from({ length: 8 }, () => createMonitorState(reference));
  for (const row of random.shuffle(Uint32Array.from({ length: 4000 }, (_, i) => i))) {
    const rows = selectRows(table, Uint32Array.of(row));
    observe(workers[random.integer(8)]!, rows, [probabilities[row]!]);
  }
  const expected = bytesOf(one);
  assert.is(bytesOf(mergeStates(workers)), expected);
  assert.is(bytesOf(mergeStates([...workers].reverse())), expected);
  const nested = [mergeStates(workers.slice(0, 3)), mergeStates(workers.slice(3))];
  assert.is(bytesOf(mergeStates(nested)), expected);
});

test('merging leaves its inputs alone and needs equal references', () => {
  const state = createMonitorState(reference);
  const { table, probabilities } = drawSample(createRandom(2), 10);
  observe(state, table, probabilities);
  const before = bytesOf(state);
  mergeStates([state, state]);
  assert.is(bytesOf(state), before);
  const other = createMonitorState(drawReference(1000, 5));
  assert.throws(() => mergeStates([state, other]), /different drift references/);
  assert.throws(() => mergeStates([]), /at least one/);
  const copy = createMonitorState(JSON.parse(JSON.stringify(reference)));
  assert.is(mergeStates([state, copy]).rowCount, 10);
});

test('records and tables count the same', () => {
  const { table, probabilities } = drawSample(createRandom(3), 500);
  const byTable = createMonitorState(reference);
  const byRecord = createMonitorState(reference);
  observe(byTable, table, probabilities);
  observe(byRecord, recordsOf(table), probabilities);
  assert.is(bytesOf(byRecord), bytesOf(byTable));
});

test('missing, infinite, out of range and unseen values have their own counts', () => {
  const state = createMonitorState(reference);
  const usual = recordsOf(drawSample(createRandom(4), 1).table)[0]!;
  const rows: ObservedRecord[] = [
    { ...usual, score: null, plan: '' },
    { ...usual, score: undefined, plan: 'never seen' },
    { ...usual, score: Infinity, plan: 'pro' },
    { ...usual, score: 1e30, plan: '__proto__' },
  ];
  observe(state, rows, [0.1, 0.5, 0.9, 0.2]);
  const score = state.fields[1] as NumericState;
  assert.is(score.missing, 2);
  assert.is(score.nonFinite, 1);
  assert.is(score.above, 1);
  assert.is(finiteCount(score), 1);
  const plan = state.fields[6] as CategoryState;
  assert.is(plan.missing, 1);
  assert.is(plan.unseen, 2);
  assert.equal([...plan.unseenLevels].sort(), [
    ['__proto__', 1],
    ['never seen', 1],
  ]);
  assert.is(assessDrift(state).positiveRate.rate, 0.5);
  assert.is(state.rowCount, 4);
  assert.not.match(canonicalJson(assessDrift(state)), /NaN|Infinity/);
});

test('wrong lengths and tables are refused', () => {
  const state = createMonitorState(reference);
  const { table, probabilities } = drawSample(createRandom(5), 3);
  assert.throws(() => observe(state, table, probabilities.subarray(1)), /expected 3 values/);
  const renamed = { rowCount: 3, columns: [{ ...columnNamed(table, 'age'), name: 'plan' }] };
  assert.throws(() => observe(state, renamed, probabilities), /no column "amount"/);
});

test('sums do not depend on order or on who added what, and are exact to 2^-32', () => {
  const term = fc.oneof(
    fc.float({ noNaN: true, min: Math.fround(-1e6), max: Math.fround(1e6) }),
    fc.double({ noNaN: true, min: -(2 ** 62), max: 2 ** 62 }),
  );
  fc.assert(
    fc.property(fc.array(term, { maxLength: 60 }), fc.nat(60), (terms, cut) => {
      // the second of two, of which the first stays empty
      const forward = createExactSums(2);
      for (const x of terms) addInto(forward, 1, x);
      carry(forward);
      const parts = [createExactSums(2), createExactSums(2)];
      [...terms].reverse().forEach((x, i) => {
        addInto(parts[i < cut ? 0 : 1]!, 1, x);
      });
      mergeInto(parts[1]!, parts[0]!);
      assert.equal(parts[1], forward);
      assert.equal([...forward.subarray(0, 3)], [0, 0, 0]);
      const exact = terms.reduce((sum, x) => sum + bigOf(x), 0n);
      const [high, unit, low] = [...forward.subarray(3)].map(BigInt);
      assert.is((high! << 64n) + (unit! << 32n) + low!, exact);
      assert.ok(
        Math.abs(totalOf(forward, 1) - Number(exact) / 2 ** 32) <=
          1e-15 * Number(exact > 0n ? exact : -exact),
      );
    }),
  );
});

/** A number in multiples of 2^-32, cut towards 0. */
function bigOf(x: number): bigint {
  const whole = Math.trunc(x);
  return (BigInt(whole) << 32n) + BigInt(Math.trunc((x - whole) * 2 ** 32));
}

test('a sum carries before its parts are full', () => {
  const sum = createExactSums(1);
  for (let i = 0; i < 3_000_000; i++) addInto(sum, 0, 4294967295.75);
  assert.is(totalOf(sum, 0), 3_000_000 * 4294967295.75);
  assert.ok(sum.every((part) => Math.abs(part) < 2 ** 53));
});

test.run();
