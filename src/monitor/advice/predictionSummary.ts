import type {
  BinaryDriftReport,
  ClassRate,
  DriftReport,
  MulticlassDriftReport,
  RegressionDriftReport,
} from '../drift/driftReport.js';
import { distanceOf } from '../drift/gridDistance.js';
import { describeDistribution, describeRate } from './describeChange.js';

/** How often the positive class is predicted. */
export interface PositiveRates {
  task: 'binary';
  /** null before the first row */
  predicted_positive_rate: number | null;
  /** share of positive labels in training */
  training_positive_rate: number;
  /** share of positive predictions on the training rows: what the predicted rate is compared with */
  training_predicted_positive_rate: number;
}

/** How often each class is predicted. */
export interface ClassRates {
  task: 'multiclass';
  /** null before the first row */
  predicted_class_rates: Record<string, number> | null;
  /** shares of the classes in training */
  training_class_rates: Record<string, number>;
  /** shares of the predicted classes on the training rows: what the predicted rates are compared with */
  training_predicted_class_rates: Record<string, number>;
}

/** What a regression predicts on average. */
export interface PredictedMeans {
  task: 'regression';
  /** null before the first prediction */
  predicted_mean: number | null;
  /** mean of the target in training */
  training_mean: number;
  /** mean prediction on the training rows: what the predictions are compared with */
  training_predicted_mean: number;
}

/** What was predicted, beside the training rows; by task. */
export type PredictionSummary = PositiveRates | ClassRates | PredictedMeans;

/** How the predictions were tested; the keys are those of the task. */
export interface PredictionEvidence {
  /** binary */
  class_rate?: Record<string, unknown>;
  /** multiclass: the predicted classes as a distribution, and one by one */
  class_distribution?: Record<string, unknown>;
  class_rates?: Record<string, unknown>[];
  /** regression: where the predictions moved the most, and how many are outside the range of training */
  prediction_shift?: Record<string, unknown>;
  prediction_out_of_range?: Record<string, unknown>;
}

/** The predictions' part of the decision. */
export function summarizePredictions(report: DriftReport): PredictionSummary {
  const { task, rowCount } = report;
  if (task === 'binary') {
    return {
      task,
      predicted_positive_rate: rowCount > 0 ? report.positiveRate.rate : null,
      training_positive_rate: report.trainingPositiveRate,
      training_predicted_positive_rate: report.positiveRate.referenceRate,
    };
  }
  if (task === 'regression') {
    return {
      task,
      predicted_mean: report.score.moments?.mean ?? null,
      training_mean: report.trainingMean,
      training_predicted_mean: report.trainingPredictedMean,
    };
  }
  const { classRates } = report;
  const byClass = (rateOf: (rate: ClassRate) => number): Record<string, number> =>
    Object.fromEntries(classRates.map((rate) => [rate.name, rateOf(rate)]));
  return {
    task,
    predicted_class_rates: rowCount > 0 ? byClass(({ rate }) => rate) : null,
    training_class_rates: byClass(({ trainingRate }) => trainingRate),
    training_predicted_class_rates: byClass(({ referenceRate }) => referenceRate),
  };
}

/** The predictions' part of the evidence. */
export function predictionEvidence(report: DriftReport): PredictionEvidence {
  if (report.task === 'binary') return binaryEvidence(report);
  if (report.task === 'multiclass') return multiclassEvidence(report);
  return regressionEvidence(report);
}

function binaryEvidence({ positiveRate, classRateShifted }: BinaryDriftReport): PredictionEvidence {
  return { class_rate: { ...describeRate(positiveRate), shifted: classRateShifted } };
}

function multiclassEvidence(report: MulticlassDriftReport): PredictionEvidence {
  const { classDistribution, classRates, shiftedClasses } = report;
  return {
    class_distribution: describeDistribution(classDistribution),
    class_rates: classRates.map((rate) => ({
      class: rate.name,
      ...describeRate(rate),
      shifted: shiftedClasses.includes(rate.name),
    })),
  };
}

function regressionEvidence(report: RegressionDriftReport): PredictionEvidence {
  const { score, predictionsShifted, outOfRange } = report;
  const shift = score.grid?.shift;
  return {
    ...(shift && {
      prediction_shift: {
        above: shift.above,
        rate: shift.rate,
        training_rate: shift.referenceRate,
        distance: distanceOf(shift),
        shifted: predictionsShifted,
      },
    }),
    prediction_out_of_range: describeRate(outOfRange),
  };
}
