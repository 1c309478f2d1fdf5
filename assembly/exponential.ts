/** The exponential of src/core/elementary.ts on two lanes, operation by operation, so that the bits are the same. */

const LOG2_E: f64 = 1.4426950408889634;
export const LN2_HIGH: f64 = 6.9314718036912381649e-1;
export const LN2_LOW: f64 = 1.9082149292705877e-10;
/** below, the result is 0 */
export const EXP_UNDERFLOW: f64 = -708.3964185322641;
/** far above what a float32 can be, and 2^k is still one double */
export const EXP_HIGH: f64 = 709;
/** 1.5 * 2^52, where the last bit of a float64 is one, and the bias of its exponent */
const EXPONENT_SHIFT: f64 = 6755399441055744.0 + 1023.0;

/** e^x from EXP_UNDERFLOW, where 2^k is a normal number, to EXP_HIGH, so that one factor does for 2^k. */
// @ts-ignore: decorator
@inline
export function expInRange(x: v128): v128 {
  const shifted = f64x2.add(f64x2.mul(x, f64x2.splat(LOG2_E)), f64x2.splat(EXPONENT_SHIFT));
  const k = f64x2.sub(shifted, f64x2.splat(EXPONENT_SHIFT));
  const r = f64x2.sub(
    f64x2.sub(x, f64x2.mul(k, f64x2.splat(LN2_HIGH))),
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
  return f64x2.mul(p, power);
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
