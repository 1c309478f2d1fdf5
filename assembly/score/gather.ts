import { TILE_ROWS } from './plan';

/** Four neighbouring features of the rows of a tile, from row-major to one after the other. */
export function gatherFeatures(rows: usize, stride: usize, out: usize): void {
  for (const end = out + 4 * TILE_ROWS; out < end; out += 16) {
    const a = v128.load(rows);
    const b = v128.load(rows + stride);
    const c = v128.load(rows + 2 * stride);
    const d = v128.load(rows + 3 * stride);
    const abLow = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
    const abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
    const cdLow = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
    const cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
    v128.store(out, v128.shuffle<i64>(abLow, cdLow, 0, 2));
    v128.store(out, v128.shuffle<i64>(abLow, cdLow, 1, 3), 4 * TILE_ROWS);
    v128.store(out, v128.shuffle<i64>(abHigh, cdHigh, 0, 2), 8 * TILE_ROWS);
    v128.store(out, v128.shuffle<i64>(abHigh, cdHigh, 1, 3), 12 * TILE_ROWS);
    rows += stride << 2;
  }
}
