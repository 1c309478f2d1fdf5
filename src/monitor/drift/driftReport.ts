import type { FieldType } from '../../model/schema.js';
import type { PerformanceReport } from '../performance/performanceReport.js';
import type { Comparison } from '../statistics/compareCounts.js';
import type { GridDistance } from './gridDistance.js';

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

/** Mean, spread and range of the finite values, now and in training. */
export interface Moments {
  /** (mean - training mean) / training standard deviation */
  zScore: number;
  mean: number;
  standardDeviation: number;
  minimum: number;
  maximum: number;
  referenceMean: number;
  referenceStandardDeviation: number;
  referenceMinimum: number;
  referenceMaximum: number;
}

/** The share of a level, now and in training. */
export interface LevelShare {
  level: string;
  rate: number;
  referenceRate: number;
}

/** The distribution of a numeric field, a category field or what was predicted, now and in training. */
export interface DistributionChange extends Verdict, Comparison {
  name: string;
  type: FieldType;
  /** numeric: absent without a finite value */
  moments?: Moments;
  /** numeric: absent without two bins and a value */
  grid?: GridDistance;
  /** of levels or classes: those whose share moved the most, that one first */
  movedLevels?: LevelShare[];
}

/** A field: its distribution, and what may be wrong with the data themselves. */
export interface FieldDrift extends DistributionChange {
  /** the field's share of the model's importance; absent when it is not known */
  importance?: number;
  /** whether the options say that it raises no alarm */
  ignored: boolean;
  /** more rows without a value than in training */
  missing: RateChange;
  /** numeric: more rows with an infinite value */
  nonFinite?: RateChange;
  /** numeric: rows below the training minimum or above the maximum, and each by itself as a rate */
  outOfRange?: RateChange & { below: number; above: number };
  /** category: rows with a level that training has not seen, and some of these levels, the most frequent first */
  unseen?: RateChange & { levels: string[] };
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
  performance: PerformanceReport;
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
  /** the predictions changed significantly, and at one edge by at least classRateShiftThreshold */
  predictionsShifted: boolean;
  /** predictions outside the range of those of training */
  outOfRange: RateChange;
}

/** A state held against its reference. */
export type DriftReport = BinaryDriftReport | MulticlassDriftReport | RegressionDriftReport;
