const LOG2_E: f64 = 1.4426950408889634;
const LN2_HIGH: f64 = 6.9314718036912381649e-1;
const LN2_LOW: f64 = 1.90821492927058770002e-10;
const EXP_UNDERFLOW: f64 = -708.3964185322641;
/** 1.5 * 2^52, where the last bit of a float64 is one, and the bias of its exponent */
const EXPONENT_SHIFT: f64 = 6755399441055744.0 + 1023.0;

/** e^x for x <= 0: `exp` of src/core/elementary.ts, operation by operation. */
// @ts-ignore: decorator
@inline
export function expNegative(x: v128): v128 {
  const k = f64x2.floor(f64x2.add(f64x2.mul(x, f64x2.splat(LOG2_E)), f64x2.splat(0.5)));
  const high = f64x2.sub(x, f64x2.mul(k, f64x2.splat(LN2_HIGH)));
  const r = f64x2.sub(high, f64x2.mul(k, f64x2.splat(LN2_LOW)));
  let p = f64x2.splat(1.0 / 6227020800.0);
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 479001600.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 39916800.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 3628800.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 362880.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 40320.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 5040.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 720.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 120.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 24.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.0 / 6.0));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(0.5));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1));
  // the sum's last bits are those of k + 1023, the biased exponent, and the shift drops the others
  const power = i64x2.shl(f64x2.add(k, f64x2.splat(EXPONENT_SHIFT)), 52);
  // 2^k is a normal number down to the underflow, so that one product does the two of the twin: the first of those is exact
  return v128.andnot(f64x2.mul(p, power), f64x2.lt(x, f64x2.splat(EXP_UNDERFLOW)));
}
