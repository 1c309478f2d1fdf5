import { PLANE_BYTES, TILE_ROWS } from '../plan';
import { exchangeEight } from './bits';

/**
 * From the boundaries of a segment to a code of a byte a row, in the order of the rows: the p-th Gray code of a row that is beyond the
 * first p of them, as in ../codes.ts.
 * @param planes - up to 255 (IN)
 * @param codes - TILE_ROWS bytes (OUT)
 */
export function segmentCodes(planes: usize, slots: i32, codes: usize): void {
  for (let word: usize = 0; word < PLANE_BYTES; word += 8) {
    let at = planes + word;
    let a: u64 = 0;
    let b: u64 = 0;
    let c: u64 = 0;
    let d: u64 = 0;
    let e: u64 = 0;
    let f: u64 = 0;
    let g: u64 = 0;
    let h: u64 = 0;
    let left = slots;
    for (let next = 4; left > 3; next += 4, left -= 4) {
      a ^= load<u64>(at) ^ load<u64>(at, 2 * PLANE_BYTES);
      b ^= load<u64>(at, PLANE_BYTES);
      // the boundary whose number is a multiple of four changes a higher bit
      const fourth = load<u64>(at, 3 * PLANE_BYTES);
      if (next & 4) c ^= fourth;
      else if (next & 8) d ^= fourth;
      else if (next & 16) e ^= fourth;
      else if (next & 32) f ^= fourth;
      else if (next & 64) g ^= fourth;
      else h ^= fourth;
      at += 4 * PLANE_BYTES;
    }
    if (left > 0) a ^= load<u64>(at);
    if (left > 1) b ^= load<u64>(at, PLANE_BYTES);
    if (left > 2) a ^= load<u64>(at, 2 * PLANE_BYTES);
    exchangeEight(a, b, c, d, e, f, g, h, codes + codesOf(word));
  }
}

/**
 * Codes of symmetric trees, a byte a row: the number of the leaf, whose bits the tests are.
 * @param op - eight addresses a tree, u32: the planes of the tests, of the lowest bit first; two are free
 * @param codes - TILE_ROWS bytes a tree (OUT)
 */
export function symmetricCodes(op: usize, treeCount: i32, codes: usize): void {
  for (; treeCount > 0; treeCount--) {
    for (let word: usize = 0; word < PLANE_BYTES; word += 8) {
      exchangeEight(
        load<u64>(<usize>load<u32>(op) + word),
        load<u64>(<usize>load<u32>(op, 4) + word),
        load<u64>(<usize>load<u32>(op, 8) + word),
        load<u64>(<usize>load<u32>(op, 12) + word),
        load<u64>(<usize>load<u32>(op, 16) + word),
        load<u64>(<usize>load<u32>(op, 20) + word),
        0,
        0,
        codes + codesOf(word),
      );
    }
    op += 32;
    codes += TILE_ROWS;
  }
}

/** The first row of a word of a plane: a half of a tile is 128 rows, and each second eight of them are in a word. */
// @ts-ignore: decorator
@inline
function codesOf(word: usize): usize {
  return ((word & 16) << 3) + (word & 8);
}
