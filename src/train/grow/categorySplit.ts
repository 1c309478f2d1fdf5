import type { Workspace } from '../workspace.js';
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

// bins in the order they are taken in, the keys of that order, rows a bin, and a set of bins: too hot to allocate anew
const order = new Uint8Array(256);
const keys = new Float64Array(256);
const keyWords = new Uint32Array(keys.buffer);
const rows = new Float64Array(256);
const isListed = new Uint8Array(256);

/**
 * Writes what no division of the levels of some columns scores above, which saves most searches. Levels of too few rows to be listed
 * stay together, and an l2 of `catL2` on each side takes at least as much as if it were spread evenly over the leaf's hessian. Any other
 * penalty or a monotone bound only takes away from a score.
 * @param columns - their numbers are in `layout.categoryColumns`
 * @param isCounted - whether rows a level will be counted; estimated from hessians otherwise
 * @returns a bound a column, a view of `layout.categoryBounds`
 */
export function writeCategoryBounds(
  { kernel, layout, doubles }: Workspace,
  histogram: number,
  columnCount: number,
  leaf: LeafSums,
  { maxCatToOnehot, catL2, catSmooth }: SplitOptions,
  isCounted: boolean,
): Float64Array {
  const rowsListed = Math.max(1, Math.ceil(catSmooth)) - 0.5;
  const listed = isCounted ? -Infinity : (rowsListed / leaf.count) * leaf.hessian * (1 - MARGIN);
  const shrinkage = leaf.hessian / (leaf.hessian + catL2);
  kernel.categoryBounds(
    histogram,
    layout.columnTable,
    layout.categoryColumns,
    columnCount,
    maxCatToOnehot,
    listed,
    NOISE * leaf.hessian,
    shrinkage,
    layout.categoryBounds,
  );
  const first = layout.categoryBounds / 8;
  const bounds = doubles.subarray(first, first + columnCount);
  for (let i = 0; i < columnCount; i++) bounds[i]! *= 1 + MARGIN;
  return bounds;
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
  isListed.fill(0, 0, binCount);
  for (let i = from; i < to; i++) isListed[order[i]!] = 1;
  const swap = isListed[histogram.valueBinCount] === 1;
  const leftBins: number[] = [];
  for (let bin = 0; bin < binCount; bin++) if ((isListed[bin] === 1) !== swap) leftBins.push(bin);
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

/**
 * Fills `order` with the bins of enough rows by ascending smoothed mean gradient. The bin takes the place of the last eight of its 52 bits,
 * so that one sort of numbers orders both: ties, and what differs by less than that, go by bin.
 * @returns how many
 */
function sortBins({ doubles, first, valueBinCount }: CategoryHistogram, smooth: number): number {
  let length = 0;
  for (let bin = 0; bin <= valueBinCount; bin++) {
    if (rows[bin]! < 1 || rows[bin]! < smooth) continue;
    // adding 0 makes -0 one with 0
    const ratio = doubles[first + 2 * bin]! / (doubles[first + 2 * bin + 1]! + smooth) + 0;
    // a bin without hessian or smoothing has no mean
    keys[length] = ratio === ratio ? ratio : 0;
    keyWords[2 * length] = (keyWords[2 * length]! & ~0xff) | (ratio < 0 ? 255 - bin : bin);
    length++;
  }
  keys.subarray(0, length).sort();
  for (let i = 0; i < length; i++) {
    const bin = keyWords[2 * i]! & 0xff;
    order[i] = keys[i]! < 0 ? 255 - bin : bin;
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
