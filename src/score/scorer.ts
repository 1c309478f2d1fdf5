import type { Feature } from '../model/feature.js';
import type { Task } from '../model/model.js';
import type { QuantizedModel } from '../model/quantized.js';
import type { Rule, Schema } from '../model/schema.js';
import type { Threshold } from '../model/threshold.js';
import type { BinnedRows, FeatureSource } from './engine.js';
import type { Table } from './extra/columnEncoder.js';

/** A row by field name. null and undefined are missing, and so is the empty string of a category. */
export type RowRecord = Readonly<Record<string, number | string | null | undefined>>;

/**
 * Rows, by the names of the fields:
 *
 * - a record, or an array of records
 * - columns: an object of arrays, typed arrays, Arrow vectors or `{ codes, levels }`, or a table of Apache Arrow, flechette or arquero
 *
 * or as features, which are float32 numbers and category codes in the order of `scorer.features`:
 *
 * - a row-major Float32Array of whole rows
 * - an array of Float32Arrays, one a feature; {@link columnMajor} cuts a column-major matrix into them
 *
 * or binned already:
 *
 * - an array of Uint8Arrays, one a byte column of the blob, from {@link Scorer.bin}
 */
export type Rows = RowRecord | readonly RowRecord[] | Table | FeatureSource | BinnedRows;

/** Class indices, an element a row. */
export type ClassIndices = Uint8Array | Uint16Array | Uint32Array | Int32Array;

/** Writes the contributions of every feature to every margin of `rowCount` rows to `out`; see {@link Scorer.contributions}. */
export type ContributionsInto = (
  source: FeatureSource | BinnedRows,
  rowCount: number,
  out: Float64Array,
) => void;

/** Prepares the explanation of a model. `explainer` of `coppice/explain` is one. */
export type Explainer = (model: QuantizedModel) => ContributionsInto;

/**
 * A loaded model. Everything is synchronous, several may live side by side.
 *
 * A prediction is float32: the probability of the positive class (binary), the probability of each class, in the order of
 * `schema.target.classes` (multiclass), or a number (regression). All kinds of {@link Rows} give the same bytes.
 *
 * Methods that end in `Into` write to an array of the caller and allocate no memory that grows with the rows; for a record, a row of
 * features and a matrix they allocate nothing at all.
 *
 * All of them throw a {@link DataError} on an unknown or absent field or a value of the wrong type, naming the row (from 0) and the
 * field, and a {@link ShapeError} on arrays that do not fit.
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

  /** @returns predictions, row-major, rows * outputCount. */
  predict(rows: Rows): Float32Array;
  /** Predictions of the first `rowCount` rows, row-major into `out`. */
  predictInto(rows: Rows, rowCount: number, out: Float32Array): void;
  /**
   * The prediction of one row of features; allocates nothing.
   * @throws {ShapeError} for a multiclass model, see {@link predictRowInto}.
   */
  predictRow(values: ArrayLike<number>): number;
  /** The prediction of one row of features into `out`, of at least outputCount elements. */
  predictRowInto(values: ArrayLike<number>, out: Float32Array): void;

  /** @returns margins before link and calibration, float32, row-major, rows * outputCount. */
  margin(rows: Rows): Float32Array;
  /** Margins of the first `rowCount` rows, row-major into `out`. */
  marginInto(rows: Rows, rowCount: number, out: Float32Array): void;

  /**
   * The bytes that the trees test, for rows that are scored more than once or kept: as a rule a quarter of the size of the features, and
   * the same predictions. Like columns, this needs `columns: true` in the bundle for pages.
   * @returns an array for each byte column of the blob, a byte a row.
   * @throws {ConfigError} when no tree tests anything, as in a linear model; without `columns`.
   */
  bin(rows: Rows): Uint8Array[];

  /**
   * The class of one prediction: of a binary model the positive one when the probability is >= the threshold; of a multiclass
   * model, whose predictions are arrays, the one with the greatest probability, and of equal ones the first.
   * @throws {ConfigError} for a regression, which has no classes.
   * @throws {ShapeError} when it is no prediction of this model.
   */
  label(prediction: number | ArrayLike<number>): string;
  /** The classes of the predictions that `predict` gave, one a row. Errors as of {@link label}. */
  labels(predictions: ArrayLike<number>): string[];
  /** The same as indices into `schema.target.classes`, an element of `out` a row. */
  labelsInto(predictions: ArrayLike<number>, out: ClassIndices): void;

  /**
   * How much each feature moved each margin: Shapley values that add up to the margin, with the expected margin as the last number.
   * For scorers that were loaded with an explainer, see {@link LoadOptions.explainer}.
   * @returns row-major, rows * outputCount * (features.length + 1).
   * @throws {ConfigError} without an explainer.
   */
  contributions(rows: Rows): Float64Array;
}
