const ODD: u64 = 0x5555555555555555;
const UPPER: u64 = 0x3333333333333333;
const LOWER: u64 = 0x0f0f0f0f0f0f0f0f;

/** `exchangeBits` of ../bits.ts for half a vector: four bits of 64 rows. */
// @ts-ignore: decorator
@inline
export function exchangeBits(a: u64, b: u64, c: u64, d: u64, out: usize, stride: usize): void {
  let t = ((a >> 1) ^ b) & ODD;
  b ^= t;
  a ^= t << 1;
  t = ((c >> 1) ^ d) & ODD;
  d ^= t;
  c ^= t << 1;
  t = ((a >> 2) ^ c) & UPPER;
  store<u64>(out + 2 * stride, c ^ t);
  store<u64>(out, a ^ (t << 2));
  t = ((b >> 2) ^ d) & UPPER;
  store<u64>(out + 3 * stride, d ^ t);
  store<u64>(out + stride, b ^ (t << 2));
}

/**
 * From the planes of eight bits of 64 rows to a byte a row. Bit p of byte k of a plane goes to byte k of the word that is 16 p bytes
 * from `out`.
 */
// @ts-ignore: decorator
@inline
export function exchangeEight(
  a: u64,
  b: u64,
  c: u64,
  d: u64,
  e: u64,
  f: u64,
  g: u64,
  h: u64,
  out: usize,
): void {
  let t = ((a >> 4) ^ e) & LOWER;
  e ^= t;
  a ^= t << 4;
  t = ((b >> 4) ^ f) & LOWER;
  f ^= t;
  b ^= t << 4;
  t = ((c >> 4) ^ g) & LOWER;
  g ^= t;
  c ^= t << 4;
  t = ((d >> 4) ^ h) & LOWER;
  h ^= t;
  d ^= t << 4;
  exchangeBits(a, b, c, d, out, 16);
  exchangeBits(e, f, g, h, out + 64, 16);
}
