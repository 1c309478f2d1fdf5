import { encodeLines } from '../../src/node/log/logWriter.js';
import { readServedRun } from '../../src/node/serve/servedRun.js';
import { median } from '../../src/optimize/percentile.js';
import { parseJson } from '../../src/serve/http/requestBody.js';
import { DEFAULT_LIMITS } from '../../src/serve/index.js';
import { createServedModel, type ServedModel } from '../../src/serve/model/servedModel.js';
import { predictionKeys } from '../../src/serve/predictions/answerWriter.js';
import { createEntryWriter } from '../../src/serve/predictions/entryWriter.js';
import { JSON_FORMAT } from '../../src/serve/routes/batchPredict.js';
import { acceptRows } from '../../src/serve/rows/acceptRows.js';
import { rowsOfJson } from '../../src/serve/rows/batch.js';
import { createIdMaker } from '../../src/serve/rows/predictionId.js';

const WARM_UP = 300;
const SAMPLES = 300;
const TIMESTAMP = '2025-01-31T12:00:00.000Z';

/** Microseconds of each part of a `/batch_predict`, medians, in the order in which they are done. */
export type BatchParts = Readonly<Record<string, number>>;

/** Does what the route does with a body, part by part; without HTTP and without the disk. */
export async function timeBatchParts(
  directory: string,
  bodies: readonly string[],
): Promise<BatchParts> {
  const { scorer, reference, modelInfo } = await readServedRun(directory);
  const newId = createIdMaker();
  const serving = { now: Date.now, newId, log: undefined, withheld: undefined, putOff: undefined };
  const model = createServedModel(
    { scorer, reference, modelInfo },
    { ...serving, onFailure: fail },
  );
  const { name } = scorer.schema.target;
  const entryOf = createEntryWriter(scorer, {
    keys: predictionKeys(name),
    sha256: modelInfo.sha256,
    withheld: undefined,
  });
  const linesOf: LinesOf = (records, predictions, ids) => {
    let lines = '';
    for (let row = 0; row < records.length; row++) {
      lines += entryOf(records[row]!, predictions, row, ids[row]!, TIMESTAMP);
    }
    return lines;
  };
  const bytes = bodies.map((body) => Buffer.from(body));
  const samples: Record<string, number[]> = {};
  for (let i = -WARM_UP; i < SAMPLES; i++) {
    const times = timeOnce(model, bytes[(i + WARM_UP) % bytes.length]!, newId, linesOf);
    if (i < 0) continue;
    for (const [part, micros] of Object.entries(times)) {
      samples[part] ??= [];
      samples[part].push(micros);
    }
  }
  return Object.fromEntries(Object.entries(samples).map(([part, all]) => [part, median(all)]));
}

type Records = ReturnType<typeof acceptRows>['records'];
type LinesOf = (records: Records, predictions: Float32Array, ids: readonly string[]) => string;

function timeOnce(
  model: ServedModel,
  bytes: Buffer,
  newId: () => string,
  linesOf: LinesOf,
): Record<string, number> {
  const times: Record<string, number> = {};
  const part = <T>(name: string, run: () => T): T => {
    const start = performance.now();
    const result = run();
    times[name] = 1000 * (performance.now() - start);
    return result;
  };
  const { maxBatchRows, maxProblems } = DEFAULT_LIMITS;
  const value = part('JSON of the body', () => parseJson(bytes.toString()));
  const { records } = part('validation', () =>
    acceptRows(rowsOfJson(value, maxBatchRows), model, maxProblems),
  );
  const predictions = part('scoring', () => model.scorer.predict(records));
  const ids = records.map(newId);
  part('JSON of the log', () => encodeLines(linesOf(records, predictions, ids)));
  part('monitor', () => model.monitor.record(records, predictions, ids, Date.now()));
  part('JSON of the answer', () =>
    Buffer.from(JSON_FORMAT.answer(model, { predictions, ids }).body),
  );
  return times;
}

function fail(error: unknown): never {
  throw error;
}
