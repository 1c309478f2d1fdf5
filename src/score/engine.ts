import { ShapeError } from '../core/errors.js';
import type { KernelKind } from './kernelModule.js';

/**
 * Features of rows as the predictor reads them: a row-major matrix, or an array for each feature, in the order of the features.
 * Float32; NaN is missing, a category is the index of its level.
 */
export type FeatureSource = Float32Array | readonly Float32Array[];

/**
 * Rows of a forest that are binned already: an array for each byte column of the blob, a byte a row. `scorer.bin` makes them, and so may
 * whoever has the thresholds (docs/blob-format.md).
 */
export type BinnedRows = readonly Uint8Array[];

/**
 * Cuts a column-major matrix into an array for each feature, which are views of it: what `scorer.predict` takes.
 * @param matrix - length featureCount * rowCount
 * @throws {ShapeError} when it is no whole number of columns.
 * @example
 * scorer.predict(columnMajor(matrix, rowCount));
 */
export function columnMajor(matrix: Float32Array, rowCount: number): Float32Array[] {
  const featureCount = rowCount > 0 ? matrix.length / rowCount : 0;
  if (Number.isInteger(featureCount)) {
    return Array.from({ length: featureCount }, (_, feature) =>
      matrix.subarray(feature * rowCount, (feature + 1) * rowCount),
    );
  }
  throw new ShapeError(
    `expected a column-major matrix of ${rowCount} rows, got ${matrix.length} values`,
  );
}

/** What scores feature rows. Engines of one model give the same bytes; {@link Scorer} adds names, checks and labels. */
export interface Engine {
  readonly kernel: KernelKind | 'javascript';
  /** Predictions of the first `rowCount` rows, float32, row-major, into `out`. */
  predictionsInto(source: FeatureSource | BinnedRows, rowCount: number, out: Float32Array): void;
  /** Margins of the first `rowCount` rows, rounded to float32, row-major, into `out`. */
  marginsInto(source: FeatureSource | BinnedRows, rowCount: number, out: Float32Array): void;
  /** The prediction of one row into `out`, an element an output; allocates nothing. */
  rowPredictionInto(values: ArrayLike<number>, out: Float32Array): void;
}

/** rows of records and columns that are prepared at a time: four tiles of the kernel */
export const BLOCK_ROWS = 1024;
