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
import type { RowRecord, Scorer } from '../score/scorer.js';
import { createAnswerMaker, type Prediction, predictionKeys } from './predictionAnswer.js';
import { createEntryMaker, type PredictionEntry } from './predictionEntry.js';

/** What is served, apart from HTTP: scores records, counts them, logs them. */
export interface ModelService {
  readonly scorer: Scorer;
  readonly state: MonitorState;
  /** @param records - checked against the schema */
  predict(records: readonly RowRecord[]): Prediction[];
  drift(): DriftSummary;
  retraining(): RetrainingSummary;
}

export interface ModelServiceOptions {
  scorer: Scorer;
  /** counts every prediction (mutated) */
  state: MonitorState;
  drift: DriftOptions;
  predictionName: string;
  now: () => Date;
  /** gets the log entries of each request; must not throw and must not block */
  log: ((entries: readonly PredictionEntry[]) => void) | undefined;
}

export function createModelService(options: ModelServiceOptions): ModelService {
  const { scorer, state, drift, now, log } = options;
  const keys = predictionKeys(options.predictionName);
  const answerOf = createAnswerMaker(scorer, keys);
  const entryOf = createEntryMaker(scorer, keys);

  return {
    scorer,
    state,
    predict(records) {
      const predictions = scorer.predict(records);
      observe(state, records, predictions);
      if (log) {
        const timestamp = now().toISOString();
        log(records.map((record, row) => entryOf(record, predictions, row, timestamp)));
      }
      return records.map((_, row) => answerOf(predictions, row));
    },
    drift: () => summarizeDrift(assessDrift(state, drift), drift),
    retraining: () => summarizeRetraining(assessDrift(state, drift), drift),
  };
}
