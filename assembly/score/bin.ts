import { OUTCOMES, TILE_ROWS } from './plan';

/**
 * A column descriptor, 64 bytes. u32 each: kind, offset of the feature among the four gathered ones, byte offset of the feature in
 * a row, planes of its tests, number of tests (thresholds, or bits of a set), table, and a count (thresholds to compare with, search steps, or levels);
 * then rank of missing (i32), scale, offset and the last cell + 2^23 (f32), and the number of the first test in a row's outcomes (u32).
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

/** few thresholds: compare with each */
export const COUNTED: u32 = 0;
/** at most three thresholds a cell; missing has rank 0, or is above all, or is in between */
const CELLS_LOW: u32 = 1;
export const CELLS_HIGH: u32 = 2;
const CELLS_MIDDLE: u32 = 3;
/** a binary search from the cell on */
export const SEARCHED: u32 = 4;
/** a byte of sets a level */
export const SETS: u32 = 5;

/** 2^23: what is added to it is rounded to an integer, which stands in the low bits */
const INTEGERS: f32 = 8388608;
export const INTEGER_BITS: i32 = 0x4b000000;

/**
 * Ranks of one feature of a tile, a byte a row: how many thresholds are below the value; or the byte of sets of a level.
 * @param input - float32, one row after the other
 */
export function binColumn(column: usize, input: usize, out: usize, scratch: usize): void {
  const kind = load<u32>(column, KIND);
  if (kind == SETS) return lookUpSets(column, input, out);
  for (const end = out + TILE_ROWS; out < end; out += 16) {
    let a: v128, b: v128, c: v128, d: v128;
    if (kind == CELLS_HIGH) {
      a = fourByCells(column, input, true, scratch);
      b = fourByCells(column, input + 16, true, scratch);
      c = fourByCells(column, input + 32, true, scratch);
      d = fourByCells(column, input + 48, true, scratch);
    } else if (kind == CELLS_LOW) {
      a = fourByCells(column, input, false, scratch);
      b = fourByCells(column, input + 16, false, scratch);
      c = fourByCells(column, input + 32, false, scratch);
      d = fourByCells(column, input + 48, false, scratch);
    } else {
      a = fourSlowly(column, input, kind, scratch);
      b = fourSlowly(column, input + 16, kind, scratch);
      c = fourSlowly(column, input + 32, kind, scratch);
      d = fourSlowly(column, input + 48, kind, scratch);
    }
    v128.store(out, i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)));
    input += 64;
  }
}

/**
 * The cells that four values fall into, times 16, plus the table's address: a monotone function, so only the thresholds of its own
 * cell need comparing with a value. NaN falls into the first cell, or the last.
 */
// @ts-ignore: decorator
@inline
function cellsOf(column: usize, x: v128, isNanLast: bool, shift: i32): v128 {
  const at = f32x4.add(f32x4.mul(x, v128.load32_splat(column, SCALE)), v128.load32_splat(column, OFFSET));
  const last = v128.load32_splat(column, LAST);
  const first = f32x4.splat(INTEGERS);
  const clamped = isNanLast
    ? f32x4.pmax(first, f32x4.pmin(last, at))
    : f32x4.pmin(last, f32x4.pmax(first, at));
  return i32x4.add(i32x4.shl(clamped, shift), i32x4.splat(load<i32>(column, TABLE) - (INTEGER_BITS << shift)));
}

/** A table entry is the thresholds of a cell, three of them, and the rank of the cell. */
// @ts-ignore: decorator
@inline
function fourByCells(column: usize, input: usize, isMissingHigh: bool, scratch: usize): v128 {
  const x = v128.load(input);
  // through memory: taking lanes out of a vector is slower
  v128.store(scratch, cellsOf(column, x, isMissingHigh, 4));
  const a = v128.load(load<u32>(scratch));
  const b = v128.load(load<u32>(scratch, 4));
  const c = v128.load(load<u32>(scratch, 8));
  const d = v128.load(load<u32>(scratch, 12));
  const abLow = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cdLow = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  const cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  const first = v128.shuffle<i64>(abLow, cdLow, 0, 2);
  const second = v128.shuffle<i64>(abLow, cdLow, 1, 3);
  const third = v128.shuffle<i64>(abHigh, cdHigh, 0, 2);
  const rank = v128.shuffle<i64>(abHigh, cdHigh, 1, 3);
  if (isMissingHigh) {
    // what is not at most a threshold is above it, NaN too: the rank of the entry counts all three
    return i32x4.add(
      i32x4.add(rank, f32x4.le(x, first)),
      i32x4.add(f32x4.le(x, second), f32x4.le(x, third)),
    );
  }
  return i32x4.sub(
    i32x4.sub(rank, f32x4.gt(x, first)),
    i32x4.add(f32x4.gt(x, second), f32x4.gt(x, third)),
  );
}

function fourSlowly(column: usize, input: usize, kind: u32, scratch: usize): v128 {
  const x = v128.load(input);
  let rank: v128;
  if (kind == COUNTED) rank = countBelow(column, x);
  else if (kind == CELLS_MIDDLE) rank = fourByCells(column, input, false, scratch);
  else rank = search(column, x, scratch);
  return v128.bitselect(v128.load32_splat(column, MISSING), rank, f32x4.ne(x, x));
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

/** A table entry is the address of the first threshold that is not below the cell; the first one follows the table. */
// @ts-ignore: decorator
@inline
function search(column: usize, x: v128, scratch: usize): v128 {
  v128.store(scratch, cellsOf(column, x, false, 2));
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

function lookUpSets(column: usize, input: usize, out: usize): void {
  const table = <usize>load<u32>(column, TABLE);
  const levelCount = load<u32>(column, COUNT);
  for (const end = out + TILE_ROWS; out < end; out++) {
    store<u8>(out, load<u8>(table + levelRow(load<f32>(input), levelCount)));
    input += 4;
  }
}

/**
 * The outcomes of the tests of one column for one row, a byte each, 1 where the row goes right; and up to 15 bytes further, which
 * belong to columns that follow.
 */
export function outcomesInto(column: usize, row: usize): void {
  const x = load<f32>(row + <usize>load<u32>(column, ROW_OFFSET));
  const one = i8x16.splat(1);
  let out = OUTCOMES + <usize>load<u32>(column, FIRST_TEST);
  if (load<u32>(column, KIND) == SETS) {
    const level = levelRow(x, load<u32>(column, COUNT));
    const bits = i8x16.eq(
      v128.and(
        v128.load8_splat(<usize>load<u32>(column, TABLE) + level),
        i8x16(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0),
      ),
      i8x16.splat(0),
    );
    v128.store(out, v128.andnot(one, bits));
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
  const isSearched = kind == SEARCHED;
  const address = <usize>i32x4.extract_lane(cellsOf(column, x, false, isSearched ? 2 : 4), 0);
  if (!isSearched) {
    const above = i32x4.bitmask(f32x4.gt(x, v128.load(address))) & 7;
    const rank = load<i32>(address, 12) + popcnt(above);
    return kind == CELLS_HIGH ? rank - 3 : rank;
  }
  let at = <usize>load<u32>(address);
  const first = firstThreshold(column);
  for (let step: usize = 2 << load<i32>(column, COUNT); step > 2; step >>= 1) {
    at += <usize>(value > load<f32>(at + step - 4)) * step;
  }
  return <i32>((at - first) >> 2);
}

// @ts-ignore: decorator
@inline
export function firstThreshold(column: usize): usize {
  const cellCount = <usize>(load<i32>(column, LAST) - INTEGER_BITS) + 1;
  return <usize>load<u32>(column, TABLE) + (cellCount << 2);
}

/** The row of a set table: the code, or `levelCount` for what is no code, or `levelCount + 1` for missing. */
// @ts-ignore: decorator
@inline
export function levelRow(x: f32, levelCount: u32): usize {
  const code = <u32>x;
  const known = u32(<f32>code == x) & u32(code < levelCount);
  return known ? code : levelCount + u32(x != x);
}
