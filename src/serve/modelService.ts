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
import { type PredictionEntry, predictionEntry, predictionKeys } from './predictionEntry.js';

/** One prediction as it is answered: twice the probability and the decision, under the name and under fixed keys. */
export type Prediction = Readonly<Record<string, number | string>>;

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
  const threshold = scorer.threshold!.value;
  const { fields } = scorer.schema;

  function answer(probability: number): Prediction {
    return {
      [keys.probability]: probability,
      [keys.decision]: probability >= threshold ? 1 : 0,
      probability,
      label: scorer.label(probability),
      threshold,
    };
  }

  return {
    scorer,
    state,
    predict(records) {
      const probabilities = scorer.predict(records);
      observe(state, records, probabilities);
      if (log) {
        const timestamp = now().toISOString();
        log(
          records.map((record, row) =>
            predictionEntry(keys, fields, record, probabilities[row]!, threshold, timestamp),
          ),
        );
      }
      return Array.from(probabilities, answer);
    },
    drift: () => summarizeDrift(assessDrift(state, drift), drift),
    retraining: () => summarizeRetraining(assessDrift(state, drift), drift),
  };
}
