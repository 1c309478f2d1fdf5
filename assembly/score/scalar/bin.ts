import {
  AT_ONCE,
  CELLS,
  COUNT,
  COUNTED,
  FIRST_TEST,
  firstThreshold,
  INTEGER_BITS,
  KIND,
  LAST,
  levelOf,
  MISSING,
  OFFSET,
  ROW_OFFSET,
  SCALE,
  SET_TESTS,
  SETS,
  TABLE,
  TEST_COUNT,
} from '../bin';
import { OUTCOMES, TILE_ROWS } from '../plan';

const ONES: u64 = 0x0101010101010101;

/** The scalar twin of ../bin.ts. */
export function binColumn(column: usize, input: usize, out: usize): void {
  const kind = load<u32>(column, KIND);
  const table = <usize>load<u32>(column, TABLE);
  const missing = load<i32>(column, MISSING);
  const end = out + TILE_ROWS;
  if (kind == CELLS) {
    const scale = load<f32>(column, SCALE);
    const offset = load<f32>(column, OFFSET);
    const last = load<i32>(column, LAST) - INTEGER_BITS;
    for (; out < end; out++) {
      const x = load<f32>(input);
      const entry = table + (<usize>cellOf(x, scale, offset, last) << 4);
      store<u8>(out, x != x ? missing : rankInCell(entry, x));
      input += 4;
    }
  } else {
    for (; out < end; out++) {
      const x = load<f32>(input);
      store<u8>(out, x != x ? missing : kind == COUNTED ? countBelow(column, x) : search(column, x));
      input += 4;
    }
  }
}

/**
 * The outcomes of the tests of a column for one row, a byte each, and of those that are binned with it; and some bytes further, which belong
 * to columns that follow.
 */
export function outcomesInto(column: usize, row: usize): void {
  const x = load<f32>(row + <usize>load<u32>(column, ROW_OFFSET));
  let out = OUTCOMES + <usize>load<u32>(column, FIRST_TEST);
  if (load<u32>(column, KIND) == SETS) {
    let at = levelOf(column, x);
    for (const end = at + <usize>load<u32>(column, AT_ONCE); at < end; at++) {
      const bits = <u32>load<u8>(at);
      for (let bit: u32 = 0; bit < <u32>SET_TESTS; bit++) store<u8>(out++, (bits >> bit) & 1);
    }
    return;
  }
  const rank = x != x ? load<i32>(column, MISSING) : rankOf(column, x);
  const end = out + <usize>load<u32>(column, TEST_COUNT);
  for (const ones = out + (rank & ~7); out < ones; out += 8) store<u64>(out, ONES);
  if (out < end) store<u64>(out, ONES & ((<u64>1 << (<u64>(rank & 7) << 3)) - 1));
  for (out += 8; out < end; out += 8) store<u64>(out, 0);
}

/** How many thresholds are below a number. */
function rankOf(column: usize, x: f32): i32 {
  const kind = load<u32>(column, KIND);
  if (kind == COUNTED) return countBelow(column, x);
  if (kind != CELLS) return search(column, x);
  const last = load<i32>(column, LAST) - INTEGER_BITS;
  const cell = cellOf(x, load<f32>(column, SCALE), load<f32>(column, OFFSET), last);
  return rankInCell(<usize>load<u32>(column, TABLE) + (<usize>cell << 4), x);
}

/**
 * The cell that a number falls into. Clamped as an integer, which is in the order of the floats: what lies below 2^23 is a lower one,
 * and what rounds to no integer lies beyond the last cell.
 */
// @ts-ignore: decorator
@inline
function cellOf(x: f32, scale: f32, offset: f32, last: i32): i32 {
  // before the difference: that of a number below 0 would wrap
  const bits = max(INTEGER_BITS, reinterpret<i32>(x * scale + offset));
  return min(bits - INTEGER_BITS, last);
}

/** A table entry is the thresholds of a cell, three of them, and the rank of the cell. */
// @ts-ignore: decorator
@inline
function rankInCell(entry: usize, x: f32): i32 {
  const above =
    i32(x > load<f32>(entry)) + i32(x > load<f32>(entry, 4)) + i32(x > load<f32>(entry, 8));
  return load<i32>(entry, 12) + above;
}

// @ts-ignore: decorator
@inline
function countBelow(column: usize, x: f32): i32 {
  let threshold = <usize>load<u32>(column, TABLE);
  let rank = 0;
  for (const end = threshold + (<usize>load<u32>(column, COUNT) << 2); threshold < end; threshold += 4) {
    rank += i32(x > load<f32>(threshold));
  }
  return rank;
}

/** A table entry is the address of the first threshold that is not below the cell. */
// @ts-ignore: decorator
@inline
function search(column: usize, x: f32): i32 {
  const last = load<i32>(column, LAST) - INTEGER_BITS;
  const cell = cellOf(x, load<f32>(column, SCALE), load<f32>(column, OFFSET), last);
  let at = <usize>load<u32>(<usize>load<u32>(column, TABLE) + (<usize>cell << 2));
  for (let step: usize = 2 << load<i32>(column, COUNT); step > 2; step >>= 1) {
    at += <usize>(x > load<f32>(at + step - 4)) * step;
  }
  return <i32>((at - firstThreshold(column)) >> 2);
}
