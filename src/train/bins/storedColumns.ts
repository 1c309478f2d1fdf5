import {
  BUNDLE_BYTES,
  GROUP_COLUMNS,
  PAIR_BYTES,
  TABLE_BYTES,
  TILE_ROWS,
} from '../kernel/kernel.js';
import type { Workspace } from '../workspace.js';
import { binCountOf } from './binMapper.js';
import { bundleColumns, type ColumnBundle } from './columnBundles.js';

/** How the row-major matrix holds the columns: a stored column is a column or a bundle of some. */
export interface StoredColumns {
  /** stored columns, rounded up to whole groups */
  binStride: number;
  /** rows that a histogram kernel gathers at a time */
  tileRows: number;
  /** per column: the group of its stored column */
  groupOf: Uint32Array;
  bundles: readonly StoredBundle[];
  /** codes of all bundles */
  codeCount: number;
}

export interface StoredBundle {
  columns: readonly number[];
  /** its first code in `bundleSums` and `memberBins` */
  firstCode: number;
  size: number;
}

export const NOTHING_STORED: StoredColumns = {
  binStride: 0,
  tileRows: 0,
  groupOf: new Uint32Array(0),
  bundles: [],
  codeCount: 0,
};

/** A tile of bins stays in the cache for all groups of columns. */
const TILE_BYTES = 2 ** 15;

/**
 * Bundles the columns of `layout.columnBins` and writes the row-major matrix, the stored table and the tables of the bundles.
 * The memory of the gradients serves as scratch.
 */
export function storeColumns(workspace: Workspace): StoredColumns {
  const { bytes, layout, mapper, rowCount } = workspace;
  const addressOf = (column: number): number => layout.columnBins + column * rowCount;
  const storedColumns = bundleColumns(
    mapper.columns.map((bins, column) => ({
      bins: bytes.subarray(addressOf(column), addressOf(column) + rowCount),
      binCount: binCountOf(bins),
    })),
  );
  const binStride = Math.ceil(storedColumns.length / GROUP_COLUMNS) * GROUP_COLUMNS;
  const groupOf = new Uint32Array(mapper.columns.length);
  storedColumns.forEach(({ columns }, at) => {
    for (const column of columns) groupOf[column] = Math.floor(at / GROUP_COLUMNS);
  });
  for (let start = 0; start < binStride; start += GROUP_COLUMNS) {
    writeGroup(workspace, storedColumns, start, binStride, addressOf);
  }
  const { bundles, codeCount } = writeTables(workspace, storedColumns, binStride);
  const tileRows = Math.max(16, Math.min(TILE_ROWS, Math.floor(TILE_BYTES / binStride)));
  return { binStride, tileRows, groupOf, bundles, codeCount };
}

/** Writes eight stored columns of all rows. */
function writeGroup(
  { bytes, kernel, layout, rowCount, words }: Workspace,
  storedColumns: readonly ColumnBundle[],
  start: number,
  binStride: number,
  addressOf: (column: number) => number,
): void {
  for (let k = 0; k < GROUP_COLUMNS; k++) {
    const stored = storedColumns[start + k];
    let source = layout.gradients + k * rowCount;
    if (!stored) bytes.fill(0, source, source + rowCount);
    else if (stored.columns.length > 1) bytes.set(stored.codes, source);
    else source = addressOf(stored.columns[0]!);
    words[layout.sources / 4 + k] = source;
  }
  kernel.storeColumns(layout.sources, rowCount, layout.bins + start, binStride);
}

/** Writes where the sums of each stored column are, and what the codes of each bundle stand for. */
function writeTables(
  { bytes, firstBin, histogramBytes, layout, mapper, words }: Workspace,
  storedColumns: readonly ColumnBundle[],
  binStride: number,
): { bundles: StoredBundle[]; codeCount: number } {
  const bundles: StoredBundle[] = [];
  let codeCount = 0;
  const padding = [histogramBytes - PAIR_BYTES, 0, 0, 0];
  const recordOf = (column: number | undefined): number[] =>
    column === undefined
      ? padding
      : [firstBin[column]! * PAIR_BYTES, binCountOf(mapper.columns[column]!), 0, 0];
  for (let at = 0; at < binStride; at++) {
    const stored = storedColumns[at];
    const record = (layout.storedTable + at * TABLE_BYTES) / 4;
    if (!stored || stored.columns.length === 1) {
      words.set(recordOf(stored?.columns[0]), record);
      continue;
    }
    const { columns, size } = stored;
    words.set([codeCount * PAIR_BYTES, size, 0, 1], record);
    const own = (layout.bundleTable + bundles.length * BUNDLE_BYTES) / 4;
    words.set([codeCount * PAIR_BYTES, size, codeCount * GROUP_COLUMNS, 0], own);
    for (let k = 0; k < GROUP_COLUMNS; k++) {
      words.set(recordOf(columns[k]), own + ((k + 1) * TABLE_BYTES) / 4);
    }
    bytes.set(stored.binsOfCode, layout.memberBins + codeCount * GROUP_COLUMNS);
    bundles.push({ columns, firstCode: codeCount, size });
    codeCount += size;
  }
  return { bundles, codeCount };
}
