import { log } from '../../core/elementary.js';

const HALF_LOG_TWO_PI = 0.9189385332046727;
// below this the argument is shifted up, so that the series converges to the last bits
const SERIES_FROM = 12;

/**
 * The logarithm of the gamma function for x > 0, by Stirling's series (NIST DLMF 5.11.1) after shifting small arguments
 * up with Γ(x + 1) = x Γ(x). Absolute error below 1e-14 max(1, result).
 */
export function logGamma(x: number): number {
  let shift = 1;
  let at = x;
  for (; at < SERIES_FROM; at++) shift *= at;
  const inverse = 1 / at;
  const square = inverse * inverse;
  let series = 1 / 156;
  series = series * square - 691 / 360360;
  series = series * square + 1 / 1188;
  series = series * square - 1 / 1680;
  series = series * square + 1 / 1260;
  series = series * square - 1 / 360;
  series = series * square + 1 / 12;
  return (at - 0.5) * log(at) - at + HALF_LOG_TWO_PI + series * inverse - log(shift);
}

/** The logarithm of the number of ways to choose k out of n; integers with 0 <= k <= n. */
export function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}
