const SIGN_OFF: i32 = 0x7fffffff;

/**
 * The range of the pairs of some rows. Numbers >= 0 are in the order of their bits, and NaN is above them all.
 * @param out - float32: greatest |gradient|, greatest hessian, least |gradient|, least hessian; the greatest is NaN where one is (OUT)
 */
export function gradientRange(indices: usize, count: usize, gradients: usize, out: usize): void {
  let greatest = i32x4.splat(0);
  let least = i32x4.splat(SIGN_OFF);
  for (let end = indices + (count << 2); indices < end; indices += 4) {
    const pair = v128.load64_zero(gradients + (<usize>load<u32>(indices) << 3));
    const size = v128.and(pair, i32x4.splat(SIGN_OFF));
    greatest = i32x4.max_s(greatest, size);
    least = i32x4.min_s(least, size);
  }
  v128.store(out, v128.shuffle<i32>(greatest, least, 0, 1, 4, 5));
}

/**
 * Rounds pairs to multiples of their scales, down or up, at random by how near they are. The draw of a number is a hash of its
 * place, so that it is the same however rows are shared out.
 * @param gradients - a float32 pair a row, changed
 * @param key - what the places are counted from: the draws of a round
 * @param chance - 1; 0 for hessians that are all the scale itself, which stay as they are
 */
export function roundGradients(
  gradients: usize,
  rowCount: usize,
  key: i32,
  gradientScale: f64,
  hessianScale: f64,
  chance: f64,
): void {
  const scales = f64x2(gradientScale, hessianScale);
  const inverses = f64x2(1 / gradientScale, 1 / hessianScale);
  // a hash is 32 bits of a fraction
  const spread = f64x2(1.0 / 4294967296.0, chance / 4294967296.0);
  const middle = f64x2(0, (1 - chance) / 2);
  let places = i32x4.add(i32x4.splat(key), i32x4(0, 1, 2, 3));
  let left = rowCount;
  for (; left >= 2; left -= 2, gradients += 16) {
    const pairs = v128.load(gradients);
    const hashes = mixed(places);
    const first = rounded(pairs, hashes, inverses, spread, middle, scales);
    const swapped = v128.shuffle<f64>(pairs, pairs, 1, 0);
    const swappedHashes = v128.shuffle<f64>(hashes, hashes, 1, 0);
    const second = rounded(swapped, swappedHashes, inverses, spread, middle, scales);
    v128.store(gradients, v128.shuffle<f64>(first, second, 0, 2));
    places = i32x4.add(places, i32x4.splat(4));
  }
  if (left > 0) {
    const pair = v128.load64_zero(gradients);
    v128.store64_lane(
      gradients,
      rounded(pair, mixed(places), inverses, spread, middle, scales),
      0,
    );
  }
}

/** The first pair, rounded, as float32. */
// @ts-ignore: decorator
@inline
function rounded(
  pair: v128,
  hashes: v128,
  inverses: v128,
  spread: v128,
  middle: v128,
  scales: v128,
): v128 {
  const draw = f64x2.add(f64x2.mul(f64x2.convert_low_i32x4_u(hashes), spread), middle);
  const exact = f64x2.mul(f64x2.promote_low_f32x4(pair), inverses);
  return f32x4.demote_f64x2_zero(f64x2.mul(f64x2.floor(f64x2.add(exact, draw)), scales));
}

/** An integer hash in which each bit of the input decides over each of the output (`lowbias32`, Wellons 2018). */
// @ts-ignore: decorator
@inline
function mixed(x: v128): v128 {
  let bits = v128.xor(x, i32x4.shr_u(x, 16));
  bits = i32x4.mul(bits, i32x4.splat(0x7feb352d));
  bits = i32x4.mul(v128.xor(bits, i32x4.shr_u(bits, 15)), i32x4.splat(0x846ca68b));
  return v128.xor(bits, i32x4.shr_u(bits, 16));
}
