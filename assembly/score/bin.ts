import { TILE_ROWS } from './plan';

/**
 * A column descriptor, 48 bytes: kind (0 ranks, 1 sets), byte offset of the feature in a row, table, thresholds, steps or level
 * count (u32 each), then scale, offset, last cell (f32) and the byte of missing (i32).
 */
export const COLUMN_BYTES: usize = 48;

/** Bins one feature of a tile into bytes, one a row. */
export function binColumn(column: usize, rows: usize, stride: usize, out: usize): void {
  const input = rows + <usize>load<u32>(column, 4);
  if (load<u32>(column) == 1) lookUpSets(column, input, stride, out);
  else if (load<u32>(column, 16) == 1) rankInOneStep(column, input, stride, out);
  else rankInSteps(column, input, stride, out);
}

/** One feature of four rows. */
// @ts-ignore: decorator
@inline
function gatherRows(input: usize, stride: usize): v128 {
  let x = v128.load32_zero(input);
  x = v128.load_lane<f32>(input + stride, x, 1);
  x = v128.load_lane<f32>(input + 2 * stride, x, 2);
  return v128.load_lane<f32>(input + 3 * stride, x, 3);
}

/**
 * The cells that four values fall into: a monotone function, so only the thresholds of its own cell need comparing with a value.
 * NaN falls into cell 0. Adding 2^23 leaves the integer in the low bits.
 */
// @ts-ignore: decorator
@inline
function cellsOf(x: v128, scale: v128, offset: v128, last: v128): v128 {
  const at = f32x4.add(f32x4.mul(x, scale), offset);
  const clamped = f32x4.pmin(last, f32x4.pmax(f32x4.splat(0), at));
  return i32x4.sub(f32x4.add(clamped, f32x4.splat(8388608)), i32x4.splat(0x4b000000));
}

/** Four ranks where no cell holds more than one threshold. A table entry is that threshold and the rank of the cell. */
// @ts-ignore: decorator
@inline
function fourInOneStep(
  input: usize,
  stride: usize,
  table: usize,
  scale: v128,
  offset: v128,
  last: v128,
  missing: v128,
): v128 {
  const x = gatherRows(input, stride);
  const cell = cellsOf(x, scale, offset, last);
  let a = v128.load64_zero(table + (<usize>i32x4.extract_lane(cell, 0) << 3));
  a = v128.load_lane<i64>(table + (<usize>i32x4.extract_lane(cell, 1) << 3), a, 1);
  let b = v128.load64_zero(table + (<usize>i32x4.extract_lane(cell, 2) << 3));
  b = v128.load_lane<i64>(table + (<usize>i32x4.extract_lane(cell, 3) << 3), b, 1);
  const threshold = v128.shuffle<i32>(a, b, 0, 2, 4, 6);
  const rank = v128.shuffle<i32>(a, b, 1, 3, 5, 7);
  const byte = i32x4.sub(rank, f32x4.gt(x, threshold));
  return v128.bitselect(missing, byte, f32x4.ne(x, x));
}

function rankInOneStep(column: usize, start: usize, stride: usize, out: usize): void {
  const table = <usize>load<u32>(column, 8);
  const scale = v128.load32_splat(column, 20);
  const offset = v128.load32_splat(column, 24);
  const last = v128.load32_splat(column, 28);
  const missing = v128.load32_splat(column, 32);
  let input = start;
  for (const end = out + TILE_ROWS; out < end; out += 4) {
    store4(out, fourInOneStep(input, stride, table, scale, offset, last, missing));
    input += stride << 2;
  }
}

/** Four ranks by binary search from the rank of the cell on, `first` being the widest step. */
// @ts-ignore: decorator
@inline
function fourInSteps(
  input: usize,
  stride: usize,
  table: usize,
  thresholds: usize,
  first: i32,
  scale: v128,
  offset: v128,
  last: v128,
  missing: v128,
): v128 {
  const x = gatherRows(input, stride);
  const cell = cellsOf(x, scale, offset, last);
  let rank = v128.load32_zero(table + (<usize>i32x4.extract_lane(cell, 0) << 3), 4);
  rank = v128.load_lane<i32>(table + (<usize>i32x4.extract_lane(cell, 1) << 3), rank, 1, 4);
  rank = v128.load_lane<i32>(table + (<usize>i32x4.extract_lane(cell, 2) << 3), rank, 2, 4);
  rank = v128.load_lane<i32>(table + (<usize>i32x4.extract_lane(cell, 3) << 3), rank, 3, 4);
  for (let step = first; step > 0; step >>= 1) {
    // ranks start at -127, see the host
    const base = thresholds + (<usize>(step + 126) << 2);
    let t = v128.load32_zero(base + (<usize>i32x4.extract_lane(rank, 0) << 2));
    t = v128.load_lane<f32>(base + (<usize>i32x4.extract_lane(rank, 1) << 2), t, 1);
    t = v128.load_lane<f32>(base + (<usize>i32x4.extract_lane(rank, 2) << 2), t, 2);
    t = v128.load_lane<f32>(base + (<usize>i32x4.extract_lane(rank, 3) << 2), t, 3);
    rank = i32x4.add(rank, v128.and(f32x4.gt(x, t), i32x4.splat(step)));
  }
  return v128.bitselect(missing, rank, f32x4.ne(x, x));
}

function rankInSteps(column: usize, start: usize, stride: usize, out: usize): void {
  const table = <usize>load<u32>(column, 8);
  const thresholds = <usize>load<u32>(column, 12);
  const first = 1 << (load<i32>(column, 16) - 1);
  const scale = v128.load32_splat(column, 20);
  const offset = v128.load32_splat(column, 24);
  const last = v128.load32_splat(column, 28);
  const missing = v128.load32_splat(column, 32);
  let input = start;
  for (const end = out + TILE_ROWS; out < end; out += 4) {
    store4(
      out,
      fourInSteps(input, stride, table, thresholds, first, scale, offset, last, missing),
    );
    input += stride << 2;
  }
}

/** Stores the low bytes of four lanes. */
// @ts-ignore: decorator
@inline
function store4(out: usize, lanes: v128): void {
  const words = i16x8.narrow_i32x4_s(lanes, lanes);
  v128.store_lane<i32>(out, i8x16.narrow_i16x8_s(words, words), 0);
}

function lookUpSets(column: usize, start: usize, stride: usize, out: usize): void {
  const table = <usize>load<u32>(column, 8);
  const levelCount = load<u32>(column, 16);
  let input = start;
  for (const end = out + TILE_ROWS; out < end; out++) {
    store<u8>(out, load<u8>(table + levelRow(load<f32>(input), levelCount)));
    input += stride;
  }
}

/** The row of a set table: the code, or `levelCount` for what is no code, or `levelCount + 1` for missing. */
// @ts-ignore: decorator
@inline
export function levelRow(x: f32, levelCount: u32): usize {
  const code = <u32>x;
  const known = u32(<f32>code == x) & u32(code < levelCount);
  return known ? code : levelCount + u32(x != x);
}
