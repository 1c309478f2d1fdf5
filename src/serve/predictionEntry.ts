import type { RowRecord, Scorer } from '../score/scorer.js';
import { classOf, numberOf, type PredictionKeys } from './predictionAnswer.js';

/**
 * A line of the prediction log, with its keys in this order. Features stand in the order of the schema, null where missing.
 *
 * - binary: `timestamp_utc`, `threshold`, `predicted_<name>_probability`, `predicted_<name>` (0 or 1), `features`
 * - multiclass: `timestamp_utc`, `task`, `predicted_<name>` (the class), `probability`, `probabilities`, `features`
 * - regression: `timestamp_utc`, `task`, `predicted_<name>` (a number, or null beyond float32), `features`
 */
export type PredictionEntry = Readonly<Record<string, unknown>>;

/** Makes the log entry for one row of what the scorer predicted. */
export type EntryMaker = (
  record: RowRecord,
  predictions: Float32Array,
  row: number,
  timestampUtc: string,
) => PredictionEntry;

/** How a model's predictions are logged, by its task. */
export function createEntryMaker(scorer: Scorer, keys: PredictionKeys): EntryMaker {
  const { task, schema } = scorer;
  const featuresOf = (record: RowRecord): Record<string, unknown> =>
    Object.fromEntries(schema.fields.map(({ name }) => [name, record[name] ?? null]));
  if (task === 'regression') {
    return (record, predictions, row, timestampUtc) => ({
      timestamp_utc: timestampUtc,
      task,
      [keys.decision]: numberOf(predictions[row]!),
      features: featuresOf(record),
    });
  }
  if (task === 'multiclass') {
    const { classes } = schema.target;
    return (record, predictions, row, timestampUtc) => {
      const { label, probability, probabilities } = classOf(classes, predictions, row);
      return {
        timestamp_utc: timestampUtc,
        task,
        [keys.decision]: label,
        probability,
        probabilities,
        features: featuresOf(record),
      };
    };
  }
  const threshold = scorer.threshold!.value;
  return (record, predictions, row, timestampUtc) => ({
    timestamp_utc: timestampUtc,
    threshold,
    [keys.probability]: predictions[row]!,
    [keys.decision]: predictions[row]! >= threshold ? 1 : 0,
    features: featuresOf(record),
  });
}
