/** The exponential and the logarithm on two lanes with the operations, and the order of operations, of src/core/elementary.ts. */
import { EXP_UNDERFLOW, expInRange, LN2_HIGH, LN2_LOW } from '../exponential';

/** 2^52: an integer in its low bits is added to it */
const INTEGERS: f64 = 4503599627370496;

/** e^x of two lanes of at most EXP_HIGH. Not inlined: its calls overlap, and one copy is short. */
export function expOf(x: v128): v128 {
  const least = f64x2.splat(EXP_UNDERFLOW);
  return v128.andnot(expInRange(f64x2.max(x, least)), f64x2.lt(x, least));
}

// @ts-ignore: decorator
@inline
function step(p: v128, r: v128, coefficient: f64): v128 {
  return f64x2.add(f64x2.mul(p, r), f64x2.splat(coefficient));
}

/** The natural logarithm of positive, finite lanes that are not subnormal, as src/core/elementary.ts has it. */
export function logOf(x: v128): v128 {
  const one = f64x2.splat(1);
  const mantissa = v128.or(v128.and(x, i64x2.splat(0x000fffffffffffff)), one);
  const isHigh = f64x2.gt(mantissa, f64x2.splat(1.4142135623730951));
  const m = v128.bitselect(f64x2.mul(mantissa, f64x2.splat(0.5)), mantissa, isHigh);
  const biased = v128.or(i64x2.shr_u(x, 52), f64x2.splat(INTEGERS));
  const exponent = f64x2.add(
    f64x2.sub(biased, f64x2.splat(INTEGERS + 1023)),
    v128.and(isHigh, one),
  );
  const f = f64x2.sub(m, one);
  const s = f64x2.div(f, f64x2.add(f64x2.splat(2), f));
  const z = f64x2.mul(s, s);
  let p = f64x2.splat(1.0 / 23.0);
  p = step(p, z, 1.0 / 21.0);
  p = step(p, z, 1.0 / 19.0);
  p = step(p, z, 1.0 / 17.0);
  p = step(p, z, 1.0 / 15.0);
  p = step(p, z, 1.0 / 13.0);
  p = step(p, z, 1.0 / 11.0);
  p = step(p, z, 1.0 / 9.0);
  p = step(p, z, 1.0 / 7.0);
  p = step(p, z, 1.0 / 5.0);
  p = step(p, z, 1.0 / 3.0);
  const tail = f64x2.mul(f64x2.mul(f64x2.mul(p, z), s), f64x2.splat(2));
  return f64x2.add(
    f64x2.mul(exponent, f64x2.splat(LN2_HIGH)),
    f64x2.add(
      f64x2.add(s, s),
      f64x2.add(tail, f64x2.mul(exponent, f64x2.splat(LN2_LOW))),
    ),
  );
}
