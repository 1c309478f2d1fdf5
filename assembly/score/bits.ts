/**
 * Four bits of 128 rows, from a nibble a row to a plane a bit and back.
 *
 * Vector v of the nibbles holds row 16 v + k in the low half of its byte k, and row 64 + 16 v + k in the high half. Plane v of the
 * bits holds bit v of all rows: row 16 p + k is bit p of its byte k. Both are a matrix of (v, two low bits of the position), and one
 * is the other with these exchanged, so the way back is the same. Hacker's Delight, 7-3.
 */
// @ts-ignore: decorator
@inline
export function exchangeBits(a: v128, b: v128, c: v128, d: v128, out: usize, stride: usize): void {
  const odd = i8x16.splat(0x55);
  let t = v128.and(v128.xor(i16x8.shr_u(a, 1), b), odd);
  b = v128.xor(b, t);
  a = v128.xor(a, i16x8.shl(t, 1));
  t = v128.and(v128.xor(i16x8.shr_u(c, 1), d), odd);
  d = v128.xor(d, t);
  c = v128.xor(c, i16x8.shl(t, 1));
  const upper = i8x16.splat(0x33);
  t = v128.and(v128.xor(i16x8.shr_u(a, 2), c), upper);
  v128.store(out + 2 * stride, v128.xor(c, t));
  v128.store(out, v128.xor(a, i16x8.shl(t, 2)));
  t = v128.and(v128.xor(i16x8.shr_u(b, 2), d), upper);
  v128.store(out + 3 * stride, v128.xor(d, t));
  v128.store(out + stride, v128.xor(b, i16x8.shl(t, 2)));
}
