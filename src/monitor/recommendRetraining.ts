import { checkDriftOptions, type DriftOptions } from './driftOptions.js';
import type { DriftReport, FieldDrift, RateChange } from './driftReport.js';

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
  | 'score_drift';

/** Why, in a stable code and in words a person can act on. */
export interface Reason {
  code: ReasonCode;
  /** the field it is about */
  field?: string;
  message: string;
}

export interface RetrainingAdvice {
  recommendation: Recommendation;
  /** empty when all is as it was in training; the weightiest first */
  reasons: Reason[];
}

/**
 * Turns a drift report into advice. Faults of the data come first and mean `investigate`, never `retrain`: a model that is
 * trained on broken data learns to expect them. Without faults, `driftMinFeatures` drifted fields or a shifted class
 * rate mean `retrain`; anything less that changed means `watch`.
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
  const changes = changesOf(report);
  const reasons = [...faults, ...changes];
  if (faults.length > 0) return { recommendation: 'investigate', reasons };
  if (report.driftedFields.length >= options.driftMinFeatures || report.classRateShifted) {
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

function changesOf({ classRateShifted, positiveRate, fields, score }: DriftReport): Reason[] {
  const reasons: Reason[] = [];
  if (classRateShifted) {
    const message = `positive predictions shifted ${span(positiveRate)}`;
    reasons.push({ code: 'class_rate_shift', message });
  } else if (positiveRate.changed) {
    const message = `positive predictions moved ${span(positiveRate)}`;
    reasons.push({ code: 'positive_rate_drift', message });
  }
  for (const { name, changed, psi, jensenShannon } of fields) {
    if (!changed) continue;
    const message = `${name}: the distribution changed (PSI ${psi.toFixed(3)}, Jensen-Shannon ${jensenShannon.toFixed(3)})`;
    reasons.push({ code: 'feature_drift', field: name, message });
  }
  if (score.changed) {
    const message = `the distribution of the probabilities changed (PSI ${score.psi.toFixed(3)})`;
    reasons.push({ code: 'score_drift', message });
  }
  return reasons;
}

function span({ rate, referenceRate }: RateChange): string {
  return `from ${percent(referenceRate)} in training to ${percent(rate)}`;
}

function percent(rate: number): string {
  return `${(rate * 100).toFixed(rate < 0.1 ? 2 : 1)} %`;
}
