import type { LabelReport } from '../monitor.js';
import { isPredictionId } from '../rows/predictionId.js';

interface LoggedParts {
  timestampUtc: string;
  /** undefined in logs of before there were ids */
  predictionId: string | undefined;
  /** of the model that made it; undefined when it was not known */
  modelSha256: string | undefined;
  /** not checked */
  features: Readonly<Record<string, unknown>>;
}

export interface LoggedProbability extends LoggedParts {
  task: 'binary';
  threshold: number;
  /** of the positive class */
  probability: number;
}

export interface LoggedClass extends LoggedParts {
  task: 'multiclass';
  label: string;
  /** of each class, by its name */
  probabilities: Readonly<Record<string, number>>;
}

export interface LoggedNumber extends LoggedParts {
  task: 'regression';
  /** finite as float32; null when the model's was not */
  prediction: number | null;
}

/** A prediction out of the log, read back. */
export type LoggedPrediction = LoggedProbability | LoggedClass | LoggedNumber;

type Json = Readonly<Record<string, unknown>>;

const PROBABILITY_KEY = /^predicted_.*_probability$/s;
const DECISION_KEY = /^predicted_/;

/** A label out of the log: what turned out to be true of a prediction. */
export interface LoggedLabel {
  task: 'label';
  timestampUtc: string;
  report: LabelReport;
}

/** Reads a line of the log; undefined when it is none. The features are not checked. */
export function parseLogLine(line: string): LoggedPrediction | LoggedLabel | undefined {
  const entry = parseObject(line);
  if (!entry || typeof entry.timestamp_utc !== 'string') return undefined;
  return isObject(entry.features) ? parsePrediction(entry) : parseLabel(entry);
}

function parsePrediction(entry: Json): LoggedPrediction | undefined {
  const { prediction_id: predictionId, model_sha256: modelSha256 } = entry;
  if (predictionId !== undefined && !isPredictionId(predictionId)) return undefined;
  if (modelSha256 !== undefined && typeof modelSha256 !== 'string') return undefined;
  const parts: LoggedParts = {
    timestampUtc: entry.timestamp_utc as string,
    predictionId,
    modelSha256,
    features: entry.features as Record<string, unknown>,
  };
  // lines of a binary model do not name their task
  if (!Object.hasOwn(entry, 'task')) return parseProbability(entry, parts);
  if (entry.task === 'multiclass') return parseClass(entry, parts);
  if (entry.task === 'regression') return parseNumber(entry, parts);
  return undefined;
}

function parseProbability(entry: Json, parts: LoggedParts): LoggedProbability | undefined {
  const { threshold } = entry;
  const key = Object.keys(entry).find((name) => PROBABILITY_KEY.test(name));
  const probability = key === undefined ? undefined : entry[key];
  if (typeof threshold !== 'number' || !isProbability(probability)) return undefined;
  return { task: 'binary', ...parts, threshold, probability };
}

// what rounding to float32 may make of the sum of a row's probabilities, with room for thousands of classes
const SUM_TOLERANCE = 1e-4;

/** The class is one of those with the greatest probability, which is told beside it, and the probabilities add up to 1. */
function parseClass(entry: Json, parts: LoggedParts): LoggedClass | undefined {
  const { probability, probabilities } = entry;
  const label = decisionOf(entry, ['probability', 'probabilities']);
  if (typeof label !== 'string' || !isObject(probabilities)) return undefined;
  const all = Object.values(probabilities);
  if (!all.every(isProbability) || !Object.hasOwn(probabilities, label)) return undefined;
  const greatest = all.reduce((a, b) => Math.max(a, b), 0);
  if (probability !== greatest || probabilities[label] !== greatest) return undefined;
  if (Math.abs(all.reduce((a, b) => a + b, 0) - 1) > SUM_TOLERANCE) return undefined;
  return {
    task: 'multiclass',
    ...parts,
    label,
    probabilities: probabilities as Record<string, number>,
  };
}

function parseNumber(entry: Json, parts: LoggedParts): LoggedNumber | undefined {
  const prediction = decisionOf(entry, []);
  if (prediction === null) return { task: 'regression', ...parts, prediction };
  if (typeof prediction !== 'number' || !Number.isFinite(Math.fround(prediction))) return undefined;
  return { task: 'regression', ...parts, prediction };
}

function parseLabel(entry: Json): LoggedLabel | undefined {
  const { timestamp_utc: timestampUtc, prediction_id, label, observed_at } = entry;
  if (!isPredictionId(prediction_id)) return undefined;
  if (typeof label !== 'string' && typeof label !== 'number') return undefined;
  if (observed_at !== undefined && typeof observed_at !== 'string') return undefined;
  const report = { prediction_id, label, ...(observed_at !== undefined && { observed_at }) };
  return { task: 'label', timestampUtc: timestampUtc as string, report };
}

/** The value under `predicted_<name>`; undefined when the entry has other keys than these, `more` and those of every entry. */
function decisionOf(entry: Json, more: readonly string[]): unknown {
  const needed = ['timestamp_utc', 'task', 'features', ...more];
  const known = [...needed, 'prediction_id', 'model_sha256'];
  if (!needed.every((key) => Object.hasOwn(entry, key))) return undefined;
  const own = Object.keys(entry).filter((key) => !known.includes(key));
  return own.length === 1 && DECISION_KEY.test(own[0]!) ? entry[own[0]!] : undefined;
}

function isProbability(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
