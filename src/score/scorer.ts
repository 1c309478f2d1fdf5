import type { Feature } from '../model/feature.js';
import type { Task } from '../model/model.js';
import type { Rule, Schema } from '../model/schema.js';
import type { Threshold } from '../model/threshold.js';

/** A row by field name. null and undefined are missing, and so is the empty string of a category. */
export type RowRecord = Readonly<Record<string, number | string | null | undefined>>;

/**
 * A loaded model. Everything is synchronous, several may live side by side.
 *
 * A prediction is float32: the probability of the positive class (binary), the probability of each class, in the order of
 * `schema.target.classes` (multiclass), or a number (regression).
 */
export interface Scorer {
  readonly task: Task;
  /** numbers that a prediction has: the number of classes of a multiclass model, else 1 */
  readonly outputCount: number;
  readonly schema: Schema;
  readonly features: readonly Feature[];
  /** of a binary model only */
  readonly threshold: Threshold | undefined;
  readonly rules: readonly Rule[];
  /** which engine scores: a WebAssembly kernel, with SIMD or without, or their JavaScript twin */
  readonly kernel: 'simd' | 'portable' | 'javascript';

  /**
   * Predictions of records, or of a row-major feature matrix (rows * features.length).
   * @returns row-major, rows * outputCount.
   * @throws {DataError} naming the row and the field on an unknown or absent field or a value of the wrong type.
   */
  predict(rows: readonly RowRecord[] | Float32Array): Float32Array;
  /**
   * The prediction of one feature row (float32 numbers and category codes); allocates nothing.
   * @throws {ShapeError} for a multiclass model, see {@link predictRowInto}.
   */
  predictRow(values: ArrayLike<number>): number;
  /** The prediction of one feature row into `out`, of at least outputCount elements; allocates nothing. */
  predictRowInto(values: ArrayLike<number>, out: Float32Array): void;
  /** Predictions of a row-major feature matrix, row-major into `out`; allocates no buffers, whatever the size of the batch. */
  predictInto(matrix: Float32Array, rowCount: number, out: Float32Array): void;
  /** Margins before link and calibration, row-major, rows * outputCount. */
  margin(rows: readonly RowRecord[] | Float32Array): Float32Array;
  /**
   * The class of one prediction: of a binary model the positive one when the probability is >= the threshold; of a multiclass
   * model, whose predictions are arrays, the one with the greatest probability, and of equal ones the first.
   * @throws {ConfigError} for a regression, which has no classes.
   * @throws {ShapeError} when it is no prediction of this model.
   */
  label(prediction: number | ArrayLike<number>): string;
  /** The classes of the predictions that `predict` gave, one a row. Errors as of {@link label}. */
  labels(predictions: ArrayLike<number>): string[];
}
