import { PAIR_BYTES } from '../kernel/kernel.js';
import type { Workspace } from '../workspace.js';
import { findCategorySplit } from './categorySplit.js';
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
  const { mapper, doubles, firstBin } = workspace;
  const { l1, l2, minSplitGain } = options;
  const isNumeric = mapper.columns.map((bins) => bins.kind === 'number');
  const findNumeric = createNumericScan(workspace, options, directions);

  return {
    find(histogram, leaf, columns, countsOf) {
      const numeric = columns.filter((column) => isNumeric[column]);
      let best = findNumeric(histogram, leaf, numeric, countsOf);
      for (const column of columns) {
        if (isNumeric[column]) continue;
        const bins = {
          column,
          doubles,
          first: (histogram + firstBin[column]! * PAIR_BYTES) / 8,
          valueBinCount: mapper.columns[column]!.valueBinCount,
          countsOf,
        };
        const scoreToBeat = best?.gain ?? (leaf.bounds ? -Infinity : 0);
        const split = findCategorySplit(bins, leaf, options, scoreToBeat);
        if (split) best = split;
      }
      if (!best) return undefined;
      const ownScore = boundedScore(leaf.gradient, leaf.hessian, l1, l2, leaf.bounds);
      best.gain -= ownScore;
      return best.gain > minSplitGain + gainNoise(ownScore, leaf.hessian) ? best : undefined;
    },
  };
}
