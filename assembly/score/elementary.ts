/**
 * The exponential and the logarithm on two lanes with the operations, and the order of operations, of src/core/elementary.ts, so
 * that the bits are the same.
 */

const LOG2_E: f64 = 1.4426950408889634;
const LN2_HIGH: f64 = 6.9314718036912381649e-1;
const LN2_LOW: f64 = 1.9082149292705877e-10;
const EXP_UNDERFLOW: f64 = -708.3964185322641;
/** far above what a float32 can be, and 2^k is still one double */
export const EXP_HIGH: f64 = 709;
/** 1.5 * 2^52, where the last bit of a float64 is one, and the bias of its exponent */
const EXPONENT_SHIFT: f64 = 6755399441055744.0 + 1023.0;
/** 2^52: an integer in its low bits is added to it */
const INTEGERS: f64 = 4503599627370496;

/** e^x of two lanes of at most EXP_HIGH, so that one factor does for 2^k. Not inlined: its calls overlap, and one copy is short. */
export function expOf(x: v128): v128 {
  const clamped = f64x2.max(x, f64x2.splat(EXP_UNDERFLOW));
  const shifted = f64x2.add(f64x2.mul(clamped, f64x2.splat(LOG2_E)), f64x2.splat(EXPONENT_SHIFT));
  const k = f64x2.sub(shifted, f64x2.splat(EXPONENT_SHIFT));
  const r = f64x2.sub(
    f64x2.sub(clamped, f64x2.mul(k, f64x2.splat(LN2_HIGH))),
    f64x2.mul(k, f64x2.splat(LN2_LOW)),
  );
  const r2 = f64x2.mul(r, r);
  const r4 = f64x2.mul(r2, r2);
  const low = four(r, r2, 1.0 / 2.0, 1.0 / 6.0, 1.0 / 24.0, 1.0 / 120.0);
  const middle = four(r, r2, 1.0 / 720.0, 1.0 / 5040.0, 1.0 / 40320.0, 1.0 / 362880.0);
  const high = four(r, r2, 1.0 / 3628800.0, 1.0 / 39916800.0, 1.0 / 479001600.0, 1.0 / 6227020800.0);
  const tail = f64x2.add(low, f64x2.mul(r4, f64x2.add(middle, f64x2.mul(r4, high))));
  const p = f64x2.add(f64x2.splat(1), f64x2.add(r, f64x2.mul(r2, tail)));
  // the last bits are those of k + 1023, the exponent of 2^k, and the shift drops the others
  const power = i64x2.shl(shifted, 52);
  const result = f64x2.mul(p, power);
  return v128.andnot(result, f64x2.lt(x, f64x2.splat(EXP_UNDERFLOW)));
}

/** A polynomial of four coefficients, in two parts. */
// @ts-ignore: decorator
@inline
function four(r: v128, r2: v128, a: f64, b: f64, c: f64, d: f64): v128 {
  return f64x2.add(line(r, a, b), f64x2.mul(r2, line(r, c, d)));
}

// @ts-ignore: decorator
@inline
function line(r: v128, a: f64, b: f64): v128 {
  return f64x2.add(f64x2.splat(a), f64x2.mul(r, f64x2.splat(b)));
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
