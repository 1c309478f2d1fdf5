import type { FieldType } from '../../model/schema.js';
import type { CalibrationTable } from './calibrationTable.js';

/** A numeric field as training saw it. Rows are counted by bins whose edges never change again. */
export interface NumericReference {
  name: string;
  type: Extract<FieldType, 'number'>;
  /** the share of the model's importance that the field has, in [0, 1]; absent when it is not known */
  importance?: number;
  /** ascending, finite float32; bin i holds `edges[i - 1] < x <= edges[i]`, the outer bins are open to ±Infinity */
  edges: number[];
  /** training rows a bin, length edges.length + 1 */
  counts: number[];
  /** mean of the finite values of each bin, ascending: what a row of the bin stands for where a distance is measured */
  centers: number[];
  /** training rows without a value */
  missing: number;
  /** training rows with an infinite value, which the outer bins count too */
  nonFinite: number;
  /** moments and range of the finite values; all 0 when there were none */
  mean: number;
  standardDeviation: number;
  minimum: number;
  maximum: number;
}

/** A category field as training saw it: the most frequent levels by name, the others together. */
export interface CategoryReference {
  name: string;
  type: Extract<FieldType, 'category'>;
  /** the share of the model's importance that the field has, in [0, 1]; absent when it is not known */
  importance?: number;
  /** the most frequent levels, the most frequent first */
  levels: string[];
  /** training rows a level */
  counts: number[];
  /** every other level of the training rows, sorted: what is in neither list is unseen */
  otherLevels: string[];
  /** training rows of the other levels */
  otherCount: number;
  /** training rows without a value */
  missing: number;
  /** levels of exactly one training row: singletons / rows estimates the rate of levels yet unseen (Good 1953) */
  singletons: number;
}

export type FieldReference = NumericReference | CategoryReference;

interface ReferenceParts {
  format: 'coppice-drift-reference';
  version: 4;
  rowCount: number;
  /** in the order of the schema */
  fields: FieldReference[];
}

/** How a binary model scored the training rows. */
export interface BinaryReference extends ReferenceParts {
  task: 'binary';
  /** the negative and the positive class, as they stand in the data */
  classes: [string, string];
  /** the probabilities, by bins like any numeric field */
  score: NumericReference;
  /** the decision threshold that positive predictions are counted with */
  threshold: number;
  /** share of training rows whose label is positive */
  trainingPositiveRate: number;
  /** training rows whose probability is >= threshold */
  predictedPositiveCount: number;
  /** what the probabilities were worth; no bin lies on both sides of the threshold */
  calibration: CalibrationTable;
}

/** How a model of several classes scored the training rows. */
export interface MulticlassReference extends ReferenceParts {
  task: 'multiclass';
  /** each row's greatest probability, by bins like any numeric field */
  score: NumericReference;
  /** in the order of the model's outputs, distinct */
  classes: string[];
  /** training rows of each class */
  trainingClassCounts: number[];
  /** training rows that each class had the greatest probability of; of equal ones the first counts */
  predictedClassCounts: number[];
  /** training rows of each class that were predicted to be of it */
  rightClassCounts: number[];
  /** the probability of each class, added up over the training rows */
  classProbabilities: number[];
  /** the same over the rows that the class was predicted for */
  predictedClassProbabilities: number[];
  /** what the greatest probability of a row was worth */
  calibration: CalibrationTable;
}

/** How a regression scored the training rows. */
export interface RegressionReference extends ReferenceParts {
  task: 'regression';
  /** the predictions, by bins like any numeric field */
  score: NumericReference;
  /** mean and standard deviation of the target over the training rows */
  trainingMean: number;
  trainingStandardDeviation: number;
  /** how far off the predictions were, by the bins of `score` */
  errors: ErrorTable;
}

/** Powers of |target - prediction|, added up over the rows of each bin. */
export interface ErrorCounts {
  absolute: number[];
  squared: number[];
  /** of the fourth power, which says how certain the mean square is */
  fourth: number[];
}

/** {@link ErrorCounts} of the training rows. */
export interface ErrorTable extends ErrorCounts {
  /** how far off the mean error is in parts of the training rows, as a share of it: one standard deviation beyond chance */
  unevenness: { absolute: number; squared: number };
}

/**
 * What drift is measured against: the training rows by fixed bins, and how the model scored them.
 * Plain data without a single training row, so it can be stored beside the model and read anywhere.
 */
export type DriftReference = BinaryReference | MulticlassReference | RegressionReference;

/** Most bins a numeric field is cut into. */
export const MAX_BINS = 10;

/** Most category levels that are counted by name. */
export const MAX_LEVELS = 30;
