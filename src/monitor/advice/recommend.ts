import type { DriftReport } from '../drift/driftReport.js';
import { checkDriftOptions, type DriftOptions } from '../monitorOptions.js';
import type { Alarm } from '../windows/alarms.js';
import { findReasons } from './findReasons.js';
import { percent } from './phrases.js';
import type { Reason, ReasonKind } from './reason.js';

/** What to do: nothing, keep an eye on it, look for broken data first, or train on recent data. */
export type Recommendation = 'none' | 'watch' | 'investigate' | 'retrain';

export interface RetrainingAdvice {
  recommendation: Recommendation;
  /** empty when all is as it was in training; the weightiest first */
  reasons: Reason[];
}

const RANKS: readonly ReasonKind[] = ['fault', 'performance', 'prediction', 'field', 'note'];

// 95 % of a normal distribution is within this many standard errors
const CONFIDENT = 1.96;

/**
 * Turns a drift report of one stretch of rows into advice, as {@link recommend} does with alarms.
 * @throws {ConfigError} on a wrong option.
 */
export function recommendRetraining(
  report: DriftReport,
  given?: Partial<DriftOptions>,
): RetrainingAdvice {
  const alarms = findReasons(report).map(
    (reason): Alarm => ({
      reason,
      since: 0,
      until: 0,
      windowCount: 1,
      quietWindows: 0,
      persistent: true,
    }),
  );
  return recommend(alarms, report, checkDriftOptions(given));
}

/**
 * Turns alarms into advice. Faults of the data come first and mean `investigate`, never `retrain`: a model that is trained on
 * broken data learns to expect them. Retraining takes something that persists: performance that dropped, shifted predictions, or
 * `driftMinFeatures` drifted fields that the model relies on. The latter two are overruled by labels that show that the model is
 * as good as it was. Anything less is `watch`.
 * @param report - of the newest stretch of rows that was judged
 */
export function recommend(
  alarms: readonly Alarm[],
  report: DriftReport,
  options: DriftOptions,
): RetrainingAdvice {
  if (!report.sufficient && alarms.length === 0) {
    const message = `${report.rowCount} rows seen, a decision takes at least ${options.driftMinSamples}`;
    return {
      recommendation: 'none',
      reasons: [{ code: 'insufficient_samples', kind: 'note', message }],
    };
  }
  const weights = new Map(
    report.fields.map(({ name, importance = 1, jensenShannon }) => [
      name,
      importance * jensenShannon,
    ]),
  );
  const weightOf = ({ kind, field }: Reason): number =>
    kind === 'field' ? (weights.get(field!) ?? 0) : 0;
  const reasons = alarms
    .map(({ reason }) => reason)
    .sort((a, b) => RANKS.indexOf(a.kind) - RANKS.indexOf(b.kind) || weightOf(b) - weightOf(a));
  const some = (kind: ReasonKind, when: (alarm: Alarm) => boolean): boolean =>
    alarms.some((alarm) => alarm.reason.kind === kind && when(alarm));
  const persists = ({ persistent }: Alarm): boolean => persistent;
  if (some('fault', (alarm) => alarm.persistent || alarm.quietWindows === 0)) {
    return { recommendation: 'investigate', reasons };
  }
  if (some('performance', persists)) return { recommendation: 'retrain', reasons };
  if (some('prediction', persists) || enoughFields(alarms, report, options)) {
    const holds = performanceHolds(report, options);
    return holds
      ? { recommendation: 'watch', reasons: [holds, ...reasons] }
      : { recommendation: 'retrain', reasons };
  }
  return { recommendation: alarms.length > 0 ? 'watch' : 'none', reasons };
}

function enoughFields(
  alarms: readonly Alarm[],
  { fields }: DriftReport,
  { driftMinFeatures, driftMinImportance }: DriftOptions,
): boolean {
  const names = new Set(
    alarms
      .filter(({ persistent, reason }) => persistent && reason.kind === 'field')
      .map(({ reason }) => reason.field!),
  );
  if (names.size < driftMinFeatures) return false;
  const weights = fields.filter(({ name }) => names.has(name)).map(({ importance }) => importance);
  if (weights.includes(undefined)) return true;
  return weights.reduce<number>((sum, weight) => sum + weight!, 0) >= driftMinImportance;
}

/** The reason not to retrain: labels that rule out a drop that would matter; undefined when they do not. */
function performanceHolds(
  { task, performance }: DriftReport,
  { performanceDropThreshold }: DriftOptions,
): Reason | undefined {
  const { labelled, labelsSuffice, metrics } = performance;
  if (!labelsSuffice) return undefined;
  const overall = metrics.filter((metric) => metric.class === undefined);
  const hold = overall.every(({ training, realised }) => {
    if (training === undefined || realised === undefined) return false;
    const doubt = CONFIDENT * realised.standardError;
    return task === 'regression'
      ? realised.value + doubt <= training * (1 + performanceDropThreshold)
      : realised.value - doubt >= training - performanceDropThreshold;
  });
  if (!hold) return undefined;
  const message = `the labels of ${labelled} rows show that the model is as good as it was in training, within ${percent(performanceDropThreshold)}`;
  return { code: 'performance_holds', kind: 'note', message };
}
