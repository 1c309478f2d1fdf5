import { SLOTS, TILE_ROWS } from '../plan';

/** the Gray code of the last of 16 leaves */
const LAST_CODE: usize = 8;

/**
 * Adds the leaves of the trees of a chunk to the sums of a tile, 16 bits a row.
 * @param codes - TILE_ROWS bytes for each segment of each tree
 * @param tables - a table for each of them; the bytes of the segments of a tree add up, modulo 256, to its leaf
 */
export function addLeaves(
  codes: usize,
  tables: usize,
  tableBytes: usize,
  treeCount: i32,
  segmentCount: i32,
  sums: usize,
): void {
  for (const end = codes + TILE_ROWS; codes < end; codes += 4) {
    let code = codes;
    let table = tables;
    let p: u32 = 0;
    let q: u32 = 0;
    let r: u32 = 0;
    let s: u32 = 0;
    if (segmentCount == 1) {
      for (let tree = treeCount; tree > 0; tree--) {
        p += load<u8>(table + <usize>load<u8>(code));
        q += load<u8>(table + <usize>load<u8>(code, 1));
        r += load<u8>(table + <usize>load<u8>(code, 2));
        s += load<u8>(table + <usize>load<u8>(code, 3));
        code += TILE_ROWS;
        table += tableBytes;
      }
    } else {
      // a chunk of its own, so there is one tree
      for (let segment = segmentCount; segment > 0; segment--) {
        p += load<u8>(table + <usize>load<u8>(code));
        q += load<u8>(table + <usize>load<u8>(code, 1));
        r += load<u8>(table + <usize>load<u8>(code, 2));
        s += load<u8>(table + <usize>load<u8>(code, 3));
        code += TILE_ROWS;
        table += tableBytes;
      }
      p &= 0xff;
      q &= 0xff;
      r &= 0xff;
      s &= 0xff;
    }
    store<u16>(sums, load<u16>(sums) + p);
    store<u16>(sums, load<u16>(sums, 2) + q, 2);
    store<u16>(sums, load<u16>(sums, 4) + r, 4);
    store<u16>(sums, load<u16>(sums, 6) + s, 6);
    sums += 8;
  }
}

/**
 * Makes a table of each segment out of those of its pieces: what a piece adds to the one before stands there from where that one ends.
 * @param out - tables of as many bytes as this returns, a power of two
 */
export function fillTables(
  pieces: usize,
  treeCount: i32,
  pieceCount: i32,
  segmentPieces: i32,
  out: usize,
): usize {
  let tableBytes: usize = 32;
  while (tableBytes <= SLOTS * <usize>min(pieceCount, segmentPieces)) tableBytes <<= 1;
  for (; treeCount > 0; treeCount--) {
    for (let left = pieceCount; left > 0; left -= segmentPieces) {
      let before = 0;
      let leaf: usize = 0;
      for (let piece = min(left, segmentPieces); piece > 0; piece--) {
        for (let code: usize = 0; code <= SLOTS; code++) {
          const value = before + load<u8>(pieces + grayOf(code));
          store<u8>(out + grayOf(leaf + code), value);
        }
        before += load<u8>(pieces + LAST_CODE);
        leaf += SLOTS;
        pieces += 16;
      }
      out += tableBytes;
    }
  }
  return tableBytes;
}

// @ts-ignore: decorator
@inline
function grayOf(number: usize): usize {
  return number ^ (number >> 1);
}
