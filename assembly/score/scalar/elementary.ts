/**
 * The exponential, the logarithm and the logistic function with the operations, and the order of operations, of
 * src/core/elementary.ts, so that the bits are the same.
 */

const LOG2_E: f64 = 1.4426950408889634;
const LN2_HIGH: f64 = 6.9314718036912381649e-1;
const LN2_LOW: f64 = 1.9082149292705877e-10;
const EXP_UNDERFLOW: f64 = -708.3964185322641;
/** far above what a float32 can be, and 2^k is still one double */
const EXP_HIGH: f64 = 709;
/** 1.5 * 2^52, where the last bit of a float64 is one, and the bias of its exponent */
const EXPONENT_SHIFT: f64 = 6755399441055744.0 + 1023.0;

/** e^x; above EXP_HIGH as there. */
export function exp(x: f64): f64 {
  if (x < EXP_UNDERFLOW) return 0;
  if (x > EXP_HIGH) x = EXP_HIGH;
  const shifted = x * LOG2_E + EXPONENT_SHIFT;
  const k = shifted - EXPONENT_SHIFT;
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  const r2 = r * r;
  const r4 = r2 * r2;
  const low = 1.0 / 2.0 + r * (1.0 / 6.0) + r2 * (1.0 / 24.0 + r * (1.0 / 120.0));
  const middle = 1.0 / 720.0 + r * (1.0 / 5040.0) + r2 * (1.0 / 40320.0 + r * (1.0 / 362880.0));
  const high = 1.0 / 3628800.0 + r * (1.0 / 39916800.0) + r2 * (1.0 / 479001600.0 + r * (1.0 / 6227020800.0));
  const p = 1 + (r + r2 * (low + r4 * (middle + r4 * high)));
  // the last bits are those of k + 1023, the exponent of 2^k, and the shift drops the others
  return p * reinterpret<f64>(reinterpret<i64>(shifted) << 52);
}

/** The natural logarithm of a positive, finite number that is not subnormal. */
export function log(x: f64): f64 {
  const bits = reinterpret<i64>(x);
  let exponent = <f64>(<i32>(bits >> 52) - 1023);
  let m = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent += 1;
  }
  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  let p: f64 = 1.0 / 23.0;
  p = p * z + 1.0 / 21.0;
  p = p * z + 1.0 / 19.0;
  p = p * z + 1.0 / 17.0;
  p = p * z + 1.0 / 15.0;
  p = p * z + 1.0 / 13.0;
  p = p * z + 1.0 / 11.0;
  p = p * z + 1.0 / 9.0;
  p = p * z + 1.0 / 7.0;
  p = p * z + 1.0 / 5.0;
  p = p * z + 1.0 / 3.0;
  const tail = p * z * s * 2;
  return exponent * LN2_HIGH + (2 * s + (tail + exponent * LN2_LOW));
}

/** The logistic function. */
export function sigmoid(x: f64): f64 {
  const e = exp(-abs(x));
  return (x < 0 ? e : 1) / (1 + e);
}
