import { PAIR_BYTES } from '../kernel/kernel.js';
import type { Workspace } from '../workspace.js';
import { findCategorySplit, writeCategoryBounds } from './categorySplit.js';
import { greatestOf } from './greatest.js';
import type { ColumnCounter } from './histograms.js';
import { createNumericScan } from './numericScan.js';
import {
  boundedScore,
  gainNoise,
  type LeafSums,
  type SplitInfo,
  type SplitOptions,
} from './splitInfo.js';

/** Finds the best split of a leaf over some columns. */
export interface SplitFinder {
  /**
   * @param histogram - byte address
   * @param columns - columns to look at, ascending
   * @param countsOf - counts the rows of a column. Without it rows are taken to share the hessian evenly (as in LightGBM), which
   *   saves a third sum a bin; the grower checks what came out of it.
   * @returns undefined when no split is allowed or gains enough. Ties go to a numeric column, then to the lower column and bin.
   */
  find(
    histogram: number,
    leaf: LeafSums,
    columns: Uint32Array,
    countsOf?: ColumnCounter,
  ): SplitInfo | undefined;
}

/** @param directions - per column: what monotone constraints ask for; absent where they ask for nothing */
export function createSplitFinder(
  workspace: Workspace,
  options: SplitOptions,
  directions?: Int8Array,
): SplitFinder {
  const { mapper, doubles, words, layout, firstBin } = workspace;
  const { l1, l2, minSplitGain } = options;
  const isNumeric = mapper.columns.map((bins) => bins.kind === 'number');
  const findNumeric = createNumericScan(workspace, options, directions);

  // leaves mostly look at the same columns
  let lastColumns: Uint32Array | undefined;
  let numeric = new Uint32Array(0);
  let categories = new Uint32Array(0);

  /** The best division of a column of categories where one scores more than `best`, which is returned otherwise. */
  function findCategory(
    histogram: number,
    leaf: LeafSums,
    best: SplitInfo | undefined,
    countsOf: ColumnCounter | undefined,
  ): SplitInfo | undefined {
    words.set(categories, layout.categoryColumns / 4);
    const { length } = categories;
    const bounds = writeCategoryBounds(workspace, histogram, length, leaf, options, !!countsOf);
    for (;;) {
      // the most promising first: it may leave nothing for the others to win
      const i = greatestOf(bounds);
      const scoreToBeat = best?.gain ?? (leaf.bounds ? -Infinity : 0);
      if (!(bounds[i]! > -Infinity && bounds[i]! >= scoreToBeat)) return best;
      bounds[i] = -Infinity;
      const column = categories[i]!;
      const first = (histogram + firstBin[column]! * PAIR_BYTES) / 8;
      const { valueBinCount } = mapper.columns[column]!;
      const bins = { column, doubles, first, valueBinCount, countsOf };
      // of equal scores the lower column's is taken: for that one the score just below is the one to beat
      const winsTies = best !== undefined && best.bin < 0 && column < best.column;
      const least = winsTies ? justBelow(scoreToBeat) : scoreToBeat;
      best = findCategorySplit(bins, leaf, options, least) ?? best;
    }
  }

  return {
    find(histogram, leaf, columns, countsOf) {
      if (columns !== lastColumns) {
        lastColumns = columns;
        numeric = columns.filter((column) => isNumeric[column]);
        categories = columns.filter((column) => !isNumeric[column]);
      }
      let best = findNumeric(histogram, leaf, numeric, countsOf);
      if (categories.length > 0) best = findCategory(histogram, leaf, best, countsOf);
      if (!best) return undefined;
      const ownScore = boundedScore(leaf.gradient, leaf.hessian, l1, l2, leaf.bounds);
      best.gain -= ownScore;
      return best.gain > minSplitGain + gainNoise(ownScore, leaf.hessian) ? best : undefined;
    },
  };
}

/** The next float64 below a finite number other than 0. */
function justBelow(x: number): number {
  return x - Math.abs(x) * 2 ** -53;
}
