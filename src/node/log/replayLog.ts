import type { DriftReference } from '../../monitor/index.js';
import type { RowRecord } from '../../score/index.js';
import {
  createRecordValidator,
  type LoggedPrediction,
  type PredictionMonitor,
  ProblemList,
} from '../../serve/index.js';
import { readPredictionLog } from './readPredictionLog.js';

/** What replaying a log came to, in lines. */
export interface LogReading {
  /** predictions that were counted */
  entryCount: number;
  /** labels that were counted */
  labelCount: number;
  /** predictions of other models */
  otherModelCount: number;
  /** predictions whose features were kept out of the log, or hashed: they cannot be counted */
  withheldCount: number;
  /** lines that are none of these; empty ones are not counted */
  malformedCount: number;
}

/** The model whose predictions are counted. */
export interface ReplayedModel {
  reference: DriftReference;
  /** undefined takes the lines of every model that fits the reference */
  sha256: string | undefined;
}

/** A reading of nothing. */
export function emptyReading(): LogReading {
  return { entryCount: 0, labelCount: 0, otherModelCount: 0, withheldCount: 0, malformedCount: 0 };
}

/**
 * Counts a log's predictions and labels, its finished files included, exactly as the server counted them when it made
 * them. Lines of before models were named count when they fit.
 * @param monitor - has seen nothing, or what other logs of the same model hold (OUT)
 * @throws {DataError} when there is no such log or a file cannot be read.
 */
export async function replayLog(
  path: string,
  { reference, sha256 }: ReplayedModel,
  monitor: PredictionMonitor,
): Promise<LogReading> {
  const reading = emptyReading();
  const validator = createRecordValidator(reference.fields, []);

  function countPrediction(entry: LoggedPrediction): keyof LogReading {
    const { features, modelSha256, predictionId = '', timestampUtc } = entry;
    const isNamed = sha256 !== undefined && modelSha256 !== undefined;
    if (isNamed && modelSha256 !== sha256) return 'otherModelCount';
    const predictions = predictionsOf(entry, reference);
    const at = Date.parse(timestampUtc);
    if (!predictions || Number.isNaN(at)) return 'malformedCount';
    if (!validator.validate(features, [], new ProblemList(1))) {
      return isNamed ? 'withheldCount' : 'malformedCount';
    }
    monitor.record([features as RowRecord], predictions, [predictionId], at);
    return 'entryCount';
  }

  for await (const line of readPredictionLog(path)) {
    if (!line) reading.malformedCount++;
    else if (line.task !== 'label') reading[countPrediction(line)]++;
    else {
      monitor.labels?.([line.report], Date.parse(line.timestampUtc));
      reading.labelCount++;
    }
  }
  return reading;
}

/** The predictions of an entry as the scorer gave them; undefined when they are of a model of another kind. */
function predictionsOf(
  entry: LoggedPrediction,
  reference: DriftReference,
): Float32Array | undefined {
  if (entry.task === 'binary') {
    return reference.task === 'binary' ? Float32Array.of(entry.probability) : undefined;
  }
  if (entry.task === 'regression') {
    return reference.task === 'regression' ? Float32Array.of(entry.prediction ?? NaN) : undefined;
  }
  if (reference.task !== 'multiclass') return undefined;
  const { classes } = reference;
  const { probabilities } = entry;
  const isSame =
    Object.keys(probabilities).length === classes.length &&
    classes.every((name) => Object.hasOwn(probabilities, name));
  return isSame ? Float32Array.from(classes, (name) => probabilities[name]!) : undefined;
}
