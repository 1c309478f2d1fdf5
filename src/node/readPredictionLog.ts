import { createReadStream } from 'node:fs';
import type { DriftReference, Monitor } from '../monitor/index.js';
import {
  createRecordValidator,
  type LoggedPrediction,
  ProblemList,
  parsePredictionEntry,
} from '../serve/index.js';

/** What reading a log came to. */
export interface LogReading {
  /** entries that were read */
  entryCount: number;
  /** lines that are not entries, empty ones not counted */
  malformedCount: number;
}

// a line is one prediction; what is longer is no log, and must not fill the memory
const LONGEST_LINE = 16 * 1024 * 1024;

/**
 * Reads a prediction log line by line, in constant memory.
 * @param onEntry - gets each entry; returns false when it does not fit the model, which counts as malformed
 * @throws when the file cannot be read.
 */
export async function readPredictionLog(
  path: string,
  onEntry: (entry: LoggedPrediction) => boolean,
): Promise<LogReading> {
  const reading: LogReading = { entryCount: 0, malformedCount: 0 };
  for await (const line of linesOf(path)) {
    if (line.trim() === '') continue;
    const entry = parsePredictionEntry(line);
    if (entry && onEntry(entry)) reading.entryCount++;
    else reading.malformedCount++;
  }
  return reading;
}

/**
 * Counts a log's predictions, exactly as the server counted them when it made them. Entries whose task, classes or features do
 * not fit the monitor's reference, for example of an earlier model, count as malformed. Mutates `monitor`.
 */
export async function replayLog(path: string, monitor: Monitor): Promise<LogReading> {
  const { reference } = monitor;
  const validator = createRecordValidator(reference.fields, []);
  return readPredictionLog(path, (entry) => {
    const { features } = entry;
    const predictions = predictionsOf(entry, reference);
    const at = Date.parse(entry.timestampUtc);
    if (!predictions || Number.isNaN(at)) return false;
    if (!validator.validate(features, [], new ProblemList(1))) return false;
    monitor.record([features], predictions, undefined, at);
    return true;
  });
}

/** The predictions of an entry as the scorer gave them; undefined when they are of a model of another kind. */
function predictionsOf(
  entry: LoggedPrediction,
  reference: DriftReference,
): readonly number[] | undefined {
  if (entry.task === 'binary') return reference.task === 'binary' ? [entry.probability] : undefined;
  if (entry.task === 'regression') {
    return reference.task === 'regression' ? [entry.prediction ?? NaN] : undefined;
  }
  if (reference.task !== 'multiclass') return undefined;
  const { classes } = reference;
  const { probabilities } = entry;
  const isSame =
    Object.keys(probabilities).length === classes.length &&
    classes.every((name) => Object.hasOwn(probabilities, name));
  return isSame ? classes.map((name) => probabilities[name]!) : undefined;
}

/** Lines by `\n` only: `node:readline` also ends lines at U+2028, which JSON strings may hold. */
async function* linesOf(path: string): AsyncGenerator<string> {
  let open = '';
  for await (const chunk of createReadStream(path, 'utf8')) {
    const lines = (open + chunk).split('\n');
    open = lines.pop()!;
    yield* lines;
    // a stump is malformed, and so is what follows it up to the newline
    if (open.length > LONGEST_LINE) open = open.slice(0, 1);
  }
  yield open;
}
