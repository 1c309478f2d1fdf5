import type { Field } from '../model/schema.js';
import type { RowRecord } from '../score/scorer.js';

/**
 * A line of the prediction log: `timestamp_utc`, `threshold`, `predicted_<name>_probability`, `predicted_<name>` (0 or 1),
 * `features`, in this order. Features stand in the order of the schema, null where missing.
 */
export type PredictionEntry = Readonly<Record<string, unknown>>;

/** A line of the prediction log, read back. */
export interface LoggedPrediction {
  timestampUtc: string;
  threshold: number;
  probability: number;
  features: Readonly<Record<string, unknown>>;
}

/** The two keys that carry a prediction, for a name such as `purchase`. */
export interface PredictionKeys {
  probability: string;
  decision: string;
}

export function predictionKeys(name: string): PredictionKeys {
  return { probability: `predicted_${name}_probability`, decision: `predicted_${name}` };
}

/** Makes the log entry of one prediction. */
export function predictionEntry(
  keys: PredictionKeys,
  fields: readonly Field[],
  record: RowRecord,
  probability: number,
  threshold: number,
  timestampUtc: string,
): PredictionEntry {
  return {
    timestamp_utc: timestampUtc,
    threshold,
    [keys.probability]: probability,
    [keys.decision]: probability >= threshold ? 1 : 0,
    features: Object.fromEntries(fields.map(({ name }) => [name, record[name] ?? null])),
  };
}

const PROBABILITY_KEY = /^predicted_.*_probability$/s;

/** Reads a line of the log; undefined when it is none. The features are not checked. */
export function parsePredictionEntry(line: string): LoggedPrediction | undefined {
  const entry = parseObject(line);
  if (!entry) return undefined;
  const { timestamp_utc: timestampUtc, threshold, features } = entry;
  const key = Object.keys(entry).find((name) => PROBABILITY_KEY.test(name));
  const probability = key === undefined ? undefined : entry[key];
  if (typeof timestampUtc !== 'string' || typeof threshold !== 'number') return undefined;
  if (typeof probability !== 'number' || !(probability >= 0 && probability <= 1)) return undefined;
  if (typeof features !== 'object' || features === null) return undefined;
  return { timestampUtc, threshold, probability, features: features as Record<string, unknown> };
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === 'object' && parsed !== null
      ? (parsed as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
