import type { Feature } from '../model/feature.js';
import type { Rule, Schema } from '../model/schema.js';
import type { Threshold } from '../model/threshold.js';

/** A row by field name. null and undefined are missing, and so is the empty string of a category. */
export type RowRecord = Readonly<Record<string, number | string | null | undefined>>;

/**
 * A loaded model. Everything is synchronous, several may live side by side.
 * Probabilities are float32 and of the positive class.
 */
export interface Scorer {
  readonly schema: Schema;
  readonly features: readonly Feature[];
  readonly threshold: Threshold;
  readonly rules: readonly Rule[];
  /** which engine scores: the WebAssembly kernel or its JavaScript twin */
  readonly kernel: 'simd' | 'javascript';

  /**
   * Probabilities of records, or of a row-major feature matrix (rows * features.length).
   * @throws {DataError} naming the row and the field on an unknown or absent field or a value of the wrong type.
   */
  predict(rows: readonly RowRecord[] | Float32Array): Float32Array;
  /** The probability of one feature row (float32 numbers and category codes); allocates nothing. */
  predictRow(values: ArrayLike<number>): number;
  /** Probabilities of a row-major feature matrix, into `out`; allocates no buffers, whatever the size of the batch. */
  predictInto(matrix: Float32Array, rowCount: number, out: Float32Array): void;
  /** Margins before calibration. */
  margin(rows: readonly RowRecord[] | Float32Array): Float32Array;
  /** The class of a probability: `schema.target.positive` when it is >= the threshold. */
  label(probability: number): string;
}
