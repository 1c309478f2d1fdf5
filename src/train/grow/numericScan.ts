import { PAIR_BYTES, RECORD_BYTES, TABLE_BYTES } from '../kernel/kernel.js';
import { scanBoundedColumn } from '../kernel/scanBoundedColumn.js';
import { scanColumn } from '../kernel/scanColumn.js';
import type { Workspace } from '../workspace.js';
import { type LeafSums, minHessianOf, type SplitInfo, type SplitOptions } from './splitInfo.js';

/**
 * Finds the best threshold of a leaf over numeric columns; `gain` of the answer still has the parent's score in it.
 * @param counts - rows a histogram bin; estimated from hessians when absent
 */
export type NumericScan = (
  histogram: number,
  leaf: LeafSums,
  columns: Uint32Array,
  counts: Uint32Array | undefined,
) => SplitInfo | undefined;

/** @param directions - per column, for monotone constraints: then leaves may have bounds. Without it the scan is the fast one. */
export function createNumericScan(
  workspace: Workspace,
  options: SplitOptions,
  directions: Int8Array | undefined,
): NumericScan {
  const { layout, words } = workspace;
  if (directions) writeDirections(workspace, directions);
  return (histogram, leaf, columns, counts) => {
    if (counts) {
      scanCounted(workspace, options, directions, histogram, leaf, columns, counts);
    } else {
      words.set(columns, layout.numericColumns / 4);
      scanEstimated(workspace, options, directions, histogram, leaf, columns.length);
    }
    // what a scan leaves where it allows nothing; with bounds a score may be negative
    return bestRecord(workspace, columns, options.l2, directions ? -Infinity : -1);
  };
}

/** Puts the direction of each column into the column table, for the kernels that know bounds. */
export function writeDirections({ words, layout }: Workspace, directions: Int8Array): void {
  directions.forEach((direction, column) => {
    words[(layout.columnTable + column * TABLE_BYTES) / 4 + 3] = direction;
  });
}

/** Writes the split record of each column, with rows estimated from hessians. */
function scanEstimated(
  { kernel, layout }: Workspace,
  options: SplitOptions,
  directions: Int8Array | undefined,
  histogram: number,
  leaf: LeafSums,
  columnCount: number,
): void {
  const { columnTable, numericColumns, records } = layout;
  const { gradient, hessian, bounds } = leaf;
  const { l1, l2 } = options;
  const least = minHessianOf(leaf, options);
  if (!directions) {
    kernel.findNumericSplits(
      histogram,
      columnTable,
      numericColumns,
      columnCount,
      gradient,
      hessian,
      least,
      l1,
      l2,
      records,
    );
    return;
  }
  kernel.findBoundedSplits(
    histogram,
    columnTable,
    numericColumns,
    columnCount,
    gradient,
    hessian,
    least,
    l1,
    l2,
    bounds?.lower ?? -Infinity,
    bounds?.upper ?? Infinity,
    records,
  );
}

/** The same with counted rows: rare enough to be left to JavaScript. */
function scanCounted(
  { doubles, layout, firstBin, mapper }: Workspace,
  { minChildSamples, minChildWeight, l1, l2 }: SplitOptions,
  directions: Int8Array | undefined,
  histogram: number,
  leaf: LeafSums,
  columns: Uint32Array,
  counts: Uint32Array,
): void {
  const { gradient, hessian, bounds } = leaf;
  // 0 / 0 at an empty side must not count as a gain
  const minHessian = Math.max(minChildWeight, Number.MIN_VALUE);
  const totals = { gradient, hessian, minHessian, l1, l2, lower: -Infinity, upper: Infinity };
  Object.assign(totals, bounds);
  columns.forEach((column, i) => {
    const { valueBinCount, hasMissing } = mapper.columns[column]!;
    const first = (histogram + firstBin[column]! * PAIR_BYTES) / 8;
    const record = (layout.records + i * RECORD_BYTES) / 8;
    const exact = {
      counts: counts.subarray(firstBin[column]!),
      rowCount: leaf.count,
      minCount: minChildSamples,
    };
    if (directions) {
      const direction = directions[column]!;
      const args = [first, valueBinCount, hasMissing, direction, totals, record, exact] as const;
      scanBoundedColumn(doubles, ...args);
    } else {
      scanColumn(doubles, first, valueBinCount, hasMissing, totals, record, exact);
    }
  });
}

function bestRecord(
  { doubles, layout }: Workspace,
  columns: Uint32Array,
  l2: number,
  none: number,
): SplitInfo | undefined {
  let best = -1;
  let bestScore = none;
  for (let i = 0; i < columns.length; i++) {
    const score = doubles[(layout.records + i * RECORD_BYTES) / 8]!;
    if (!(score > bestScore)) continue;
    best = i;
    bestScore = score;
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
    l2,
  };
}
