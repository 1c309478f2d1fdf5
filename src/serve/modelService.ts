import type { DriftSummary, Monitor, RetrainingSummary } from '../monitor/index.js';
import type { RowRecord, Scorer } from '../score/scorer.js';
import { createAnswerMaker, type Prediction, predictionKeys } from './predictionAnswer.js';
import { createEntryMaker, type PredictionEntry } from './predictionEntry.js';

/** What is served, apart from HTTP: scores records, counts them, logs them. */
export interface ModelService {
  readonly scorer: Scorer;
  readonly monitor: Monitor;
  /** @param records - checked against the schema */
  predict(records: readonly RowRecord[]): Prediction[];
  drift(): DriftSummary;
  retraining(): RetrainingSummary;
}

export interface ModelServiceOptions {
  scorer: Scorer;
  /** counts every prediction (mutated) */
  monitor: Monitor;
  predictionName: string;
  now: () => Date;
  /** gets the log entries of each request; must not throw and must not block */
  log: ((entries: readonly PredictionEntry[]) => void) | undefined;
}

export function createModelService(options: ModelServiceOptions): ModelService {
  const { scorer, monitor, now, log } = options;
  const keys = predictionKeys(options.predictionName);
  const answerOf = createAnswerMaker(scorer, keys);
  const entryOf = createEntryMaker(scorer, keys);

  return {
    scorer,
    monitor,
    predict(records) {
      const predictions = scorer.predict(records);
      const at = now();
      monitor.record(records, predictions, undefined, at.getTime());
      if (log) {
        const timestamp = at.toISOString();
        log(records.map((record, row) => entryOf(record, predictions, row, timestamp)));
      }
      return records.map((_, row) => answerOf(predictions, row));
    },
    drift: () => monitor.drift(now().getTime()),
    retraining: () => monitor.retrainingTrigger(now().getTime()),
  };
}
