import { findCategorySplit } from './categorySplit.js';
import { PAIR_BYTES, RECORD_BYTES } from './kernel/kernel.js';
import { scanColumn } from './kernel/scanColumn.js';
import { type LeafSums, leafScore, type SplitInfo, type SplitOptions } from './splitInfo.js';
import type { Workspace } from './workspace.js';

// a gain below this share of the leaf's own score and hessian is rounding: a pure leaf is not split by noise
const NOISE = 1e-10;
const NOISE_HESSIAN = 1e-15;

/** Finds the best split of a leaf over some columns. */
export interface SplitFinder {
  /**
   * @param histogram - byte address
   * @param columns - columns to look at, ascending
   * @param counts - rows a histogram bin. Without them rows are taken to share the hessian evenly (as in LightGBM), which
   *   saves a third sum a bin; the grower checks what came out of it.
   * @returns undefined when no split is allowed or gains enough. Ties go to a numeric column, then to the lower column and bin.
   */
  find(
    histogram: number,
    leaf: LeafSums,
    columns: Uint32Array,
    counts?: Uint32Array,
  ): SplitInfo | undefined;
}

export function createSplitFinder(workspace: Workspace, options: SplitOptions): SplitFinder {
  const { mapper, doubles, firstBin } = workspace;
  const isNumeric = mapper.columns.map((bins) => bins.kind === 'number');

  return {
    find(histogram, leaf, columns, counts) {
      const numeric = columns.filter((column) => isNumeric[column]);
      let best = findNumeric(workspace, options, histogram, leaf, numeric, counts);
      for (const column of columns) {
        if (isNumeric[column]) continue;
        const bins = {
          column,
          doubles,
          first: (histogram + firstBin[column]! * PAIR_BYTES) / 8,
          valueBinCount: mapper.columns[column]!.valueBinCount,
          counts: counts?.subarray(firstBin[column]!),
        };
        const split = findCategorySplit(bins, leaf, options, best?.gain ?? 0);
        if (split) best = split;
      }
      if (!best) return undefined;
      const ownScore = leafScore(leaf.gradient, leaf.hessian, options.l1, options.l2);
      const noise = NOISE * ownScore + NOISE_HESSIAN * leaf.hessian;
      best.gain -= ownScore;
      return best.gain > options.minSplitGain + noise ? best : undefined;
    },
  };
}

/** Best of the numeric columns; its gain still has the parent's score in it. */
function findNumeric(
  workspace: Workspace,
  options: SplitOptions,
  histogram: number,
  leaf: LeafSums,
  columns: Uint32Array,
  counts: Uint32Array | undefined,
): SplitInfo | undefined {
  const { doubles, layout } = workspace;
  if (counts) scanCounted(workspace, options, histogram, leaf, columns, counts);
  else scanEstimated(workspace, options, histogram, leaf, columns);
  let best = -1;
  let bestScore = -1;
  for (let i = 0; i < columns.length; i++) {
    const record = (layout.records + i * RECORD_BYTES) / 8;
    if (!(doubles[record]! > bestScore)) continue;
    best = i;
    bestScore = doubles[record]!;
  }
  if (best < 0) return undefined;
  const record = (layout.records + best * RECORD_BYTES) / 8;
  const code = doubles[record + 3]!;
  return {
    gain: bestScore,
    column: columns[best]!,
    bin: code >> 1,
    leftBins: [],
    missingLeft: (code & 1) === 1,
    leftGradient: doubles[record + 1]!,
    leftHessian: doubles[record + 2]!,
    l2: options.l2,
  };
}

/** Writes the split record of each column, with rows estimated from hessians. */
function scanEstimated(
  { kernel, layout, words }: Workspace,
  { minChildSamples, minChildWeight, l1, l2 }: SplitOptions,
  histogram: number,
  leaf: LeafSums,
  columns: Uint32Array,
): void {
  // at least minChildSamples rows, rounded: a bound on the hessian, so that the scan needs no counts
  const shareOfRows = ((minChildSamples - 0.5) / leaf.count) * leaf.hessian;
  words.set(columns, layout.numericColumns / 4);
  kernel.findNumericSplits(
    histogram,
    layout.columnTable,
    layout.numericColumns,
    columns.length,
    leaf.gradient,
    leaf.hessian,
    Math.max(minChildWeight, shareOfRows),
    l1,
    l2,
    layout.records,
  );
}

/** The same with counted rows: rare enough to be left to JavaScript. */
function scanCounted(
  { doubles, layout, firstBin, mapper }: Workspace,
  { minChildSamples, minChildWeight, l1, l2 }: SplitOptions,
  histogram: number,
  leaf: LeafSums,
  columns: Uint32Array,
  counts: Uint32Array,
): void {
  // 0 / 0 at an empty side must not count as a gain
  const minHessian = Math.max(minChildWeight, Number.MIN_VALUE);
  const totals = { gradient: leaf.gradient, hessian: leaf.hessian, minHessian, l1, l2 };
  columns.forEach((column, i) => {
    const { valueBinCount, hasMissing } = mapper.columns[column]!;
    const first = (histogram + firstBin[column]! * PAIR_BYTES) / 8;
    const record = (layout.records + i * RECORD_BYTES) / 8;
    scanColumn(doubles, first, valueBinCount, hasMissing, totals, record, {
      counts: counts.subarray(firstBin[column]!),
      rowCount: leaf.count,
      minCount: minChildSamples,
    });
  });
}
