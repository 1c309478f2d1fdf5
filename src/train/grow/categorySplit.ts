import type { ColumnCounter } from './histograms.js';
import { boundedScore, type LeafSums, type SplitInfo, type SplitOptions } from './splitInfo.js';

/** The histogram of one categorical column in one leaf. */
export interface CategoryHistogram {
  column: number;
  /** (gradient, hessian) pairs */
  doubles: Float64Array;
  /** index in `doubles` of the first bin */
  first: number;
  /** levels with a bin of their own; the shared bin comes after them */
  valueBinCount: number;
  /** counts the rows of the column; estimated from hessians when absent */
  countsOf: ColumnCounter | undefined;
}

/** Bins against all the others. */
interface Candidate {
  score: number;
  gradient: number;
  hessian: number;
  /** a range of the order of bins */
  from: number;
  to: number;
}

/** a bin of a smaller share of the leaf's hessian is what rounding left of an empty one */
const NOISE = 1e-13;
/** what rounding may take from the bound */
const MARGIN = 1e-9;

// bins in the order they are taken in, the key of that order, and rows a bin: too hot to allocate anew
const order = new Uint8Array(256);
const ratios = new Float64Array(256);
const rows = new Float64Array(256);

/**
 * What no division of a column's levels scores above: `(Σ G)² / Σ H <= Σ G² / H`, so that the best would be every bin by itself.
 * A penalty or a monotone bound only takes away from a score. It saves most searches.
 */
export function categoryScoreBound(
  doubles: Float64Array,
  first: number,
  valueBinCount: number,
  leaf: LeafSums,
): number {
  const least = NOISE * leaf.hessian;
  let bound = 0;
  for (let at = first; at <= first + 2 * valueBinCount; at += 2) {
    const gradient = doubles[at]!;
    bound += (gradient * gradient) / Math.max(doubles[at + 1]!, least);
  }
  return bound * (1 + MARGIN);
}

/**
 * Best division of a category's levels in two, after LightGBM (and Fisher 1958, Breiman et al. 1984):
 * with at most `maxCatToOnehot` bins one level against the rest; with more, the levels sorted by
 * `gradient / (hessian + catSmooth)`, and every beginning and every end of at most `maxCatThreshold` of them against the rest.
 * Levels of fewer than `catSmooth` rows stay with the rest, a group is closed at `minDataPerGroup` rows, and `catL2` is added to l2.
 *
 * The side of the shared bin (rare, unseen, missing) is the right one, so that a set that holds it is swapped with its complement.
 * @param scoreToBeat - a division must score more
 * @returns a split whose gain still has the parent's score in it; undefined when none scores more.
 */
export function findCategorySplit(
  histogram: CategoryHistogram,
  leaf: LeafSums,
  options: SplitOptions,
  scoreToBeat: number,
): SplitInfo | undefined {
  const binCount = histogram.valueBinCount + 1;
  const oneHot = binCount <= options.maxCatToOnehot;
  const l2 = oneHot ? options.l2 : options.l2 + options.catL2;
  countRows(histogram, leaf);
  const found = oneHot
    ? bestSingle(histogram, leaf, options, scoreToBeat)
    : bestGroup(histogram, leaf, options, l2, scoreToBeat);
  if (!found) return undefined;
  const { score, gradient, hessian, from, to } = found;
  const listed = order.subarray(from, to);
  const swap = listed.includes(histogram.valueBinCount);
  const leftBins: number[] = [];
  for (let bin = 0; bin < binCount; bin++) if (listed.includes(bin) !== swap) leftBins.push(bin);
  return {
    gain: score,
    column: histogram.column,
    bin: -1,
    leftBins,
    missingLeft: false,
    leftGradient: swap ? leaf.gradient - gradient : gradient,
    leftHessian: swap ? leaf.hessian - hessian : hessian,
    l2,
  };
}

/** Fills `rows`: counted, or the bin's share of the leaf's hessian. */
function countRows(
  { column, doubles, first, valueBinCount, countsOf }: CategoryHistogram,
  leaf: LeafSums,
): void {
  const counts = countsOf?.(column);
  const rowsOfHessian = leaf.count / leaf.hessian;
  for (let bin = 0; bin <= valueBinCount; bin++) {
    rows[bin] = counts ? counts[bin]! : Math.round(doubles[first + 2 * bin + 1]! * rowsOfHessian);
  }
}

/** One bin against all the others. */
function bestSingle(
  { doubles, first, valueBinCount }: CategoryHistogram,
  leaf: LeafSums,
  options: SplitOptions,
  scoreToBeat: number,
): Candidate | undefined {
  let best: Candidate | undefined;
  let bestScore = scoreToBeat;
  for (let bin = 0; bin <= valueBinCount; bin++) {
    order[bin] = bin;
    const gradient = doubles[first + 2 * bin]!;
    const hessian = doubles[first + 2 * bin + 1]!;
    if (!allowed(rows[bin]!, hessian, leaf, options)) continue;
    const score = scoreOf(gradient, hessian, leaf, options.l1, options.l2);
    if (score <= bestScore) continue;
    bestScore = score;
    best = { score, gradient, hessian, from: bin, to: bin + 1 };
  }
  return best;
}

/** Bins in the order of their mean gradient, taken from either end. */
function bestGroup(
  histogram: CategoryHistogram,
  leaf: LeafSums,
  options: SplitOptions,
  l2: number,
  scoreToBeat: number,
): Candidate | undefined {
  const { doubles, first } = histogram;
  const sorted = sortBins(histogram, options.catSmooth);
  const limit = Math.min(options.maxCatThreshold, (sorted + 1) >> 1);
  let best: Candidate | undefined;
  let bestScore = scoreToBeat;
  for (const fromEnd of [false, true]) {
    let gradient = 0;
    let hessian = 0;
    let count = 0;
    let groupCount = 0;
    for (let i = 0; i < limit; i++) {
      const bin = order[fromEnd ? sorted - 1 - i : i]!;
      gradient += doubles[first + 2 * bin]!;
      hessian += doubles[first + 2 * bin + 1]!;
      count += rows[bin]!;
      groupCount += rows[bin]!;
      if (leaf.count - count < options.minDataPerGroup) break;
      if (groupCount < options.minDataPerGroup || !allowed(count, hessian, leaf, options)) continue;
      groupCount = 0;
      const score = scoreOf(gradient, hessian, leaf, options.l1, l2);
      if (score <= bestScore) continue;
      bestScore = score;
      const from = fromEnd ? sorted - 1 - i : 0;
      best = { score, gradient, hessian, from, to: from + i + 1 };
    }
  }
  return best;
}

/** Fills `order` with the bins of enough rows by ascending smoothed mean gradient, ties by bin. @returns how many */
function sortBins({ doubles, first, valueBinCount }: CategoryHistogram, smooth: number): number {
  let length = 0;
  for (let bin = 0; bin <= valueBinCount; bin++) {
    if (rows[bin]! < 1 || rows[bin]! < smooth) continue;
    const ratio = doubles[first + 2 * bin]! / (doubles[first + 2 * bin + 1]! + smooth);
    // insertion: a leaf seldom has more than a few dozen such levels
    let at = length++;
    for (; at > 0 && ratios[at - 1]! > ratio; at--) {
      ratios[at] = ratios[at - 1]!;
      order[at] = order[at - 1]!;
    }
    ratios[at] = ratio;
    order[at] = bin;
  }
  return length;
}

function allowed(count: number, hessian: number, leaf: LeafSums, options: SplitOptions): boolean {
  const { minChildSamples, minChildWeight } = options;
  return (
    count >= minChildSamples &&
    leaf.count - count >= minChildSamples &&
    hessian >= minChildWeight &&
    leaf.hessian - hessian >= minChildWeight
  );
}

function scoreOf(
  gradient: number,
  hessian: number,
  leaf: LeafSums,
  l1: number,
  l2: number,
): number {
  return (
    boundedScore(gradient, hessian, l1, l2, leaf.bounds) +
    boundedScore(leaf.gradient - gradient, leaf.hessian - hessian, l1, l2, leaf.bounds)
  );
}
