import { PADDED_THRESHOLDS } from '../kernel/kernel.js';
import type { Workspace } from '../workspace.js';
import { BINNING_BYTES, binningArguments, binRows, rowChunkCount } from './binRows.js';
import type { CategoryBins } from './categoryBins.js';
import { storeColumns } from './storedColumns.js';

/**
 * Fills the binned matrix of a workspace: a byte a row and column, column by column, and once more row-major with
 * columns bundled where they can be. The gradients are overwritten.
 * @param matrix - row-major float32 of `workspace.rowCount` rows
 */
export function binMatrixInto(
  workspace: Workspace,
  matrix: Float32Array,
  featureCount: number,
): void {
  const { chunkRows, layout, rowCount, team } = workspace;
  const binning = {
    rowCount,
    featureCount,
    chunkRows,
    chunk: layout.chunk,
    table: layout.binningTable,
    tableLength: writeBinningTable(workspace),
    thresholds: layout.thresholds,
    columnBins: layout.columnBins,
  };
  const args = binningArguments(binning);
  const isShared = team?.sharesMatrix === true;
  if (isShared) team.binRows(binning);
  for (let chunk = 0; chunk < rowChunkCount(args); chunk++) {
    if (!isShared) binRows(workspace, matrix, args, chunk, 0);
    binCategories(workspace, matrix, featureCount, chunk * chunkRows);
  }
  workspace.stored = storeColumns(workspace);
}

/** Writes what `binRows` needs to know of the numeric columns. @returns how many there are */
function writeBinningTable({ floats, layout, mapper, words }: Workspace): number {
  let length = 0;
  mapper.columns.forEach((bins, column) => {
    if (bins.kind !== 'number') return;
    const { thresholds, featureIndex, valueBinCount } = bins;
    const first = layout.thresholds / 4 + length * PADDED_THRESHOLDS;
    floats.set(thresholds, first);
    floats.fill(Infinity, first + thresholds.length, first + PADDED_THRESHOLDS);
    words.set(
      [featureIndex, column, firstStepOf(thresholds.length), valueBinCount],
      (layout.binningTable + length * BINNING_BYTES) / 4,
    );
    length++;
  });
  return length;
}

/** Bins the categories of a chunk of rows. */
function binCategories(
  { bytes, chunkRows, layout, mapper, rowCount }: Workspace,
  matrix: Float32Array,
  featureCount: number,
  start: number,
): void {
  const end = Math.min(rowCount, start + chunkRows);
  const values = matrix.subarray(start * featureCount, end * featureCount);
  mapper.columns.forEach((bins, column) => {
    if (bins.kind === 'number') return;
    binCodes(bytes, bins, layout.columnBins + column * rowCount + start, values, featureCount);
  });
}

function binCodes(
  bytes: Uint8Array,
  { binOfCode, featureIndex, valueBinCount }: CategoryBins,
  first: number,
  values: Float32Array,
  featureCount: number,
): void {
  let at = first;
  for (let i = featureIndex; i < values.length; i += featureCount) {
    const code = values[i]!;
    bytes[at++] = code >= 0 ? binOfCode[code]! : valueBinCount;
  }
}

/** The first step of a binary search over `count` values: a power of two, twice which is above `count`. */
function firstStepOf(count: number): number {
  let step = 1;
  while (2 * step <= count) step *= 2;
  return step;
}
