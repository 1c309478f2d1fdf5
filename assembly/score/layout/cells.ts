import {
  CELLS,
  COUNT,
  COUNTED,
  INTEGER_BITS,
  INTEGERS,
  KIND,
  LAST,
  MISSING,
  OFFSET,
  SCALE,
  SEARCHED,
  TABLE,
  TEST_COUNT,
} from '../bin';
import { take, takeLines } from './room';

/** up to so many thresholds, comparing with each is cheaper than a table */
const COUNTED_THRESHOLDS: i32 = 5;
const FEWEST_CELLS: i32 = 16;
const MOST_CELLS: i32 = 1024;
const MOST_SEARCH_CELLS: i32 = 2048;
/** thresholds of a cell that an entry has room for */
const CELL_THRESHOLDS: i32 = 3;

/**
 * Lays the table by which the kernel finds ranks without a full search: a monotone function puts a value into a cell, the table says
 * how many thresholds lie in lower cells, and only those of the cell itself are left to compare with. Any monotone function gives
 * exact ranks: a threshold in a lower cell is below the value and one in a higher cell above it. It is the smallest grid
 * with at most three thresholds a cell, or else the one with the shortest binary search within a cell.
 * @param column - a descriptor that has its number of tests and the rank of missing (IN and OUT)
 * @param thresholds - f32, ascending and distinct, no -0
 */
export function layCells(plan: usize, column: usize, thresholds: usize): void {
  const count = load<i32>(column, TEST_COUNT);
  if (count <= COUNTED_THRESHOLDS) {
    store<u32>(column, COUNTED, KIND);
    store<u32>(column, count, COUNT);
    const table = take(plan, count << 2);
    store<u32>(column, <u32>table, TABLE);
    memory.copy(table, thresholds, count << 2);
    return;
  }
  let best = FEWEST_CELLS;
  let fewest = i32.MAX_VALUE;
  for (let cellCount = FEWEST_CELLS; cellCount <= MOST_SEARCH_CELLS; cellCount <<= 1) {
    spread(column, thresholds, count, cellCount - 1);
    const fullest = fullestCell(column, thresholds, count);
    if (fullest <= CELL_THRESHOLDS && cellCount <= MOST_CELLS) {
      store<u32>(column, CELLS, KIND);
      layEntries(plan, column, thresholds, count, cellCount);
      return;
    }
    // halvings that a search among so many takes
    const steps = 32 - clz(fullest);
    if (steps >= fewest) continue;
    fewest = steps;
    best = cellCount;
  }
  spread(column, thresholds, count, best - 1);
  store<u32>(column, SEARCHED, KIND);
  store<i32>(column, fewest, COUNT);
  layStarts(plan, column, thresholds, count, best, 4 << fewest);
}

/** The cell of a number: the function of ../bin.ts. */
function cellOf(column: usize, x: f32): i32 {
  const at = x * load<f32>(column, SCALE) + load<f32>(column, OFFSET);
  return <i32>(min(max(at, INTEGERS), load<f32>(column, LAST)) - INTEGERS);
}

/** Spreads the cells from 0 to `last` over the finite thresholds. */
function spread(column: usize, thresholds: usize, count: i32, last: i32): void {
  let from = thresholds;
  let to = thresholds + ((<usize>count - 1) << 2);
  if (load<f32>(from) == -<f32>Infinity) from += 4;
  if (load<f32>(to) == <f32>Infinity) to -= 4;
  const low = <f64>load<f32>(from);
  const width = <f64>load<f32>(to) - low;
  // neither product may overflow; for the exactness any positive scale does
  const scale = min(<f64>last / width, 1e30 / max<f64>(1, abs(low)));
  store<f32>(column, <f32>scale, SCALE);
  store<f32>(column, <f32>(<f64>INTEGERS - low * scale), OFFSET);
  store<f32>(column, INTEGERS + <f32>last, LAST);
}

function fullestCell(column: usize, thresholds: usize, count: i32): i32 {
  let fullest = 1;
  let inCell = 0;
  let before = -1;
  for (const end = thresholds + (<usize>count << 2); thresholds < end; thresholds += 4) {
    const cell = cellOf(column, load<f32>(thresholds));
    inCell = cell == before ? inCell + 1 : 1;
    before = cell;
    fullest = max(fullest, inCell);
  }
  return fullest;
}

/**
 * Entries of 16 bytes a cell: its thresholds, +Infinity where there are fewer than three, and as an integer the number of
 * thresholds in lower cells. One more cell is that of NaN.
 */
function layEntries(plan: usize, column: usize, thresholds: usize, count: i32, cellCount: i32): void {
  let entry = takeLines(plan, (<usize>cellCount + 1) << 4);
  store<u32>(column, <u32>entry, TABLE);
  let next = 0;
  let nextCell = cellOf(column, load<f32>(thresholds));
  for (let cell = 0; cell < cellCount; cell++) {
    store<i32>(entry, next, 12);
    for (let end = entry + 12; entry < end; entry += 4) {
      let threshold = <f32>Infinity;
      if (nextCell == cell) {
        threshold = load<f32>(thresholds);
        thresholds += 4;
        nextCell = ++next < count ? cellOf(column, load<f32>(thresholds)) : cellCount;
      }
      store<f32>(entry, threshold);
    }
    entry += 4;
  }
  store<i32>(entry, load<i32>(column, MISSING), 12);
}

/**
 * A u32 a cell, and one for NaN: the address of the first threshold that is not in a lower cell. The thresholds follow, then
 * +Infinity, as a search may look past the end.
 * @param padding - bytes of +Infinity
 */
function layStarts(
  plan: usize,
  column: usize,
  thresholds: usize,
  count: i32,
  cellCount: i32,
  padding: usize,
): void {
  const startBytes = (<usize>cellCount + 1) << 2;
  const byteCount = <usize>count << 2;
  let start = takeLines(plan, startBytes + byteCount + padding);
  store<u32>(column, <u32>start, TABLE);
  const first = start + startBytes;
  const end = first + byteCount;
  memory.copy(first, thresholds, byteCount);
  for (let at = end; at < end + padding; at += 4) store<f32>(at, <f32>Infinity);
  let next = first;
  for (let cell = 0; cell < cellCount; cell++) {
    store<u32>(start, <u32>next);
    start += 4;
    while (next < end && cellOf(column, load<f32>(next)) == cell) next += 4;
  }
  store<u32>(start, <u32>first);
}
