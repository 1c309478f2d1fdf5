import {
  assessDrift,
  type DriftOptions,
  type DriftSummary,
  type MonitorState,
  observe,
  type RetrainingSummary,
  summarizeDrift,
  summarizeRetraining,
} from '../monitor/index.js';
import type { RowRecord } from '../score/scorer.js';

/** What turned out to be true of a prediction, told later. */
export interface LabelReport {
  prediction_id: string;
  /** the class as it stands in the data, or the number of a regression */
  label: string | number;
  /** when it was observed, ISO 8601; when it was told, if absent */
  observed_at?: string;
}

/** What became of labels: counts by outcome, shown as they are. */
export type LabelReceipt = Readonly<Record<string, number>>;

/** What watches a model while it is served. All times are milliseconds since 1970. */
export interface PredictionMonitor {
  /** rows counted so far */
  readonly rowCount: number;
  /**
   * Counts rows that were scored; called once an answer is certain. Must not throw.
   * @param rows - checked against the schema
   * @param predictions - row-major, as the scorer gave them
   * @param ids - the prediction id of each row
   * @param at - when they were scored; may go back, as clocks do
   */
  record(
    rows: readonly RowRecord[],
    predictions: Float32Array,
    ids: readonly string[],
    at: number,
  ): void;
  drift(at: number): DriftSummary;
  retrainingTrigger(at: number): RetrainingSummary;
  /** Takes labels that arrive late; a monitor without it answers 501. */
  labels?(labels: readonly LabelReport[], at: number): LabelReceipt;
  /** A snapshot that merges with those of other workers; a monitor without it answers 501. */
  state?(): unknown;
}

/** Watches with a {@link MonitorState} that the caller keeps (mutated). */
export function monitorOf(state: MonitorState, options: DriftOptions): PredictionMonitor {
  return {
    get rowCount() {
      return state.rowCount;
    },
    record: (rows, predictions) => observe(state, rows, predictions),
    drift: () => summarizeDrift(assessDrift(state, options), options),
    retrainingTrigger: () => summarizeRetraining(assessDrift(state, options), options),
  };
}
