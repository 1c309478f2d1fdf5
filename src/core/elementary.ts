/**
 * exp, log and the logistic function from additions, multiplications and divisions only.
 *
 * `Math.exp` and `Math.log` may differ in the last bit between engines; these give the same bits in every engine and
 * in the WebAssembly kernels, so that models and probabilities can be compared byte for byte. Error below 2 ulp.
 */

const LOG2_E = 1.4426950408889634;
// ln 2 in two parts: the first has trailing zeros, so k * LN2_HIGH is exact for |k| < 2^11 (Cody and Waite)
const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;
const EXP_OVERFLOW = 709.782712893384;
// below this the result would be subnormal; it is flushed to 0, which the kernels do too
const EXP_UNDERFLOW = -708.3964185322641;
// 1.5 * 2^52, where the last bit of a double is one, so that adding it rounds to an integer; and the bias of an exponent, as the kernels
// make 2^k of the last bits of that sum
const EXPONENT_SHIFT = 6755399441055744 + 1023;

const bits = new Int32Array(2);
const float = new Float64Array(bits.buffer);
/** 2^k for k in [-1022, 1023] */
const POWERS = Float64Array.from({ length: 2046 }, (_, i) => powerOfTwo(i - 1022));

/** e^x. NaN gives NaN; above 709.78 Infinity; below -708.39 exactly 0. */
export function exp(x: number): number {
  if (x !== x) return x;
  if (x > EXP_OVERFLOW) return Infinity;
  if (x < EXP_UNDERFLOW) return 0;
  const k = x * LOG2_E + EXPONENT_SHIFT - EXPONENT_SHIFT;
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  // Taylor to degree 13: |r| <= 0.347, so the remainder is below 5e-18. By parts that do not wait for each other, and 1 + r last.
  const r2 = r * r;
  const r4 = r2 * r2;
  const low = 1 / 2 + r * (1 / 6) + r2 * (1 / 24 + r * (1 / 120));
  const middle = 1 / 720 + r * (1 / 5040) + r2 * (1 / 40320 + r * (1 / 362880));
  const high = 1 / 3628800 + r * (1 / 39916800) + r2 * (1 / 479001600 + r * (1 / 6227020800));
  const p = 1 + (r + r2 * (low + r4 * (middle + r4 * high)));
  // k = 1024 has no double of its own; a table, as to build 2^k from its bits takes longer than the polynomial (measured)
  return k < 1024 ? p * POWERS[k + 1022]! : p * 2 * POWERS[k + 1021]!;
}

/** Natural logarithm. Negative or NaN gives NaN; 0 gives -Infinity; Infinity gives Infinity. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  let exponent = 0;
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984; // 2^54, out of the subnormals
    exponent = -54;
  }
  float[0] = x;
  exponent += (bits[1]! >>> 20) - 1023;
  bits[1] = (bits[1]! & 0x000fffff) | 0x3ff00000;
  let m = float[0]!;
  if (m > Math.SQRT2) {
    m /= 2;
    exponent++;
  }
  // log m = 2 atanh(s), |s| <= 0.172
  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  let p = 1 / 23;
  p = p * z + 1 / 21;
  p = p * z + 1 / 19;
  p = p * z + 1 / 17;
  p = p * z + 1 / 15;
  p = p * z + 1 / 13;
  p = p * z + 1 / 11;
  p = p * z + 1 / 9;
  p = p * z + 1 / 7;
  p = p * z + 1 / 5;
  p = p * z + 1 / 3;
  const tail = p * z * s * 2;
  return exponent * LN2_HIGH + (2 * s + (tail + exponent * LN2_LOW));
}

/** The logistic function 1 / (1 + e^-x), without overflow. */
export function sigmoid(x: number): number {
  const e = exp(-Math.abs(x));
  return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

/** The inverse of {@link sigmoid}: log-odds of a probability in (0, 1). */
export function logit(p: number): number {
  return log(p) - log(1 - p);
}

/** log(1 + e^x), without overflow: `-log(sigmoid(-x))`. */
export function softplus(x: number): number {
  return Math.max(x, 0) + log(1 + exp(-Math.abs(x)));
}

/** 2^k for k in [-1022, 1023]. */
function powerOfTwo(k: number): number {
  bits[0] = 0;
  bits[1] = (k + 1023) << 20;
  return float[0]!;
}
