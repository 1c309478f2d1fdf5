import { findReasons } from '../advice/findReasons.js';
import { type RetrainingAdvice, recommend } from '../advice/recommend.js';
import { assessDrift } from '../drift/assessDrift.js';
import type { DriftReport } from '../drift/driftReport.js';
import { addOutcome, mergeOutcomes } from '../labels/countOutcomes.js';
import type { LabelStore } from '../labels/labelStore.js';
import { driftOptionsOf, type MonitorOptions } from '../monitorOptions.js';
import { emptyOutcomes, type Outcomes } from '../performance/outcomes.js';
import type { DriftReference } from '../reference/reference.js';
import { type Alarm, trackAlarms } from './alarms.js';
import type { HistoryInput, WindowHistory, WindowSummary } from './history.js';
import type { Timeline } from './timeline.js';

/** What a monitor has to say. */
export interface MonitorView {
  /** the rows that the decision rests on: the newest judged window, or all rows while there is none */
  evidence: { scope: 'window' | 'all'; report: DriftReport };
  /** the window of the evidence */
  window: WindowSummary | undefined;
  /** all rows that were ever counted */
  overall: DriftReport;
  /** the oldest first, those that are still open or too small to be judged among them */
  windows: WindowSummary[];
  alarms: Alarm[];
  advice: RetrainingAdvice;
}

/**
 * Judges the windows that are closed, and follows their changes to advice. While no window has been judged, all rows together
 * are. A function of what was counted alone, apart from `now`.
 */
export function assessMonitor(
  {
    reference,
    options,
    timeline,
    labels,
    history,
    ordered,
  }: {
    reference: DriftReference;
    options: MonitorOptions;
    timeline: Timeline;
    labels: LabelStore;
    history: WindowHistory;
    /** whether a window comes after another one; without, all rows together decide */
    ordered: boolean;
  },
  now: number | undefined,
): MonitorView {
  const slots = timeline.slots();
  const outcomes = outcomesBySlot(reference, labels);
  const input: HistoryInput = { grid: timeline.grid, slots, outcomes, now };
  const windows = history.summaries(input);
  const driftOptions = driftOptionsOf(options);
  const known = [...outcomes].sort(([a], [b]) => a - b).map(([, part]) => part);
  const overall = assessDrift(timeline.total(), driftOptions, mergeOutcomes(reference, known));
  const judged = windows.filter(({ closed, sufficient }) => closed && sufficient);
  const window = ordered ? judged[judged.length - 1] : undefined;
  const evidence: MonitorView['evidence'] = window
    ? { scope: 'window', report: history.assess(window, input) }
    : { scope: 'all', report: overall };
  const alarms = window ? trackAlarms(judged, options) : alarmsOfAll(overall, windows);
  const advice = recommend(alarms, evidence.report, driftOptions);
  return { evidence, window, overall, windows, alarms, advice };
}

/** All rows as one window: what they show stands. */
function alarmsOfAll(overall: DriftReport, windows: readonly WindowSummary[]): Alarm[] {
  const since = windows[0]?.from ?? 0;
  const until = windows[windows.length - 1]?.to ?? 0;
  return findReasons(overall).map((reason) => ({
    reason,
    since,
    until,
    windowCount: 1,
    quietWindows: 0,
    persistent: true,
  }));
}

function outcomesBySlot(reference: DriftReference, labels: LabelStore): Map<number, Outcomes> {
  const bySlot = new Map<number, Outcomes>();
  for (const [prediction, label] of labels.joined()) {
    let outcomes = bySlot.get(prediction.slot);
    if (!outcomes) {
      outcomes = emptyOutcomes(reference);
      bySlot.set(prediction.slot, outcomes);
    }
    addOutcome(outcomes, reference, prediction, label);
  }
  return bySlot;
}
