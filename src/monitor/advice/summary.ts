import type { DriftReport } from '../drift/driftReport.js';
import type { DriftOptions, MonitorOptions } from '../monitorOptions.js';
import type { Alarm } from '../windows/alarms.js';
import type { MonitorView } from '../windows/assessMonitor.js';
import type { WindowSummary } from '../windows/history.js';
import { describeEvidence } from './describeChange.js';
import {
  type PredictionEvidence,
  type PredictionSummary,
  predictionEvidence,
  summarizePredictions,
} from './predictionSummary.js';
import type { Reason } from './reason.js';
import type { Recommendation, RetrainingAdvice } from './recommend.js';

/** A time as ISO text, or the position of a row. */
export type Place = string | number;

interface SummaryParts {
  /** rows that were ever counted */
  samples_observed: number;
  min_samples: number;
  /** what the figures and the decision rest on: the newest judged window, or all rows while there is none */
  evidence: { scope: 'window' | 'all'; from?: Place; to?: Place; rows: number };
  /** largest |mean - training mean| / training standard deviation of a numeric field */
  drift_score_max_abs_z: number;
  drifted_features: string[];
  should_retrain: boolean;
  /** all reasons in one line */
  reason: string;
  recommendation: Recommendation;
  recommended_action: string;
  reasons: Reason[];
  alarms: AlarmSummary[];
}

/** A change, from the first window that showed it on. */
export interface AlarmSummary extends Reason {
  since: Place;
  last_seen: Place;
  windows: number;
  quiet_windows: number;
  /** in enough windows to act on */
  persistent: boolean;
}

/** The decision, in the names that operators' tools know. */
export type RetrainingSummary = SummaryParts & PredictionSummary;

/** The decision and the evidence for it. */
export type DriftSummary = RetrainingSummary &
  PredictionEvidence & {
    features: Record<string, unknown>[];
    score: Record<string, unknown>;
    performance: Record<string, unknown>;
    /** the same of all rows, beside a window's */
    overall?: Record<string, unknown>;
    windows: Record<string, unknown>[];
    options: DriftOptions | MonitorOptions;
  };

const ACTIONS: Readonly<Record<Recommendation, string>> = {
  none: 'Nothing to do.',
  watch: 'Something moved, not enough to retrain: look again after the next windows.',
  investigate:
    'Look for a fault in the data or on their way here first: a model that is retrained on broken data learns the fault.',
  retrain:
    'Retrain on recent data, and let held-out rows decide whether the new model replaces this one (coppice retrain).',
};

function actionOf({ advice, alarms }: MonitorView): string {
  if (advice.reasons.some(({ code }) => code === 'insufficient_samples')) {
    return 'Too few rows to say anything: wait for more.';
  }
  const action = ACTIONS[advice.recommendation];
  if (advice.recommendation !== 'investigate') return action;
  const isWorse = alarms.some(
    ({ persistent, reason }) => persistent && reason.kind === 'performance',
  );
  return isWorse
    ? `${action} The model has become worse as well: once the data are right, retrain.`
    : `${action} If the data turn out to be right, the world has changed: retrain.`;
}

/** What to call the beginning of a window, and its end, which is excluded. */
export interface PlaceFormat {
  from(at: number): Place;
  to(at: number): Place;
}

/** The answer of `/monitoring/retraining_trigger`, as JSON data. */
export function summarizeRetraining(
  view: MonitorView,
  options: DriftOptions,
  place: PlaceFormat,
): RetrainingSummary {
  const { evidence, window, overall, advice, alarms } = view;
  const { report, scope } = evidence;
  return {
    ...summarizePredictions(report),
    samples_observed: overall.rowCount,
    min_samples: options.driftMinSamples,
    evidence: {
      scope,
      ...(window && { from: place.from(window.from), to: place.to(window.to) }),
      rows: report.rowCount,
    },
    drift_score_max_abs_z: report.maxAbsZScore,
    drifted_features: driftedFeatures(alarms),
    should_retrain: advice.recommendation === 'retrain',
    reason: reasonLine(advice),
    recommendation: advice.recommendation,
    recommended_action: actionOf(view),
    reasons: advice.reasons,
    alarms: alarms.map((alarm) => describeAlarm(alarm, place)),
  };
}

/** The answer of `/monitoring/drift`, as JSON data: equal states give equal bytes. */
export function summarizeDrift(
  view: MonitorView,
  options: DriftOptions | MonitorOptions,
  place: PlaceFormat,
): DriftSummary {
  const { evidence, overall, windows } = view;
  return {
    ...summarizeRetraining(view, options, place),
    ...(describeEvidence(evidence.report) as Pick<
      DriftSummary,
      'features' | 'score' | 'performance'
    >),
    ...predictionEvidence(evidence.report),
    ...(evidence.scope === 'window' && { overall: describeOverall(overall) }),
    windows: windows.map((window) => describeWindow(window, place)),
    options,
  };
}

function describeOverall(overall: DriftReport): Record<string, unknown> {
  return {
    rows: overall.rowCount,
    drift_score_max_abs_z: overall.maxAbsZScore,
    drifted_features: overall.driftedFields,
    ...summarizePredictions(overall),
    ...describeEvidence(overall),
    ...predictionEvidence(overall),
  };
}

function describeWindow(window: WindowSummary, place: PlaceFormat): Record<string, unknown> {
  const { metrics, labelled } = window.performance;
  const main = metrics[0];
  return {
    from: place.from(window.from),
    to: place.to(window.to),
    rows: window.rowCount,
    closed: window.closed,
    judged: window.closed && window.sufficient,
    reasons: window.reasons.map(({ message }) => message),
    jensen_shannon: window.fieldDistances,
    score_jensen_shannon: window.scoreDistance,
    predicted: window.predicted ?? null,
    labelled_predictions: labelled,
    ...(main && {
      metric: main.metric,
      estimated: main.estimated?.value ?? null,
      realised: main.realised?.value ?? null,
    }),
  };
}

function describeAlarm(alarm: Alarm, place: PlaceFormat): AlarmSummary {
  const { reason, since, until, windowCount, quietWindows, persistent } = alarm;
  return {
    ...reason,
    since: place.from(since),
    last_seen: place.to(until),
    windows: windowCount,
    quiet_windows: quietWindows,
    persistent,
  };
}

/** Fields whose distribution changed, in the order of the alarms. */
function driftedFeatures(alarms: readonly Alarm[]): string[] {
  const drifted = alarms.filter(({ reason }) => reason.code === 'feature_drift');
  return drifted.map(({ reason }) => reason.field!);
}

function reasonLine({ reasons }: RetrainingAdvice): string {
  if (reasons.length === 0) return 'no change was found';
  return reasons.map(({ message }) => message).join('; ');
}
