import type { FieldType } from '../model/schema.js';
import type { Comparison } from './compareCounts.js';

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

/** The distribution of a numeric field, a category field or the probability, now and in training. */
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

/** A state held against its reference. */
export interface DriftReport {
  rowCount: number;
  /** whether there were driftMinSamples rows; without, nothing is called changed */
  sufficient: boolean;
  fields: FieldDrift[];
  score: DistributionChange;
  /** share of rows at or above the threshold, beside the same share of the training rows */
  positiveRate: RateChange;
  /** share of training rows whose label is positive */
  trainingPositiveRate: number;
  /** the positive rate is significantly off by at least classRateShiftThreshold */
  classRateShifted: boolean;
  /** largest |zScore| of a numeric field; 0 when there is none */
  maxAbsZScore: number;
  /** names of the fields whose distribution changed, in the order of the schema */
  driftedFields: string[];
}
