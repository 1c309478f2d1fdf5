import { exp, log } from '../../core/elementary.js';
import { logGamma } from './logGamma.js';

const PRECISION = 1e-16;
const MAX_TERMS = 100_000;
// stands in for a denominator of 0 in the continued fraction
const TINY = 1e-300;

/**
 * The probability that a χ² variable with `degreesOfFreedom` exceeds `statistic`: the p-value of a χ² test.
 * It is the regularised upper incomplete gamma function Q(degreesOfFreedom / 2, statistic / 2).
 * @param degreesOfFreedom - > 0
 * @returns in [0, 1]; relative error about 1e-13 down to 1e-300.
 */
export function chiSquareSurvival(statistic: number, degreesOfFreedom: number): number {
  if (statistic !== statistic) return NaN;
  if (statistic <= 0) return 1;
  if (statistic === Infinity) return 0;
  const a = degreesOfFreedom / 2;
  const x = statistic / 2;
  // x^a e^-x / Γ(a), the factor that both expansions share
  const factor = exp(a * log(x) - x - logGamma(a));
  // each expansion converges fast on its side of x = a + 1
  return x < a + 1 ? 1 - factor * lowerSeries(a, x) : factor * upperFraction(a, x);
}

/** γ(a, x) x^-a e^x = Σ x^n / (a (a + 1) ... (a + n)) (NIST DLMF 8.7.1). */
function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < MAX_TERMS && term > sum * PRECISION; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** Γ(a, x) x^-a e^x as a continued fraction (NIST DLMF 8.9.2), evaluated by Lentz's method. */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < MAX_TERMS; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / (numerator * d + b || TINY);
    c = b + numerator / c || TINY;
    const step = c * d;
    fraction *= step;
    if (Math.abs(step - 1) < PRECISION * 10) break;
  }
  return fraction;
}
