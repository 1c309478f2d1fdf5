import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Reason } from '../../src/monitor/advice/reason.js';
import { DEFAULT_MONITOR_OPTIONS } from '../../src/monitor/index.js';
import { trackAlarms } from '../../src/monitor/windows/alarms.js';
import { cutWindows } from '../../src/monitor/windows/cutWindows.js';
import { spanOf, timeGrid, type WindowGrid } from '../../src/monitor/windows/windowGrid.js';

const GRID: WindowGrid = { slotLength: 10, slotsASpan: 4, windowRows: 100, spansKept: 9 };

function cuts(slots: [number, number][], now?: number): [number, number, number, boolean][] {
  return cutWindows(GRID, slots, now).map(({ firstSlot, lastSlot, rowCount, closed }) => [
    firstSlot,
    lastSlot,
    rowCount,
    closed,
  ]);
}

test('a window ends with the slot that brings it its rows, and at the latest with its span', () => {
  assert.equal(cuts([]), []);
  assert.equal(
    cuts([
      [0, 60],
      [1, 40],
      [2, 100],
      [3, 5],
      [4, 30],
      [9, 1],
    ]),
    [
      [0, 1, 100, true],
      [2, 2, 100, true],
      [3, 3, 5, true],
      [4, 7, 30, true],
      [9, 9, 1, false],
    ],
  );
});

test('the newest slot is open until the clock has passed it', () => {
  assert.equal(cuts([[0, 500]]), [[0, 0, 500, false]]);
  assert.equal(cuts([[0, 500]], 9.9), [[0, 0, 500, false]]);
  assert.equal(cuts([[0, 500]], 10), [[0, 0, 500, true]]);
  // too few rows: open until the span is over
  assert.equal(cuts([[0, 50]], 39), [[0, 0, 50, false]]);
  assert.equal(cuts([[0, 50]], 40), [[0, 3, 50, true]]);
  // a clock behind the rows is not believed
  assert.equal(cuts([[5, 500]], 0), [[5, 5, 500, false]]);
  assert.equal(cuts([[-3, 500]], 0), [[-3, -3, 500, true]]);
});

test('windows take every slot once, in order, within one span, and are as short as they can be', () => {
  const rows = fc.uniqueArray(fc.tuple(fc.integer({ min: -20, max: 60 }), fc.nat(150)), {
    selector: ([slot]) => slot,
    maxLength: 40,
  });
  fc.assert(
    fc.property(
      rows,
      fc.option(fc.integer({ min: -300, max: 700 }), { nil: undefined }),
      (given, now) => {
        const slots = given.sort(([a], [b]) => a - b);
        const windows = cutWindows(GRID, slots, now);
        assert.is(
          windows.reduce((sum, { rowCount }) => sum + rowCount, 0),
          slots.reduce((sum, [, count]) => sum + count, 0),
        );
        windows.forEach(({ firstSlot, lastSlot, rowCount, closed }, index) => {
          assert.is(spanOf(GRID, firstSlot), spanOf(GRID, lastSlot));
          const before = windows[index - 1];
          if (before) assert.ok(before.lastSlot < firstSlot);
          const own = slots.filter(([slot]) => slot >= firstSlot && slot <= lastSlot);
          assert.is(
            rowCount,
            own.reduce((sum, [, count]) => sum + count, 0),
          );
          // without its last slot it did not have its rows yet
          const last = own[own.length - 1]!;
          assert.ok(rowCount - last[1] < GRID.windowRows);
          if (index < windows.length - 1) assert.ok(closed);
        });
      },
    ),
  );
});

test('a late row changes no window of another span', () => {
  const slots: [number, number][] = [
    [0, 120],
    [1, 30],
    [4, 120],
    [6, 90],
    [7, 20],
  ];
  const late = slots.map(([slot, count]): [number, number] => [slot, slot === 1 ? 99 : count]);
  assert.equal(cuts(slots).slice(2), cuts(late).slice(2));
});

test('hours are cut into 24 parts, several days into days', () => {
  const grid = (windowHours: number): number[] => {
    const { slotLength, slotsASpan } = timeGrid({ ...DEFAULT_MONITOR_OPTIONS, windowHours });
    return [slotLength / 3_600_000, slotsASpan];
  };
  assert.equal(grid(24), [1, 24]);
  assert.equal(grid(168), [24, 7]);
  assert.equal(grid(12), [0.5, 24]);
});

const RULES = { persistentWindows: 2, persistenceWindows: 3, coolDownWindows: 3 };

function reason(field: string): Reason {
  return { code: 'feature_drift', kind: 'field', field, message: field };
}

/** Windows by the letters of the fields that moved in each. */
function track(...windows: string[]) {
  return trackAlarms(
    windows.map((letters, index) => ({
      from: index,
      to: index + 1,
      reasons: [...letters].map(reason),
      performance: { labelsSuffice: false },
    })),
    RULES,
  ).map((alarm) => [
    alarm.reason.field,
    alarm.since,
    alarm.windowCount,
    alarm.quietWindows,
    alarm.persistent,
  ]);
}

test('a change persists when two of three windows show it', () => {
  assert.equal(track('', 'a'), [['a', 1, 1, 0, false]]);
  assert.equal(track('', 'a', 'a'), [['a', 1, 2, 0, true]]);
  assert.equal(track('', 'a', '', 'a'), [['a', 1, 2, 0, true]]);
  assert.equal(track('a', '', '', 'a'), [['a', 0, 2, 0, false]]);
});

test('the first window decides alone, the second no more', () => {
  assert.equal(track('a'), [['a', 0, 1, 0, true]]);
  assert.equal(track('a', 'b'), [
    ['a', 0, 1, 1, false],
    ['b', 1, 1, 0, false],
  ]);
});

test('an alarm ends after three quiet windows, and what comes after is a new one', () => {
  assert.equal(track('a', 'a', '', ''), [['a', 0, 2, 2, true]]);
  assert.equal(track('a', 'a', '', '', ''), []);
  // back within the cool-down: the same alarm, which raises no second one
  assert.equal(track('a', 'a', '', '', 'a'), [['a', 0, 3, 0, true]]);
  assert.equal(track('a', 'a', '', '', '', 'a'), [['a', 5, 1, 0, false]]);
});

test('alarms are what a plain reading of the last windows says', () => {
  const windows = fc.array(fc.boolean(), { maxLength: 14 });
  fc.assert(
    fc.property(windows, (hits) => {
      const [alarm] = track(...hits.map((hit) => (hit ? 'a' : '')));
      const n = hits.length;
      const recent = hits.slice(-3).filter(Boolean).length;
      // whatever came before: two of the last three are enough, and three quiet ones end everything
      if (n >= 2 && recent >= 2) assert.is(alarm?.[4], true);
      if (n >= 3 && recent === 0) assert.is(alarm, undefined);
      if (recent >= 1) assert.is(alarm?.[3], n - 1 - hits.lastIndexOf(true));
    }),
  );
});

test('what labels show waits for windows with labels, and one without them does not quieten it', () => {
  const drop: Reason = {
    code: 'concept_drift',
    kind: 'performance',
    metric: 'precision',
    seen_by: 'concept',
    message: 'worse',
  };
  const windows = (labels: string) =>
    [...labels].map((letter, index) => ({
      from: index,
      to: index + 1,
      // worse, as good as it was, or without labels so far
      reasons: letter === 'w' ? [drop] : [],
      performance: { labelsSuffice: letter !== '.' },
    }));
  const [late] = trackAlarms(windows('gww........'), RULES);
  assert.equal([late?.persistent, late?.quietWindows, late?.since], [true, 0, 1]);
  assert.equal(trackAlarms(windows('gww.ggg....'), RULES), []);
  const [open] = trackAlarms(windows('gg..w......'), RULES);
  assert.is(open?.persistent, false);
});

test.run();
