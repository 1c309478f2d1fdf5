import { checkDriftOptions, type DriftOptions } from '../drift/driftOptions.js';
import type {
  BinaryDriftReport,
  DistributionChange,
  DriftReport,
  FieldDrift,
  MulticlassDriftReport,
  RateChange,
  RegressionDriftReport,
} from '../drift/driftReport.js';

/** What to do: nothing, keep an eye on it, look for broken data first, or train on recent data. */
export type Recommendation = 'none' | 'watch' | 'investigate' | 'retrain';

export type ReasonCode =
  | 'insufficient_samples'
  | 'missing_values'
  | 'out_of_range'
  | 'unseen_categories'
  | 'feature_drift'
  | 'class_rate_shift'
  | 'positive_rate_drift'
  | 'class_rate_drift'
  | 'class_distribution_drift'
  | 'prediction_shift'
  | 'prediction_out_of_range'
  | 'score_drift';

/** Why, in a stable code and in words a person can act on. */
export interface Reason {
  code: ReasonCode;
  /** the field it is about */
  field?: string;
  /** the class it is about, of a model of several classes */
  class?: string;
  message: string;
}

export interface RetrainingAdvice {
  recommendation: Recommendation;
  /** empty when all is as it was in training; the weightiest first */
  reasons: Reason[];
}

/**
 * Turns a drift report into advice. Faults of the data come first and mean `investigate`, never `retrain`: a model that is
 * trained on broken data learns to expect them. Without faults, `driftMinFeatures` drifted fields or shifted predictions
 * (positive ones, those of a class, or of a regression at one of its quantiles) mean `retrain`; anything less that changed
 * means `watch`.
 * @throws {ConfigError} on a wrong option.
 */
export function recommendRetraining(
  report: DriftReport,
  given?: Partial<DriftOptions>,
): RetrainingAdvice {
  const options = checkDriftOptions(given);
  if (!report.sufficient) {
    const message = `${report.rowCount} rows seen, a decision takes at least ${options.driftMinSamples}`;
    return { recommendation: 'none', reasons: [{ code: 'insufficient_samples', message }] };
  }
  const faults = report.fields.flatMap(faultsOf);
  const changes = [
    ...predictionChanges(report),
    ...report.fields.flatMap(fieldChanges),
    ...scoreChanges(report),
  ];
  const reasons = [...faults, ...changes];
  if (faults.length > 0) return { recommendation: 'investigate', reasons };
  if (report.driftedFields.length >= options.driftMinFeatures || isShifted(report)) {
    return { recommendation: 'retrain', reasons };
  }
  return { recommendation: changes.length > 0 ? 'watch' : 'none', reasons };
}

function faultsOf({ name, missing, outOfRange, unseen }: FieldDrift): Reason[] {
  const reasons: Reason[] = [];
  const add = (code: ReasonCode, rate: RateChange | undefined, what: string): void => {
    if (rate?.changed)
      reasons.push({ code, field: name, message: `${name}: ${what} ${span(rate)}` });
  };
  add('missing_values', missing, 'rows without a value');
  add('out_of_range', outOfRange, 'rows outside the range of the training data');
  add('unseen_categories', unseen, 'rows with a category that training has not seen');
  return reasons;
}

/** Whether the predictions alone call for retraining. */
function isShifted(report: DriftReport): boolean {
  if (report.task === 'binary') return report.classRateShifted;
  if (report.task === 'multiclass') return report.shiftedClasses.length > 0;
  return report.predictionsShifted;
}

function predictionChanges(report: DriftReport): Reason[] {
  if (report.task === 'binary') return positiveRateChanges(report);
  if (report.task === 'multiclass') return classChanges(report);
  return regressionChanges(report);
}

function positiveRateChanges({ classRateShifted, positiveRate }: BinaryDriftReport): Reason[] {
  if (classRateShifted) {
    const message = `positive predictions shifted ${span(positiveRate)}`;
    return [{ code: 'class_rate_shift', message }];
  }
  if (!positiveRate.changed) return [];
  const message = `positive predictions moved ${span(positiveRate)}`;
  return [{ code: 'positive_rate_drift', message }];
}

function classChanges(report: MulticlassDriftReport): Reason[] {
  const { classRates, shiftedClasses, classDistribution } = report;
  const shifted: Reason[] = [];
  const moved: Reason[] = [];
  for (const rate of classRates) {
    if (!rate.changed) continue;
    const subject = `predictions of the class ${JSON.stringify(rate.name)}`;
    if (shiftedClasses.includes(rate.name)) {
      const message = `${subject} shifted ${span(rate)}`;
      shifted.push({ code: 'class_rate_shift', class: rate.name, message });
    } else {
      const message = `${subject} moved ${span(rate)}`;
      moved.push({ code: 'class_rate_drift', class: rate.name, message });
    }
  }
  if (classDistribution.changed) {
    const message = `the distribution of the predicted classes changed ${distances(classDistribution)}`;
    moved.push({ code: 'class_distribution_drift', message });
  }
  return [...shifted, ...moved];
}

function regressionChanges(report: RegressionDriftReport): Reason[] {
  const { predictionsShifted, shift, outOfRange } = report;
  const reasons: Reason[] = [];
  if (predictionsShifted && shift) {
    const message = `predictions above ${Number(shift.above.toPrecision(6))} shifted ${span(shift)}`;
    reasons.push({ code: 'prediction_shift', message });
  }
  if (outOfRange.changed) {
    const message = `predictions outside the range of those on the training rows ${span(outOfRange)}`;
    reasons.push({ code: 'prediction_out_of_range', message });
  }
  return reasons;
}

function fieldChanges(field: FieldDrift): Reason[] {
  if (!field.changed) return [];
  const message = `${field.name}: the distribution changed ${distances(field)}`;
  return [{ code: 'feature_drift', field: field.name, message }];
}

const SCORES = {
  binary: 'probabilities',
  multiclass: "predicted classes' probabilities",
  regression: 'predictions',
} as const;

function scoreChanges({ task, score }: DriftReport): Reason[] {
  if (!score.changed) return [];
  const message = `the distribution of the ${SCORES[task]} changed (PSI ${score.psi.toFixed(3)})`;
  return [{ code: 'score_drift', message }];
}

function distances({ psi, jensenShannon }: DistributionChange): string {
  return `(PSI ${psi.toFixed(3)}, Jensen-Shannon ${jensenShannon.toFixed(3)})`;
}

function span({ rate, referenceRate }: Pick<RateChange, 'rate' | 'referenceRate'>): string {
  return `from ${percent(referenceRate)} in training to ${percent(rate)}`;
}

function percent(rate: number): string {
  return `${(rate * 100).toFixed(rate < 0.1 ? 2 : 1)} %`;
}
