import { addColumnGains } from '../kernel/addColumnGains.js';
import { PAIR_BYTES } from '../kernel/kernel.js';
import type { Workspace } from '../workspace.js';
import { createLevelCategories } from './levelCategories.js';
import { writeDirections } from './numericScan.js';
import {
  boundedScore,
  gainNoise,
  type LeafSums,
  minHessianOf,
  type SplitInfo,
  type SplitOptions,
} from './splitInfo.js';

/** Shows every leaf of a level with its histogram (a byte address), and with its rows a histogram bin where they are to be exact. */
export type ForEachLeaf = (
  visit: (leaf: LeafSums, histogram: number, counts?: Uint32Array) => void,
) => void;

/** The test of a level: what {@link SplitInfo} says of a leaf's split, without the sums, which each leaf has its own. */
export type LevelTest = Omit<SplitInfo, 'leftGradient' | 'leftHessian'>;

/** Finds the one test that a whole level of a symmetric tree gains most by. */
export interface LevelFinder {
  /**
   * @param columns - columns to look at, ascending
   * @param gains - byte address of a free histogram: a pair of gains a bin is added up in it
   * @returns undefined when no test gains enough. Ties go to a numeric column, then to the lower column and bin.
   */
  find(forEachLeaf: ForEachLeaf, columns: Uint32Array, gains: number): LevelTest | undefined;
}

/**
 * A leaf adds its gain to that of a test where the test would divide it, and nothing where the test would leave it whole:
 * where a child would have too few rows or too little hessian, where a direction forbids it, or where there is nothing to gain.
 * @param directions - per column, for monotone constraints
 */
export function createLevelFinder(
  workspace: Workspace,
  options: SplitOptions,
  directions?: Int8Array,
): LevelFinder {
  const { kernel, layout, words, doubles, mapper, firstBin, histogramBytes } = workspace;
  const { minChildSamples, minChildWeight, minSplitGain, l1, l2 } = options;
  const isNumeric = mapper.columns.map((bins) => bins.kind === 'number');
  const categories = createLevelCategories(workspace, options);
  if (directions) writeDirections(workspace, directions);

  /** Adds a leaf's gains at the thresholds of the numeric columns that are listed in the layout. */
  function addNumeric(
    leaf: LeafSums,
    histogram: number,
    gains: number,
    columns: Uint32Array,
    counts: Uint32Array | undefined,
  ): void {
    const { gradient, hessian } = leaf;
    const { lower, upper } = leaf.bounds ?? { lower: -Infinity, upper: Infinity };
    const ownScore = boundedScore(gradient, hessian, l1, l2, leaf.bounds);
    const leastGain = gainNoise(ownScore, hessian);
    if (!counts) {
      kernel.addLevelGains(
        histogram,
        layout.columnTable,
        layout.numericColumns,
        columns.length,
        gradient,
        hessian,
        minHessianOf(leaf, options),
        l1,
        l2,
        lower,
        upper,
        ownScore,
        leastGain,
        gains,
      );
      return;
    }
    // 0 / 0 at an empty side must not count as a gain
    const minHessian = Math.max(minChildWeight, Number.MIN_VALUE);
    const sums = { gradient, hessian, minHessian, l1, l2, lower, upper };
    const totals = { ...sums, ownScore, leastGain };
    for (const column of columns) {
      const { valueBinCount, hasMissing } = mapper.columns[column]!;
      const offset = firstBin[column]! * PAIR_BYTES;
      addColumnGains(
        doubles,
        (histogram + offset) / 8,
        valueBinCount,
        hasMissing,
        directions?.[column] ?? 0,
        totals,
        (gains + offset) / 8,
        {
          counts: counts.subarray(offset / PAIR_BYTES),
          rowCount: leaf.count,
          minCount: minChildSamples,
        },
      );
    }
  }

  /** The numeric test of the greatest gain in `gains`. */
  function bestNumeric(columns: Uint32Array, gains: number): LevelTest | undefined {
    let best: LevelTest | undefined;
    let bestGain = 0;
    for (const column of columns) {
      const { valueBinCount, hasMissing } = mapper.columns[column]!;
      const first = (gains + firstBin[column]! * PAIR_BYTES) / 8;
      for (let side = 0; side <= (hasMissing ? 1 : 0); side++) {
        for (let bin = 0; bin < valueBinCount - 1; bin++) {
          const gain = doubles[first + 2 * bin + side]!;
          if (!(gain > bestGain)) continue;
          bestGain = gain;
          best = { gain, column, bin, leftBins: [], missingLeft: side === 1, l2 };
        }
      }
    }
    return best;
  }

  return {
    find(forEachLeaf, columns, gains) {
      const numeric = columns.filter((column) => isNumeric[column]);
      const categorical = columns.filter((column) => !isNumeric[column]);
      doubles.fill(0, gains / 8, (gains + histogramBytes) / 8);
      words.set(numeric, layout.numericColumns / 4);
      categories.start(categorical);
      forEachLeaf((leaf, histogram, counts) => {
        addNumeric(leaf, histogram, gains, numeric, counts);
        categories.gather(leaf, histogram, counts);
      });
      if (categorical.length > 0) {
        categories.arrange();
        forEachLeaf((leaf, histogram, counts) => {
          categories.addGains(leaf, histogram, gains, counts);
        });
      }
      const number = bestNumeric(numeric, gains);
      const best = categories.best(gains, number?.gain ?? 0) ?? number;
      return best && best.gain > minSplitGain ? best : undefined;
    },
  };
}
