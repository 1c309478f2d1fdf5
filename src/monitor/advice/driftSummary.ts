import { checkDriftOptions, type DriftOptions } from '../drift/driftOptions.js';
import type { DriftReport, FieldDrift } from '../drift/driftReport.js';
import { describeDistribution, describeRate } from './describeChange.js';
import {
  type PredictionEvidence,
  type PredictionSummary,
  predictionEvidence,
  summarizePredictions,
} from './predictionSummary.js';
import {
  type Reason,
  type Recommendation,
  type RetrainingAdvice,
  recommendRetraining,
} from './recommendRetraining.js';

interface SummaryParts {
  samples_observed: number;
  min_samples: number;
  /** largest |mean - training mean| / training standard deviation of a numeric field */
  drift_score_max_abs_z: number;
  drifted_features: string[];
  should_retrain: boolean;
  /** all reasons in one line */
  reason: string;
  recommendation: Recommendation;
  recommended_action: string;
  reasons: Reason[];
}

/** The decision, in the names that operators' tools know. */
export type RetrainingSummary = SummaryParts & PredictionSummary;

/** The decision and the evidence for it. */
export type DriftSummary = RetrainingSummary &
  PredictionEvidence & {
    features: Record<string, unknown>[];
    score: Record<string, unknown>;
    options: DriftOptions;
  };

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
    ...summarizePredictions(report),
    samples_observed: report.rowCount,
    min_samples: options.driftMinSamples,
    drift_score_max_abs_z: report.maxAbsZScore,
    drifted_features: report.driftedFields,
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
    ...predictionEvidence(report),
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
