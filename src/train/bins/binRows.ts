import { type Kernel, PADDED_THRESHOLDS } from '../kernel/kernel.js';

/** What {@link binRows} reads and writes: byte addresses, but for the counts. */
export interface RowBinning {
  rowCount: number;
  featureCount: number;
  /** rows of a job */
  chunkRows: number;
  /** room for `chunkRows` raw rows a thread */
  chunk: number;
  /** four uint32 a numeric column: feature, column, first step of the search, bin of missing values */
  table: number;
  tableLength: number;
  /** PADDED_THRESHOLDS float32 a numeric column */
  thresholds: number;
  /** a byte a row, column after column (OUT) */
  columnBins: number;
}

/** Bytes of a record of the table. */
export const BINNING_BYTES = 16;
const THRESHOLD_BYTES = 4 * PADDED_THRESHOLDS;

/** As a list of numbers, which is how threads tell each other. */
export function binningArguments(binning: RowBinning): number[] {
  const { rowCount, featureCount, chunkRows, chunk, table, tableLength, thresholds, columnBins } =
    binning;
  return [rowCount, featureCount, chunkRows, chunk, table, tableLength, thresholds, columnBins];
}

/** Jobs that the rows are cut into. */
export function rowChunkCount(args: ArrayLike<number>): number {
  return Math.ceil(args[0]! / args[2]!);
}

/** Bytes of the raw rows of a thread, whole cache lines. */
export function chunkBytesOf(chunkRows: number, featureCount: number): number {
  return Math.ceil((4 * chunkRows * featureCount) / 64) * 64;
}

/**
 * Bins the numeric columns of one chunk of rows.
 * @param args - of {@link binningArguments}
 * @param worker - whose part of the chunk memory is used
 */
export function binRows(
  { kernel, words, floats }: { kernel: Kernel; words: Uint32Array; floats: Float32Array },
  matrix: Float32Array,
  args: ArrayLike<number>,
  job: number,
  worker: number,
): void {
  const [rowCount, featureCount, chunkRows, chunk, table, length, thresholds, columnBins] =
    args as unknown as [number, number, number, number, number, number, number, number];
  const start = job * chunkRows;
  const count = Math.min(chunkRows, rowCount - start);
  const values = chunk + worker * chunkBytesOf(chunkRows, featureCount);
  floats.set(matrix.subarray(start * featureCount, (start + count) * featureCount), values / 4);
  for (let i = 0; i < length; i++) {
    const record = (table + i * BINNING_BYTES) / 4;
    kernel.binColumn(
      values + 4 * words[record]!,
      4 * featureCount,
      count,
      thresholds + i * THRESHOLD_BYTES,
      words[record + 2]!,
      words[record + 3]!,
      columnBins + words[record + 1]! * rowCount + start,
    );
  }
}
