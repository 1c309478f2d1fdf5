import { PAIR_BYTES } from '../kernel/kernel.js';
import type { Workspace } from '../workspace.js';
import type { LevelTest } from './levelFinder.js';
import {
  boundedLeafValue,
  boundedScore,
  gainNoise,
  type LeafSums,
  minHessianOf,
  type SplitOptions,
} from './splitInfo.js';

/** The categorical columns of one level of a symmetric tree. Every leaf is shown twice: to order bins, then to add up gains. */
export interface LevelCategories {
  start(columns: Uint32Array): void;
  gather(leaf: LeafSums, histogram: number, counts?: Uint32Array): void;
  /** Chooses the divisions to try, once all leaves have been gathered. */
  arrange(): void;
  /** @param gains - byte address of a histogram whose pairs of these columns become the gains of the divisions (IN and OUT) */
  addGains(leaf: LeafSums, histogram: number, gains: number, counts?: Uint32Array): void;
  /** The division of the greatest gain, if that is above `gainToBeat`. */
  best(gains: number, gainToBeat: number): LevelTest | undefined;
}

/** A column at this level. */
interface OrderedColumn {
  column: number;
  /** its first bin in a histogram */
  first: number;
  binCount: number;
  /** the l2 of the children */
  l2: number;
  /** bins that may be taken out, in order */
  order: number[];
  /** ranges of `order` to be tried, one against all other bins */
  divisions: { from: number; to: number }[];
}

/**
 * One division of a category's levels for all leaves of a level. With at most `maxCatToOnehot` bins it is one bin against the
 * rest; with more, the bins are ordered once for the whole level, and beginnings and ends of that order are tried, as for one
 * leaf in `categorySplit.ts` and under the same limits, which here count the rows of the level.
 *
 * The order is that of `Σ (g + h w) / (Σ h + catSmooth)` over the leaves, w being a leaf's present value: what is left of the
 * gradient once the tests above have had their say. (Plain gradients would tell once more what a feature that goes with the
 * category has told.)
 */
export function createLevelCategories(
  workspace: Workspace,
  options: SplitOptions,
): LevelCategories {
  const { doubles, mapper, firstBin } = workspace;
  const { l1, l2, catL2, catSmooth, maxCatToOnehot, minChildSamples, minChildWeight } = options;
  const binCount = workspace.histogramBytes / PAIR_BYTES;
  const residual = new Float64Array(binCount);
  const weight = new Float64Array(binCount);
  const rows = new Float64Array(binCount);
  let ordered: OrderedColumn[] = [];
  let rowsOfLevel = 0;

  /** Sums of each beginning of an order, in a leaf: gradient, hessian, rows. */
  function cumulate(
    { first, order }: OrderedColumn,
    histogram: number,
    counts: Uint32Array | undefined,
  ): Float64Array {
    const sums = new Float64Array(3 * (order.length + 1));
    order.forEach((bin, i) => {
      const pair = histogram / 8 + 2 * (first + bin);
      sums[3 * i + 3] = sums[3 * i]! + doubles[pair]!;
      sums[3 * i + 4] = sums[3 * i + 1]! + doubles[pair + 1]!;
      sums[3 * i + 5] = sums[3 * i + 2]! + (counts ? counts[first + bin]! : 0);
    });
    return sums;
  }

  return {
    start(columns) {
      rowsOfLevel = 0;
      ordered = Array.from(columns, (column) => {
        const columnBins = mapper.columns[column]!.valueBinCount + 1;
        const ridge = columnBins <= maxCatToOnehot ? l2 : l2 + catL2;
        const first = firstBin[column]!;
        return { column, first, binCount: columnBins, l2: ridge, order: [], divisions: [] };
      });
      if (ordered.length > 0) for (const sums of [residual, weight, rows]) sums.fill(0);
    },

    gather(leaf, histogram, counts) {
      const { gradient, hessian, count } = leaf;
      const value = boundedLeafValue(gradient, hessian, l1, l2, leaf.bounds);
      rowsOfLevel += count;
      for (const { first, binCount: columnBins } of ordered) {
        for (let at = first; at < first + columnBins; at++) {
          const h = doubles[histogram / 8 + 2 * at + 1]!;
          residual[at]! += doubles[histogram / 8 + 2 * at]! + h * value;
          weight[at]! += h;
          rows[at]! += counts ? counts[at]! : (h / hessian) * count;
        }
      }
    },

    arrange() {
      for (const column of ordered) {
        const { first } = column;
        const bins = Array.from({ length: column.binCount }, (_, bin) => bin);
        if (column.binCount <= maxCatToOnehot) {
          column.order = bins;
          column.divisions = bins.map((bin) => ({ from: bin, to: bin + 1 }));
          continue;
        }
        const ratio = bins.map(
          (bin) => residual[first + bin]! / (weight[first + bin]! + catSmooth),
        );
        column.order = bins
          .filter((bin) => rows[first + bin]! >= Math.max(0.5, catSmooth))
          .sort((a, b) => ratio[a]! - ratio[b]! || a - b);
        const rowsOf = column.order.map((bin) => rows[first + bin]!);
        column.divisions = groupDivisions(rowsOf, rowsOfLevel, options);
      }
    },

    addGains(leaf, histogram, gains, counts) {
      const { gradient, hessian, count, bounds } = leaf;
      const least = counts
        ? Math.max(minChildWeight, Number.MIN_VALUE)
        : minHessianOf(leaf, options);
      const ownScore = boundedScore(gradient, hessian, l1, l2, bounds);
      const leastGain = gainNoise(ownScore, hessian);
      for (const column of ordered) {
        const sums = cumulate(column, histogram, counts);
        column.divisions.forEach(({ from, to }, i) => {
          const leftG = sums[3 * to]! - sums[3 * from]!;
          const leftH = sums[3 * to + 1]! - sums[3 * from + 1]!;
          if (!(leftH >= least && hessian - leftH >= least)) return;
          const leftCount = sums[3 * to + 2]! - sums[3 * from + 2]!;
          if (counts && Math.min(leftCount, count - leftCount) < minChildSamples) return;
          const gain =
            boundedScore(leftG, leftH, l1, column.l2, bounds) +
            boundedScore(gradient - leftG, hessian - leftH, l1, column.l2, bounds) -
            ownScore;
          if (gain > leastGain) doubles[gains / 8 + 2 * column.first + i]! += gain;
        });
      }
    },

    best(gains, gainToBeat) {
      let best: LevelTest | undefined;
      for (const column of ordered) {
        let bestGain = best?.gain ?? gainToBeat;
        let bestDivision = -1;
        for (let i = 0; i < column.divisions.length; i++) {
          const gain = doubles[gains / 8 + 2 * column.first + i]!;
          if (!(gain > bestGain)) continue;
          bestGain = gain;
          bestDivision = i;
        }
        if (bestDivision >= 0) best = testOf(column, bestDivision, bestGain);
      }
      return best;
    },
  };
}

/** Beginnings of an order, then ends: at most half of it, `maxCatThreshold` bins, and groups of `minDataPerGroup` rows. */
function groupDivisions(
  rows: readonly number[],
  rowsOfLevel: number,
  { maxCatThreshold, minDataPerGroup }: SplitOptions,
): OrderedColumn['divisions'] {
  const length = rows.length;
  const divisions: OrderedColumn['divisions'] = [];
  for (const fromEnd of [false, true]) {
    let total = 0;
    let group = 0;
    for (let size = 1; size <= Math.min(maxCatThreshold, (length + 1) >> 1); size++) {
      const added = rows[fromEnd ? length - size : size - 1]!;
      total += added;
      group += added;
      if (rowsOfLevel - total < minDataPerGroup) break;
      if (group < minDataPerGroup) continue;
      group = 0;
      divisions.push(fromEnd ? { from: length - size, to: length } : { from: 0, to: size });
    }
  }
  return divisions;
}

/** A division as a test. The shared bin goes right, so that a set that holds it is swapped with its complement. */
function testOf(
  { column, binCount, order, divisions, l2 }: OrderedColumn,
  division: number,
  gain: number,
): LevelTest {
  const { from, to } = divisions[division]!;
  const listed = order.slice(from, to);
  const swap = listed.includes(binCount - 1);
  const leftBins: number[] = [];
  for (let bin = 0; bin < binCount; bin++) if (listed.includes(bin) !== swap) leftBins.push(bin);
  return { gain, column, bin: -1, leftBins, missingLeft: false, l2 };
}
