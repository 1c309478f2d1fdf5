import { log } from '../../core/elementary.js';
import { chiSquareSurvival } from './chiSquare.js';
import { MIN_EXPECTED, type Proportion, proportionTest } from './proportionTest.js';

/** How far two samples are apart, and whether chance explains it. */
export interface Comparison {
  /** population stability index Σ (p - q) ln(p / q), >= 0 */
  psi: number;
  /** Jensen-Shannon distance with base 2, in [0, 1] */
  jensenShannon: number;
  /** Pearson's χ² of homogeneity; 0 when nothing could be compared */
  statistic: number;
  degreesOfFreedom: number;
  /** 1 when nothing could be compared */
  pValue: number;
  /** bins that were compared, after pooling */
  binCount: number;
  /** of two bins: the share of the first one */
  share?: { current: number; reference: number };
}

/** Counts of two samples in the same bins. */
interface Bins {
  current: number[];
  reference: number[];
}

/**
 * Compares two samples that were counted in the same bins. The test is Pearson's χ² of homogeneity, which knows the
 * size of both samples: n·PSI style constants do not (Yurdakul and Naranjo 2020: PSI ~ (1/n + 1/m) χ²).
 * Bins with too few rows for the approximation are pooled first, and the distances are of the pooled bins, with half a
 * row added to each (Jeffreys) so that an empty bin costs something finite.
 * @param ordered - neighbours are pooled (numeric bins); otherwise the small bins together (levels)
 * @param missing - rows without a value: a bin that is never pooled, left out while it is too small
 */
export function compareCounts(
  current: ArrayLike<number>,
  reference: ArrayLike<number>,
  missing: { current: number; reference: number },
  ordered: boolean,
): Comparison {
  const all = liveBins(current, reference);
  const m = sum(all.reference) + missing.reference;
  const n = sum(all.current) + missing.current;
  // pooled counts of a bin at which the smaller sample expects MIN_EXPECTED rows
  const enough = (MIN_EXPECTED * (n + m)) / Math.min(n, m);
  // two bins are tested exactly, however few rows they hold
  const bins =
    all.current.length === 2 ? all : ordered ? poolNeighbours(all, enough) : poolSmall(all, enough);
  if (missing.current + missing.reference >= enough) {
    bins.current.push(missing.current);
    bins.reference.push(missing.reference);
  }
  const binCount = bins.current.length;
  const degreesOfFreedom = binCount - 1;
  if (degreesOfFreedom < 1 || sum(bins.current) === 0 || sum(bins.reference) === 0) {
    return { psi: 0, jensenShannon: 0, statistic: 0, degreesOfFreedom: 0, pValue: 1, binCount };
  }
  const statistic = pearson(bins);
  const shared = { ...distances(bins), statistic, degreesOfFreedom, binCount };
  if (binCount > 2) return { ...shared, pValue: chiSquareSurvival(statistic, degreesOfFreedom) };
  const now = proportionOf(bins.current);
  const then = proportionOf(bins.reference);
  return {
    ...shared,
    pValue: proportionTest(now, then, 'different'),
    share: { current: now.hits / now.rowCount, reference: then.hits / then.rowCount },
  };
}

/** Bins that have a row in either sample. */
function liveBins(current: ArrayLike<number>, reference: ArrayLike<number>): Bins {
  const bins: Bins = { current: [], reference: [] };
  for (let i = 0; i < current.length; i++) {
    if (current[i]! + reference[i]! > 0) {
      bins.current.push(current[i]!);
      bins.reference.push(reference[i]!);
    }
  }
  return bins;
}

function poolNeighbours({ current, reference }: Bins, enough: number): Bins {
  const pooled: Bins = { current: [], reference: [] };
  let open = false;
  for (let i = 0; i < current.length; i++) {
    if (!open) {
      pooled.current.push(0);
      pooled.reference.push(0);
    }
    const last = pooled.current.length - 1;
    pooled.current[last]! += current[i]!;
    pooled.reference[last]! += reference[i]!;
    open = pooled.current[last]! + pooled.reference[last]! < enough;
  }
  if (open) joinLast(pooled, pooled.current.length - 2);
  return pooled;
}

function poolSmall({ current, reference }: Bins, enough: number): Bins {
  const pooled: Bins = { current: [], reference: [] };
  const small = { current: 0, reference: 0 };
  for (let i = 0; i < current.length; i++) {
    if (current[i]! + reference[i]! >= enough) {
      pooled.current.push(current[i]!);
      pooled.reference.push(reference[i]!);
    } else {
      small.current += current[i]!;
      small.reference += reference[i]!;
    }
  }
  const rest = small.current + small.reference;
  if (rest === 0) return pooled;
  const totals = pooled.current.map((count, i) => count + pooled.reference[i]!);
  pooled.current.push(small.current);
  pooled.reference.push(small.reference);
  if (rest < enough) joinLast(pooled, totals.indexOf(Math.min(...totals)));
  return pooled;
}

/** Adds the last bin to another one; a bin of its own stays when there is no other. */
function joinLast(bins: Bins, into: number): void {
  if (into < 0) return;
  bins.current[into]! += bins.current.pop()!;
  bins.reference[into]! += bins.reference.pop()!;
}

function pearson({ current, reference }: Bins): number {
  const n = sum(current);
  const m = sum(reference);
  let statistic = 0;
  for (let i = 0; i < current.length; i++) {
    // (O - E)² / E of both samples at once
    const difference = current[i]! * m - reference[i]! * n;
    statistic += (difference / (n * m)) * (difference / (current[i]! + reference[i]!));
  }
  return statistic;
}

function distances({ current, reference }: Bins): { psi: number; jensenShannon: number } {
  const half = current.length / 2;
  const n = sum(current) + half;
  const m = sum(reference) + half;
  let psi = 0;
  let divergence = 0;
  for (let i = 0; i < current.length; i++) {
    const p = (current[i]! + 0.5) / n;
    const q = (reference[i]! + 0.5) / m;
    const middle = (p + q) / 2;
    psi += (p - q) * log(p / q);
    divergence += (p * log(p / middle) + q * log(q / middle)) / 2;
  }
  return { psi, jensenShannon: Math.sqrt(Math.max(0, divergence) / Math.LN2) };
}

function proportionOf([hits, misses]: readonly number[]): Proportion {
  return { hits: hits!, rowCount: hits! + misses! };
}

function sum(counts: readonly number[]): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
