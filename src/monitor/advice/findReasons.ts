import type {
  BinaryDriftReport,
  DistributionChange,
  DriftReport,
  FieldDrift,
  Moments,
  MulticlassDriftReport,
  RateChange,
  RegressionDriftReport,
} from '../drift/driftReport.js';
import type { PerformanceDrop, PerformanceMetricName } from '../performance/performanceReport.js';
import { beside, figure, movement, percent } from './phrases.js';
import type { Reason, ReasonCode } from './reason.js';

/** Everything that changed in a stretch of rows. */
export function findReasons(report: DriftReport): Reason[] {
  const fields = report.fields
    .filter(({ ignored }) => !ignored)
    .flatMap((field) => [...faultsOf(field), ...driftOf(field)]);
  return [
    ...fields,
    ...report.performance.drops.flatMap(dropReason),
    ...predictionChanges(report),
    ...scoreChanges(report),
  ];
}

function faultsOf(field: FieldDrift): Reason[] {
  const { name, missing, nonFinite, outOfRange, unseen } = field;
  const reasons: Reason[] = [];
  const add = (code: ReasonCode, rate: RateChange | undefined, what: string): void => {
    if (!rate?.changed) return;
    reasons.push({ code, kind: 'fault', field: name, message: `${name} ${what}` });
  };
  add('missing_values', missing, `is missing in ${beside(missing)}`);
  add('non_finite_values', nonFinite, `is infinite in ${nonFinite && beside(nonFinite)}`);
  if (outOfRange?.changed && field.moments) {
    reasons.push(rangeReason(name, outOfRange, field.moments));
  }
  if (unseen) {
    const examples = unseen.levels.slice(0, 4).map((level) => JSON.stringify(level));
    const named = examples.length > 0 ? `, for example ${examples.join(', ')}` : '';
    add(
      'unseen_categories',
      unseen,
      `has categories that training has never seen in ${percent(unseen.rate)}${named}`,
    );
  }
  return reasons;
}

/**
 * Values beyond the range, but of the same sign and of about the size of those in training, are a world that moved: new ids, a year
 * more. Others are a fault: another unit, a code for missing.
 */
function rangeReason(
  field: string,
  { rate, below, above }: NonNullable<FieldDrift['outOfRange']>,
  moments: Moments,
): Reason {
  const { minimum, maximum, referenceMinimum: least, referenceMaximum: greatest } = moments;
  const size = Math.max(Math.abs(least), Math.abs(greatest));
  const otherSign = (least >= 0 && minimum < 0) || (greatest <= 0 && maximum > 0);
  const grown = !otherSign && Math.max(-minimum, maximum) <= LARGER * size;
  const sides = [
    below > 0 ? `down to ${figure(minimum)}` : '',
    above > 0 ? `up to ${figure(maximum)}` : '',
  ].filter((side) => side !== '');
  const range = `outside the ${figure(least)} to ${figure(greatest)} of training in ${percent(rate)} (${sides.join(', ')})`;
  if (!grown) {
    return { code: 'out_of_range', kind: 'fault', field, message: `${field} is ${range}` };
  }
  const hint =
    above >= 0.5
      ? '; a field that only grows, as a date or a running number does, always leaves the range'
      : '';
  return {
    code: 'beyond_training',
    kind: 'field',
    field,
    message: `${field} is ${range}${hint}`,
  };
}

// times the greatest size in training: what is larger was not made by the same process
const LARGER = 2;

function driftOf(field: FieldDrift): Reason[] {
  if (!field.changed) return [];
  const message = `${field.name} ${movement(field)}; ${distances(field)}`;
  return [{ code: 'feature_drift', kind: 'field', field: field.name, message }];
}

const METRICS: Readonly<Record<PerformanceMetricName, string>> = {
  precision: 'precision',
  recall: 'recall',
  accuracy: 'accuracy',
  meanAbsoluteError: 'mean absolute error',
  rootMeanSquaredError: 'root mean squared error',
};

function dropReason(drop: PerformanceDrop): Reason[] {
  if (!drop.changed) return [];
  const { kind, metric, from, to } = drop;
  const isError = metric === 'meanAbsoluteError' || metric === 'rootMeanSquaredError';
  const show = isError ? figure : percent;
  const subject = `${METRICS[metric]} ${kind === 'estimated' ? 'is probably' : 'is'} ${show(to)}`;
  if (kind === 'concept') {
    const message =
      `${subject} by the labels where the predictions of the same rows promise ${show(from)}: ` +
      'what rows mean has changed';
    return [{ code: 'concept_drift', kind: 'performance', metric, seen_by: kind, message }];
  }
  const by = kind === 'estimated' ? 'by the predictions alone' : 'by the labels';
  const message = `${subject} ${by}, in training it was ${show(from)}`;
  return [{ code: 'performance_drop', kind: 'performance', metric, seen_by: kind, message }];
}

function predictionChanges(report: DriftReport): Reason[] {
  if (report.task === 'binary') return positiveRateChanges(report);
  if (report.task === 'multiclass') return classChanges(report);
  return regressionChanges(report);
}

function positiveRateChanges({ classRateShifted, positiveRate }: BinaryDriftReport): Reason[] {
  if (!positiveRate.changed) return [];
  const message = `positive predictions are ${beside(positiveRate)}`;
  return [
    classRateShifted
      ? { code: 'class_rate_shift', kind: 'prediction', message }
      : { code: 'positive_rate_drift', kind: 'note', message },
  ];
}

function classChanges(report: MulticlassDriftReport): Reason[] {
  const { classRates, shiftedClasses, classDistribution } = report;
  const shifted: Reason[] = [];
  const moved: Reason[] = [];
  for (const rate of classRates) {
    if (!rate.changed) continue;
    const { name } = rate;
    const message = `predictions of the class ${JSON.stringify(name)} are ${beside(rate)}`;
    if (shiftedClasses.includes(name)) {
      shifted.push({ code: 'class_rate_shift', kind: 'prediction', class: name, message });
    } else moved.push({ code: 'class_rate_drift', kind: 'note', class: name, message });
  }
  if (classDistribution.changed) {
    const message = `the classes are predicted in other shares: ${movement(classDistribution)}`;
    moved.push({ code: 'class_distribution_drift', kind: 'note', message });
  }
  return [...shifted, ...moved];
}

function regressionChanges(report: RegressionDriftReport): Reason[] {
  const { predictionsShifted, score, outOfRange } = report;
  const reasons: Reason[] = [];
  if (predictionsShifted) {
    const message = `the prediction ${movement(score)}`;
    reasons.push({ code: 'prediction_shift', kind: 'prediction', message });
  }
  if (outOfRange.changed) {
    const message = `predictions are outside the range of those in training in ${percent(outOfRange.rate)}`;
    reasons.push({ code: 'prediction_out_of_range', kind: 'note', message });
  }
  return reasons;
}

const SCORES = {
  binary: 'the probability',
  multiclass: 'the probability of the predicted class',
  regression: 'the prediction',
} as const;

function scoreChanges({ task, score }: DriftReport): Reason[] {
  if (!score.changed) return [];
  const message = `${SCORES[task]} ${movement(score)}; ${distances(score)}`;
  return [{ code: 'score_drift', kind: 'note', message }];
}

function distances({ psi, jensenShannon }: DistributionChange): string {
  return `PSI ${psi.toFixed(2)}, Jensen-Shannon ${jensenShannon.toFixed(2)}`;
}
