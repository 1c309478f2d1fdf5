import { AT_ONCE, COUNT, LEVEL_BYTES, TABLE } from './bin';
import { TILE_ROWS } from './plan';

/** for as many columns as this it does not pay to turn rows into columns */
export const FEW: usize = 3;
const VECTOR: usize = 16;
const MATRIX: usize = 16 * VECTOR;

/**
 * The bytes of sets of one feature of a tile, for up to 16 columns at once: TILE_ROWS bytes a column, one after the other. A table has a
 * row for each level with the bytes of all columns.
 * @param column - the first of the columns
 * @param input - float32, one row of the tile after the other
 * @param out - room for 16 columns
 * @param scratch - a word a row of the tile, and 32 vectors
 */
export function lookUpSets(column: usize, input: usize, out: usize, scratch: usize): void {
  const end = scratch + 4 * TILE_ROWS;
  const table = v128.load32_splat(column, TABLE);
  const stride = v128.load32_splat(column, LEVEL_BYTES);
  const levelCount = v128.load32_splat(column, COUNT);
  for (let at = scratch; at < end; at += VECTOR) {
    const x = v128.load(input);
    const code = i32x4.trunc_sat_f32x4_s(x);
    const isKnown = v128.and(f32x4.eq(f32x4.convert_i32x4_s(code), x), i32x4.lt_u(code, levelCount));
    const level = v128.bitselect(code, i32x4.sub(levelCount, f32x4.ne(x, x)), isKnown);
    v128.store(at, i32x4.add(i32x4.mul(level, stride), table));
    input += VECTOR;
  }
  const count = <usize>load<u32>(column, AT_ONCE);
  if (count > FEW) turnSets(scratch, end, out);
  else copySets(scratch, end, out, count);
}

/** A byte at a time. */
export function copySets(rows: usize, end: usize, out: usize, count: usize): void {
  for (let column: usize = 0; column < count; column++) {
    for (let at = rows; at < end; at += 4) store<u8>(out++, load<u8>(<usize>load<u32>(at) + column));
  }
}

/**
 * 16 rows of 16 bytes at a time, as a matrix that is turned: four times the first half of the rows is interleaved with the second one,
 * which moves a bit of the row's number to that of the column and one back.
 */
function turnSets(rows: usize, end: usize, out: usize): void {
  for (let at = rows; at < end; at += 64) {
    for (let row: usize = 0; row < 16; row++) {
      v128.store(end + row * VECTOR, v128.load(<usize>load<u32>(at + 4 * row)));
    }
    interleave(end, end + MATRIX, VECTOR);
    interleave(end + MATRIX, end, VECTOR);
    interleave(end, end + MATRIX, VECTOR);
    interleave(end + MATRIX, out, TILE_ROWS);
    out += VECTOR;
  }
}

function interleave(from: usize, to: usize, stride: usize): void {
  for (const half = from + MATRIX / 2; from < half; from += VECTOR) {
    const a = v128.load(from);
    const b = v128.load(from, MATRIX / 2);
    v128.store(to, v128.shuffle<u8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
    v128.store(
      to + stride,
      v128.shuffle<u8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31),
    );
    to += 2 * stride;
  }
}
