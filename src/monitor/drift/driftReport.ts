import type { FieldType } from '../../model/schema.js';
import type { Comparison } from '../statistics/compareCounts.js';
import type { QuantileShift } from './quantileShift.js';

/** The outcome of one test: both keys must turn before anything is called a change. */
export interface Verdict {
  pValue: number;
  /** adjusted for all tests of the assessment (Benjamini and Hochberg) */
  adjustedPValue: number;
  /** chance does not explain it: adjustedPValue <= falseAlarmRate */
  significant: boolean;
  /** it is large enough to matter */
  material: boolean;
  /** significant and material, of at least driftMinSamples rows */
  changed: boolean;
}

/** A rate now and in training. */
export interface RateChange extends Verdict {
  rate: number;
  referenceRate: number;
}

/** The distribution of a numeric field, a category field or what was predicted, now and in training. */
export interface DistributionChange extends Verdict, Comparison {
  name: string;
  type: FieldType;
  /** numeric: (mean - training mean) / training standard deviation; absent without a value */
  zScore?: number;
  /** numeric: absent without a value */
  mean?: number;
  standardDeviation?: number;
  minimum?: number;
  maximum?: number;
  referenceMean?: number;
  referenceStandardDeviation?: number;
}

/** A field: its distribution, and what may be wrong with the data themselves. */
export interface FieldDrift extends DistributionChange {
  /** more rows without a value than in training */
  missing: RateChange;
  /** numeric: rows below the training minimum or above the maximum */
  outOfRange?: RateChange;
  /** category: rows with a level that training has not seen */
  unseen?: RateChange;
}

/** How often a class is predicted, now and on the training rows. */
export interface ClassRate extends RateChange {
  /** the class */
  name: string;
  /** share of training rows of the class */
  trainingRate: number;
}

/** What a report has whatever the model predicts. */
export interface DriftReportParts {
  rowCount: number;
  /** whether there were driftMinSamples rows; without, nothing is called changed */
  sufficient: boolean;
  fields: FieldDrift[];
  /** the probabilities (binary), each row's greatest probability (multiclass) or the predictions (regression) */
  score: DistributionChange;
  /** largest |zScore| of a numeric field; 0 when there is none */
  maxAbsZScore: number;
  /** names of the fields whose distribution changed, in the order of the schema */
  driftedFields: string[];
}

/** The rows of a binary model held against its reference. */
export interface BinaryDriftReport extends DriftReportParts {
  task: 'binary';
  /** share of rows at or above the threshold, beside the same share of the training rows */
  positiveRate: RateChange;
  /** share of training rows whose label is positive */
  trainingPositiveRate: number;
  /** the positive rate is significantly off by at least classRateShiftThreshold */
  classRateShifted: boolean;
}

/** The rows of a model of several classes held against its reference. */
export interface MulticlassDriftReport extends DriftReportParts {
  task: 'multiclass';
  /** the predicted classes as a distribution */
  classDistribution: DistributionChange;
  /** the same class by class, in the order of the classes */
  classRates: ClassRate[];
  /** the classes whose rate is significantly off by at least classRateShiftThreshold */
  shiftedClasses: string[];
}

/** The rows of a regression held against its reference. */
export interface RegressionDriftReport extends DriftReportParts {
  task: 'regression';
  /** mean and standard deviation of the target over the training rows */
  trainingMean: number;
  trainingStandardDeviation: number;
  /** mean prediction of the training rows */
  trainingPredictedMean: number;
  /** where the predictions differ the most from those of training; undefined without two bins and a prediction */
  shift: QuantileShift | undefined;
  /** the predictions changed significantly, and at `shift` by at least classRateShiftThreshold */
  predictionsShifted: boolean;
  /** predictions outside the range of those of training */
  outOfRange: RateChange;
}

/** A state held against its reference. */
export type DriftReport = BinaryDriftReport | MulticlassDriftReport | RegressionDriftReport;
