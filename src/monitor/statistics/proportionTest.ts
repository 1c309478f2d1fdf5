import { exp } from '../../core/elementary.js';
import { chiSquareSurvival } from './chiSquare.js';
import { logChoose } from './logGamma.js';

/** `hits` out of `rowCount` rows. */
export interface Proportion {
  hits: number;
  rowCount: number;
}

export type Alternative = 'different' | 'greater';

/** The least expected count at which the χ² approximation is trusted (Cochran 1954). */
export const MIN_EXPECTED = 5;

/**
 * Tests whether two samples have the same rate: χ² with one degree of freedom where all four expected counts are at
 * least {@link MIN_EXPECTED}, otherwise Fisher's exact test (two-sided: twice the smaller tail, at most 1).
 * @param alternative - `greater`: only a current rate above the reference's speaks against equality
 * @returns the p-value; 1 when a sample is empty or all rows are alike.
 */
export function proportionTest(
  current: Proportion,
  reference: Proportion,
  alternative: Alternative,
): number {
  const n = current.rowCount;
  const total = n + reference.rowCount;
  const hits = current.hits + reference.hits;
  const misses = total - hits;
  if (n === 0 || reference.rowCount === 0 || hits === 0 || misses === 0) return 1;
  const smallest = (Math.min(n, reference.rowCount) * Math.min(hits, misses)) / total;
  if (smallest < MIN_EXPECTED) {
    const upper = hypergeometricTail(current.hits, n, hits, total, 1);
    if (alternative === 'greater') return upper;
    return Math.min(1, 2 * Math.min(upper, hypergeometricTail(current.hits, n, hits, total, -1)));
  }
  const excess = current.hits - (n * hits) / total;
  const variance = (((n * hits) / total) * (misses / total) * reference.rowCount) / total;
  const twoSided = chiSquareSurvival((excess * excess) / variance, 1);
  if (alternative === 'different') return twoSided;
  return excess > 0 ? twoSided / 2 : 1 - twoSided / 2;
}

/**
 * The probability of `k` or more (direction 1) or `k` or fewer (direction -1) hits among `drawn` rows out of `total`, of
 * which `hits` are hits. What is more likely than not is 1 less the other tail: between `k` and the mode the terms grow, from
 * nothing that float64 can hold to all there is.
 */
function hypergeometricTail(
  k: number,
  drawn: number,
  hits: number,
  total: number,
  direction: 1 | -1,
): number {
  const mean = (drawn * hits) / total;
  return (k - mean) * direction > 0
    ? outerTail(k, drawn, hits, total, direction)
    : 1 - outerTail(k - direction, drawn, hits, total, direction === 1 ? -1 : 1);
}

/** {@link hypergeometricTail} away from the mean: terms shrink, so the sum ends where they no longer count. */
function outerTail(
  k: number,
  drawn: number,
  hits: number,
  total: number,
  direction: 1 | -1,
): number {
  const last = direction === 1 ? Math.min(hits, drawn) : Math.max(0, drawn + hits - total);
  if ((last - k) * direction < 0) return 0;
  let term = exp(logChoose(hits, k) + logChoose(total - hits, drawn - k) - logChoose(total, drawn));
  let sum = term;
  for (let i = k; i !== last && term > sum * 1e-17; i += direction) {
    const up = direction === 1 ? i : i - 1;
    // P(up + 1) / P(up)
    const ratio = ((hits - up) * (drawn - up)) / ((up + 1) * (total - hits - drawn + up + 1));
    term *= direction === 1 ? ratio : 1 / ratio;
    sum += term;
  }
  return Math.min(1, sum);
}
