import { exchangeBits } from './bits';
import { CODE_BYTES, PLANE_BYTES, SLOTS } from './plan';

/**
 * From boundaries to a code of four bits a row. A piece is up to 15 neighbouring boundaries of a tree: a row that is beyond the
 * first p of them gets the p-th Gray code, so each boundary changes one bit, and a bit is the sum, modulo 2, of its boundaries.
 * @param planes - SLOTS planes a piece (IN)
 * @param codes - CODE_BYTES a piece: vectors of 16 bytes with two codes each, see exchangeBits (OUT)
 * @param slots - how many of the planes there are: 15, 7 or 3
 */
export function pieceCodes(planes: usize, codes: usize, slots: i32): void {
  if (slots == 15) {
    fifteen(planes, codes);
    fifteen(planes + 16, codes + 64);
  } else {
    few(planes, codes, slots);
    few(planes + 16, codes + 64, slots);
  }
}

// @ts-ignore: decorator
@inline
function plane(planes: usize, boundary: usize): v128 {
  return v128.load(planes + (boundary - 1) * PLANE_BYTES);
}

function fifteen(planes: usize, codes: usize): void {
  const a = v128.xor(
    v128.xor(
      v128.xor(plane(planes, 1), plane(planes, 3)),
      v128.xor(plane(planes, 5), plane(planes, 7)),
    ),
    v128.xor(
      v128.xor(plane(planes, 9), plane(planes, 11)),
      v128.xor(plane(planes, 13), plane(planes, 15)),
    ),
  );
  const b = v128.xor(
    v128.xor(plane(planes, 2), plane(planes, 6)),
    v128.xor(plane(planes, 10), plane(planes, 14)),
  );
  const c = v128.xor(plane(planes, 4), plane(planes, 12));
  exchangeBits(a, b, c, plane(planes, 8), codes, 16);
}

function few(planes: usize, codes: usize, slots: i32): void {
  let a = v128.xor(plane(planes, 1), plane(planes, 3));
  let b = plane(planes, 2);
  let c = i8x16.splat(0);
  if (slots == 7) {
    a = v128.xor(a, v128.xor(plane(planes, 5), plane(planes, 7)));
    b = v128.xor(b, plane(planes, 6));
    c = plane(planes, 4);
  }
  exchangeBits(a, b, c, i8x16.splat(0), codes, 16);
}
