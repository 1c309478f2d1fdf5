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
 * which `hits` are hits. Terms shrink away from the mode, so the sum ends where they no longer count.
 */
function hypergeometricTail(
  k: number,
  drawn: number,
  hits: number,
  total: number,
  direction: 1 | -1,
): number {
  const last = direction === 1 ? Math.min(hits, drawn) : Math.max(0, drawn + hits - total);
  let term = exp(logChoose(hits, k) + logChoose(total - hits, drawn - k) - logChoose(total, drawn));
  let sum = term;
  for (let i = k; i !== last; i += direction) {
    const up = direction === 1 ? i : i - 1;
    // P(up + 1) / P(up)
    const ratio = ((hits - up) * (drawn - up)) / ((up + 1) * (total - hits - drawn + up + 1));
    const factor = direction === 1 ? ratio : 1 / ratio;
    term *= factor;
    sum += term;
    if (factor < 1 && term < sum * 1e-17) break;
  }
  return Math.min(1, sum);
}
