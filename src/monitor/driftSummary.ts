import { checkDriftOptions, type DriftOptions } from './driftOptions.js';
import type { DistributionChange, DriftReport, FieldDrift, RateChange } from './driftReport.js';
import {
  type Reason,
  type Recommendation,
  type RetrainingAdvice,
  recommendRetraining,
} from './recommendRetraining.js';

/** The decision, in the names that operators' tools know. */
export interface RetrainingSummary {
  samples_observed: number;
  min_samples: number;
  /** largest |mean - training mean| / training standard deviation of a numeric field */
  drift_score_max_abs_z: number;
  drifted_features: string[];
  /** null before the first row */
  predicted_positive_rate: number | null;
  /** share of positive labels in training */
  training_positive_rate: number;
  /** share of positive predictions on the training rows: what the predicted rate is compared with */
  training_predicted_positive_rate: number;
  should_retrain: boolean;
  /** all reasons in one line */
  reason: string;
  recommendation: Recommendation;
  recommended_action: string;
  reasons: Reason[];
}

/** The decision and the evidence for it. */
export interface DriftSummary extends RetrainingSummary {
  features: Record<string, unknown>[];
  score: Record<string, unknown>;
  class_rate: Record<string, unknown>;
  options: DriftOptions;
}

const ACTIONS: Readonly<Record<Recommendation, string>> = {
  none: 'Nothing to do.',
  watch: 'Watch: something moved, not enough to retrain.',
  investigate:
    'Look for a fault in the data or its pipeline before anything else; retraining on broken data makes the model worse.',
  retrain: 'Retrain on recent data and compare with the model in use before replacing it.',
};

/** The answer of `/monitoring/retraining_trigger`, as JSON data. */
export function summarizeRetraining(
  report: DriftReport,
  given?: Partial<DriftOptions>,
): RetrainingSummary {
  const options = checkDriftOptions(given);
  const advice = recommendRetraining(report, options);
  return {
    samples_observed: report.rowCount,
    min_samples: options.driftMinSamples,
    drift_score_max_abs_z: report.maxAbsZScore,
    drifted_features: report.driftedFields,
    predicted_positive_rate: report.rowCount > 0 ? report.positiveRate.rate : null,
    training_positive_rate: report.trainingPositiveRate,
    training_predicted_positive_rate: report.positiveRate.referenceRate,
    should_retrain: advice.recommendation === 'retrain',
    reason: reasonLine(advice),
    recommendation: advice.recommendation,
    recommended_action: ACTIONS[advice.recommendation],
    reasons: advice.reasons,
  };
}

/** The answer of `/monitoring/drift`, as JSON data: equal states give equal bytes. */
export function summarizeDrift(report: DriftReport, given?: Partial<DriftOptions>): DriftSummary {
  return {
    ...summarizeRetraining(report, given),
    features: report.fields.map(describeField),
    score: describeDistribution(report.score),
    class_rate: { ...describeRate(report.positiveRate), shifted: report.classRateShifted },
    options: checkDriftOptions(given),
  };
}

function reasonLine({ reasons }: RetrainingAdvice): string {
  if (reasons.length === 0) return 'no change was found';
  return reasons.map(({ message }) => message).join('; ');
}

function describeField(field: FieldDrift): Record<string, unknown> {
  const { missing, outOfRange, unseen } = field;
  return {
    ...describeDistribution(field),
    missing: describeRate(missing),
    ...(outOfRange && { out_of_range: describeRate(outOfRange) }),
    ...(unseen && { unseen: describeRate(unseen) }),
  };
}

/** Keys without a value are left out when this is written as JSON. */
function describeDistribution(change: DistributionChange): Record<string, unknown> {
  return {
    name: change.name,
    type: change.type,
    drifted: change.changed,
    significant: change.significant,
    material: change.material,
    psi: change.psi,
    jensen_shannon: change.jensenShannon,
    chi_square: change.statistic,
    degrees_of_freedom: change.degreesOfFreedom,
    p_value: change.pValue,
    adjusted_p_value: change.adjustedPValue,
    z_score: change.zScore,
    mean: change.mean,
    standard_deviation: change.standardDeviation,
    minimum: change.minimum,
    maximum: change.maximum,
    training_mean: change.referenceMean,
    training_standard_deviation: change.referenceStandardDeviation,
  };
}

function describeRate(change: RateChange): Record<string, unknown> {
  return {
    rate: change.rate,
    training_rate: change.referenceRate,
    changed: change.changed,
    significant: change.significant,
    material: change.material,
    p_value: change.pValue,
    adjusted_p_value: change.adjustedPValue,
  };
}
