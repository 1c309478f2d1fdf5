import { OUTCOMES, TILE_ROWS } from './plan';

/**
 * A column descriptor, 64 bytes. u32 each: kind, offset of the feature among the four gathered ones, byte offset of the feature in
 * a row, planes of its tests, number of tests (thresholds, or bits of a set), table, and a count (thresholds to compare with, search steps, or levels);
 * then rank of missing (i32), scale, offset and the last cell + 2^23 (f32), the number of the first test in a row's outcomes (u32),,
 * which columns of the blob it is made of: the one that sends missing left, or the set, and the one that sends it right, how many columns
 * from this one on are binned at once, and the bytes from a level to the next in a table of sets (u32 each).
 */
export const COLUMN_BYTES: usize = 64;
export const KIND: usize = 0;
export const GATHERED_OFFSET: usize = 4;
export const ROW_OFFSET: usize = 8;
export const TEST_PLANES: usize = 12;
export const TEST_COUNT: usize = 16;
export const TABLE: usize = 20;
export const COUNT: usize = 24;
export const MISSING: usize = 28;
export const SCALE: usize = 32;
export const OFFSET: usize = 36;
export const LAST: usize = 40;
export const FIRST_TEST: usize = 44;
export const LOW_BINS: usize = 48;
export const HIGH_BINS: usize = 52;
export const AT_ONCE: usize = 56;
export const LEVEL_BYTES: usize = 60;

/** few thresholds: compare with each */
export const COUNTED: u32 = 0;
/** at most three thresholds a cell */
export const CELLS: u32 = 1;
/** a binary search from the cell on */
export const SEARCHED: u32 = 2;
/** bytes of sets, a row of them a level */
export const SETS: u32 = 3;

/** tests of a column of sets */
export const SET_TESTS: usize = 8;

/** 2^23: what is added to it is rounded to an integer, which stands in the low bits */
export const INTEGERS: f32 = 8388608;
export const INTEGER_BITS: i32 = 0x4b000000;

/**
 * Ranks of one feature of a tile, a byte a row: how many thresholds are below the value.
 * @param input - float32, one row after the other
 */
export function binColumn(column: usize, input: usize, out: usize, scratch: usize): void {
  const kind = load<u32>(column, KIND);
  if (kind == CELLS) rankByCells(column, input, out, scratch);
  else {
    for (const end = out + TILE_ROWS; out < end; out += 4) {
      const x = v128.load(input);
      let rank = kind == COUNTED ? countBelow(column, x) : search(column, x, scratch);
      rank = v128.bitselect(v128.load32_splat(column, MISSING), rank, f32x4.ne(x, x));
      const words = i16x8.narrow_i32x4_s(rank, rank);
      v128.store32_lane(out, i8x16.narrow_i16x8_u(words, words), 0);
      input += 16;
    }
  }
}

function rankByCells(column: usize, input: usize, out: usize, scratch: usize): void {
  // once a column: the compiler does not know that the stores leave the descriptor alone
  const scale = v128.load32_splat(column, SCALE);
  const offset = v128.load32_splat(column, OFFSET);
  const last = v128.load32_splat(column, LAST);
  const base = tableBase(column, 4);
  for (const end = out + TILE_ROWS; out < end; out += 8) {
    const a = fourByCells(input, scale, offset, last, base, scratch);
    const b = fourByCells(input + 16, scale, offset, last, base, scratch + 16);
    const words = i16x8.narrow_i32x4_s(a, b);
    v128.store64_lane(out, i8x16.narrow_i16x8_u(words, words), 0);
    input += 32;
  }
}

/**
 * The table entries of the cells that four values fall into, as addresses. The cell is a monotone function, so only the thresholds of
 * its own cell need comparing with a value. NaN passes both clamps, and as an integer is above them: it gets a cell of its own.
 */
// @ts-ignore: decorator
@inline
function entriesOf(
  x: v128,
  scale: v128,
  offset: v128,
  last: v128,
  base: v128,
  shift: i32,
): v128 {
  const at = f32x4.add(f32x4.mul(x, scale), offset);
  const clamped = f32x4.pmin(f32x4.pmax(at, f32x4.splat(INTEGERS)), last);
  const cell = i32x4.min_u(clamped, i32x4.add(last, i32x4.splat(1)));
  return i32x4.add(i32x4.shl(cell, shift), base);
}

/** The address of a table of entries of `2^shift` bytes, less what the bits of 2^23 add to it. */
// @ts-ignore: decorator
@inline
function tableBase(column: usize, shift: i32): v128 {
  return i32x4.splat(load<i32>(column, TABLE) - (INTEGER_BITS << shift));
}

/** A table entry is the thresholds of a cell, three of them, and the rank of the cell. */
// @ts-ignore: decorator
@inline
function fourByCells(
  input: usize,
  scale: v128,
  offset: v128,
  last: v128,
  base: v128,
  scratch: usize,
): v128 {
  const x = v128.load(input);
  // through memory: taking lanes out of a vector is slower
  v128.store(scratch, entriesOf(x, scale, offset, last, base, 4));
  const a = v128.load(load<u32>(scratch));
  const b = v128.load(load<u32>(scratch, 4));
  const c = v128.load(load<u32>(scratch, 8));
  const d = v128.load(load<u32>(scratch, 12));
  const abLow = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cdLow = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  const cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  const first = f32x4.gt(x, v128.shuffle<i64>(abLow, cdLow, 0, 2));
  const second = f32x4.gt(x, v128.shuffle<i64>(abLow, cdLow, 1, 3));
  const third = f32x4.gt(x, v128.shuffle<i64>(abHigh, cdHigh, 0, 2));
  const rank = v128.shuffle<i64>(abHigh, cdHigh, 1, 3);
  return i32x4.sub(i32x4.sub(rank, first), i32x4.add(second, third));
}

// @ts-ignore: decorator
@inline
function countBelow(column: usize, x: v128): v128 {
  let threshold = <usize>load<u32>(column, TABLE);
  let rank = i32x4.splat(0);
  for (const end = threshold + (<usize>load<u32>(column, COUNT) << 2); threshold < end; threshold += 4) {
    rank = i32x4.sub(rank, f32x4.gt(x, v128.load32_splat(threshold)));
  }
  return rank;
}

/** A table entry is the address of the first threshold that is not below the cell; the first one of all follows the table. */
// @ts-ignore: decorator
@inline
function search(column: usize, x: v128, scratch: usize): v128 {
  v128.store(scratch, searchEntries(column, x));
  const first = firstThreshold(column);
  let a = <usize>load<u32>(<usize>load<u32>(scratch));
  let b = <usize>load<u32>(<usize>load<u32>(scratch, 4));
  let c = <usize>load<u32>(<usize>load<u32>(scratch, 8));
  let d = <usize>load<u32>(<usize>load<u32>(scratch, 12));
  const w = f32x4.extract_lane(x, 0);
  const y = f32x4.extract_lane(x, 1);
  const z = f32x4.extract_lane(x, 2);
  const v = f32x4.extract_lane(x, 3);
  for (let step: usize = 2 << load<i32>(column, COUNT); step > 2; step >>= 1) {
    a += <usize>(w > load<f32>(a + step - 4)) * step;
    b += <usize>(y > load<f32>(b + step - 4)) * step;
    c += <usize>(z > load<f32>(c + step - 4)) * step;
    d += <usize>(v > load<f32>(d + step - 4)) * step;
  }
  let rank = i32x4.splat(<i32>a);
  rank = i32x4.replace_lane(rank, 1, <i32>b);
  rank = i32x4.replace_lane(rank, 2, <i32>c);
  rank = i32x4.replace_lane(rank, 3, <i32>d);
  return i32x4.shr_u(i32x4.sub(rank, i32x4.splat(<i32>first)), 2);
}

/**
 * The outcomes of the tests of a column for one row, a byte each, 1 where the row goes right, and of those that are binned with it; and up
 * to 15 bytes further, which belong to columns that follow.
 */
export function outcomesInto(column: usize, row: usize): void {
  const x = load<f32>(row + <usize>load<u32>(column, ROW_OFFSET));
  const one = i8x16.splat(1);
  let out = OUTCOMES + <usize>load<u32>(column, FIRST_TEST);
  if (load<u32>(column, KIND) == SETS) {
    let at = levelOf(column, x);
    for (const end = at + <usize>load<u32>(column, AT_ONCE); at < end; at++) {
      const bits = i8x16.eq(
        v128.and(
          v128.load8_splat(at),
          i8x16(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0),
        ),
        i8x16.splat(0),
      );
      v128.store(out, v128.andnot(one, bits));
      out += SET_TESTS;
    }
    return;
  }
  const rank = x != x ? load<i32>(column, MISSING) : rankOf(column, x);
  // signed bytes: SSE has no comparison of others
  const limit = i8x16.splat(<i8>(rank - 128));
  let test = i8x16(-128, -127, -126, -125, -124, -123, -122, -121, -120, -119, -118, -117, -116, -115, -114, -113);
  for (const end = out + <usize>load<u32>(column, TEST_COUNT); out < end; out += 16) {
    v128.store(out, v128.and(i8x16.lt_s(test, limit), one));
    test = i8x16.add(test, i8x16.splat(16));
  }
}

/** How many thresholds are below a value. */
function rankOf(column: usize, value: f32): i32 {
  const kind = load<u32>(column, KIND);
  const x = f32x4.splat(value);
  if (kind == COUNTED) return i32x4.extract_lane(countBelow(column, x), 0);
  if (kind == CELLS) {
    const scale = v128.load32_splat(column, SCALE);
    const offset = v128.load32_splat(column, OFFSET);
    const last = v128.load32_splat(column, LAST);
    const entry = <usize>i32x4.extract_lane(entriesOf(x, scale, offset, last, tableBase(column, 4), 4), 0);
    return load<i32>(entry, 12) + popcnt(i32x4.bitmask(f32x4.gt(x, v128.load(entry))) & 7);
  }
  const address = <usize>i32x4.extract_lane(searchEntries(column, x), 0);
  let at = <usize>load<u32>(address);
  const first = firstThreshold(column);
  for (let step: usize = 2 << load<i32>(column, COUNT); step > 2; step >>= 1) {
    at += <usize>(value > load<f32>(at + step - 4)) * step;
  }
  return <i32>((at - first) >> 2);
}

// @ts-ignore: decorator
@inline
function searchEntries(column: usize, x: v128): v128 {
  const scale = v128.load32_splat(column, SCALE);
  const offset = v128.load32_splat(column, OFFSET);
  const last = v128.load32_splat(column, LAST);
  return entriesOf(x, scale, offset, last, tableBase(column, 2), 2);
}

// @ts-ignore: decorator
@inline
export function firstThreshold(column: usize): usize {
  // the cell of NaN is one more
  const cellCount = <usize>(load<i32>(column, LAST) - INTEGER_BITS) + 2;
  return <usize>load<u32>(column, TABLE) + (cellCount << 2);
}

/** The bytes of the sets of a level. */
// @ts-ignore: decorator
@inline
export function levelOf(column: usize, x: f32): usize {
  const level = levelRow(x, load<u32>(column, COUNT));
  return <usize>load<u32>(column, TABLE) + level * <usize>load<u32>(column, LEVEL_BYTES);
}

/** The row of a set table: the code, or `levelCount` for what is no code, or `levelCount + 1` for missing. */
// @ts-ignore: decorator
@inline
export function levelRow(x: f32, levelCount: u32): usize {
  const code = <u32>x;
  const known = u32(<f32>code == x) & u32(code < levelCount);
  return known ? code : levelCount + u32(x != x);
}
