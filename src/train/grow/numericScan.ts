import { PAIR_BYTES, RECORD_BYTES, TABLE_BYTES } from '../kernel/kernel.js';
import { scanBoundedColumn } from '../kernel/scanBoundedColumn.js';
import { scanColumn } from '../kernel/scanColumn.js';
import type { Workspace } from '../workspace.js';
import { greatestOf } from './greatest.js';
import type { ColumnCounter } from './histograms.js';
import { type LeafSums, minHessianOf, type SplitInfo, type SplitOptions } from './splitInfo.js';

/**
 * Finds the best threshold of a leaf over numeric columns; `gain` of the answer still has the parent's score in it.
 * @param countsOf - counts the rows of a column; estimated from hessians when absent
 */
export type NumericScan = (
  histogram: number,
  leaf: LeafSums,
  columns: Uint32Array,
  countsOf: ColumnCounter | undefined,
) => SplitInfo | undefined;

/** @param directions - per column, for monotone constraints: then leaves may have bounds. Without it the scan is the fast one. */
export function createNumericScan(
  workspace: Workspace,
  options: SplitOptions,
  directions: Int8Array | undefined,
): NumericScan {
  const { layout, words } = workspace;
  if (directions) writeDirections(workspace, directions);
  // what a scan leaves where it allows nothing; with bounds a score may be negative
  const none = directions ? -Infinity : -1;
  return (histogram, leaf, columns, countsOf) => {
    words.set(columns, layout.numericColumns / 4);
    const least = countsOf ? leastOf(options) : minHessianOf(leaf, options);
    scanEstimated(workspace, options, directions, histogram, leaf, columns.length, least);
    if (countsOf) scanCounted(workspace, options, directions, histogram, leaf, columns, countsOf);
    return bestRecord(workspace, columns, options.l2, none);
  };
}

/** Puts the direction of each column into the column table, for the kernels that know bounds. */
export function writeDirections({ words, layout }: Workspace, directions: Int8Array): void {
  directions.forEach((direction, column) => {
    words[(layout.columnTable + column * TABLE_BYTES) / 4 + 3] = direction;
  });
}

/** Writes the split record of each column. @param least - the least hessian of a child, which may stand for its rows */
function scanEstimated(
  { kernel, layout }: Workspace,
  options: SplitOptions,
  directions: Int8Array | undefined,
  histogram: number,
  leaf: LeafSums,
  columnCount: number,
  least: number,
): void {
  const { columnTable, numericColumns, records } = layout;
  const { gradient, hessian, bounds } = leaf;
  const { l1, l2 } = options;
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

/** The least hessian of a child, whatever its rows: 0 / 0 at an empty side must not count as a gain. */
function leastOf({ minChildWeight }: SplitOptions): number {
  return Math.max(minChildWeight, Number.MIN_VALUE);
}

/**
 * Writes the records anew, with counted rows, given those of any number of rows. None of those scores less, so that a column below
 * the best one counted so far need not be counted: columns are taken by falling score, and most never are.
 */
function scanCounted(
  { doubles, layout, firstBin, mapper }: Workspace,
  options: SplitOptions,
  directions: Int8Array | undefined,
  histogram: number,
  leaf: LeafSums,
  columns: Uint32Array,
  countsOf: ColumnCounter,
): void {
  const { minChildSamples, l1, l2 } = options;
  const { gradient, hessian, bounds } = leaf;
  const minHessian = leastOf(options);
  const totals = { gradient, hessian, minHessian, l1, l2, lower: -Infinity, upper: Infinity };
  Object.assign(totals, bounds);
  const recordOf = (i: number): number => (layout.records + i * RECORD_BYTES) / 8;
  const none = directions ? -Infinity : -1;
  const most = new Float64Array(columns.length);
  for (let i = 0; i < columns.length; i++) {
    most[i] = doubles[recordOf(i)]!;
    doubles[recordOf(i)] = none;
  }
  let best = none;
  for (;;) {
    const i = greatestOf(most);
    if (!(most[i]! > none && most[i]! >= best)) return;
    most[i] = none;
    const record = recordOf(i);
    const column = columns[i]!;
    const { valueBinCount, hasMissing } = mapper.columns[column]!;
    const first = (histogram + firstBin[column]! * PAIR_BYTES) / 8;
    const exact = { counts: countsOf(column), rowCount: leaf.count, minCount: minChildSamples };
    if (directions) {
      const direction = directions[column]!;
      const args = [first, valueBinCount, hasMissing, direction, totals, record, exact] as const;
      scanBoundedColumn(doubles, ...args);
    } else {
      scanColumn(doubles, first, valueBinCount, hasMissing, totals, record, exact);
    }
    best = Math.max(best, doubles[record]!);
  }
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
