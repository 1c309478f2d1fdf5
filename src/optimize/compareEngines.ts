import { checkInteger } from '../core/check.js';
import { ShapeError } from '../core/errors.js';
import type { Random } from '../core/random.js';
import type { Table } from '../core/table.js';
import {
  type Interval,
  logLoss,
  meanAbsoluteError,
  multiclassLogLoss,
  rocAuc,
  rootMeanSquaredError,
  topClasses,
} from '../evaluate/index.js';
import { openOnnx } from '../evaluate/onnxSession.js';
import { featureMatrix } from '../model/feature.js';
import type { Model } from '../model/model.js';
import { loadScorer } from '../score/index.js';
import { type Engine, onnxEngine, scorerEngine } from './engines.js';
import {
  interleavedBenchmark,
  type LatencyRatio,
  type SubjectLatency,
} from './interleavedBenchmark.js';
import type { LatencySummary } from './latencySummary.js';

const ONE_ROW = Object.freeze({ warmupCalls: 300, callsPerRound: 40 });
const BATCH = Object.freeze({ warmupCalls: 3, callsPerRound: 2 });

/** Trees times rows of a batch, at most: a forest of dozens of classes would keep onnxruntime-web busy for minutes. */
const BATCH_TREE_ROWS = 2 ** 21;

export interface CompareOptions {
  model: Model;
  /** the packed blob of the model, and its two ONNX forms */
  blob: Uint8Array;
  onnx: Uint8Array;
  quantizedOnnx: Uint8Array;
  /** rows to score, with the fields of the model; at least one */
  table: Table;
  /** 0 or 1, class codes, or numbers, one a row; without them no accuracy is reported */
  target?: ArrayLike<number>;
  /** rows of a batch, at most: cut to the rows there are, and for forests beyond 512 trees to 2^21 / trees; 4096 when absent */
  batchRows?: number;
  /** interleaved rounds, >= 2 */
  rounds: number;
  /** milliseconds from any origin */
  now: () => number;
  random: Random;
}

/** An engine with its model file: what speed costs in size and accuracy. Sweeps and gates read these. */
export interface OptimizeReport {
  subject: string;
  /** of the model file */
  sizeBytes: number;
  /** one row: from a row of features, or for ONNX from tensors of raw fields made beforehand */
  oneRow: LatencySummary;
  /** one row from a record of named fields; only where the engine takes records */
  oneRecord?: LatencySummary;
  /** `batchRows` rows */
  batch: LatencySummary;
  /** rows a second, in batches */
  throughput: Interval;
  /** rocAuc and logLoss (binary), accuracy and logLoss (multiclass), rmse and mae (regression) */
  accuracy?: Record<string, number>;
}

/** The engines of a model, timed in one interleaved run. */
export interface EngineComparison {
  batchRows: number;
  rounds: number;
  /** rows that the accuracy is of */
  rowCount: number;
  engines: OptimizeReport[];
  /** how many times faster the subject is, one row at a time */
  oneRowRatios: LatencyRatio[];
  /** the same in batches */
  batchRatios: LatencyRatio[];
}

/**
 * Compares the blob in this library with both ONNX forms in onnxruntime-web, on one thread each.
 *
 * The peer is favoured where the two do different work: its tensors are made beforehand, while ours are handed plain rows. It
 * does more in the graph (derived features and string look-ups), which ours does when it is given records: `oneRecord` is the
 * call to compare in kind.
 * @throws {ConfigError} when onnxruntime-web is not installed.
 * @throws {ShapeError} when the table is empty or the target does not fit.
 */
export async function compareEngines(options: CompareOptions): Promise<EngineComparison> {
  const { model, table, target, rounds, now, random } = options;
  const { rowCount } = table;
  if (rowCount === 0) throw new ShapeError('comparing engines needs at least one row');
  if (target && target.length !== rowCount) {
    throw new ShapeError(`${rowCount} rows, but ${target.length} target values`);
  }
  const batchRows = Math.min(
    checkInteger('batchRows', options.batchRows ?? 4096, 1),
    rowCount,
    Math.max(1, Math.floor(BATCH_TREE_ROWS / treeCountOf(model))),
  );
  const matrix = featureMatrix(model.schema.fields, model.features, table);
  const engines: Engine[] = [];
  try {
    const scorer = await loadScorer(options.blob);
    engines.push(scorerEngine(scorer, options.blob.length, model, table, matrix, batchRows));
    const files = [
      ['onnx-fp32', options.onnx],
      ['onnx-int8', options.quantizedOnnx],
    ] as const;
    for (const [name, bytes] of files) {
      const session = await openOnnx(bytes);
      engines.push(onnxEngine(name, bytes.length, session, model, table, batchRows));
    }
    const accuracies = target && (await measureAccuracies(engines, model, target));
    const shared = { rounds, now, random };
    const single = await interleavedBenchmark({
      ...ONE_ROW,
      ...shared,
      subjects: engines.flatMap(({ oneRow, oneRecord }) => [
        oneRow,
        ...(oneRecord ? [oneRecord] : []),
      ]),
    });
    const batch = await interleavedBenchmark({
      ...BATCH,
      ...shared,
      subjects: engines.map((engine) => engine.batch),
    });
    return {
      batchRows,
      rounds,
      rowCount,
      engines: engines.map((engine, i) => {
        const batchLatency = latencyOf(batch.subjects, engine.batch.name);
        const record = engine.oneRecord && latencyOf(single.subjects, engine.oneRecord.name);
        return {
          subject: engine.name,
          sizeBytes: engine.sizeBytes,
          oneRow: latencyOf(single.subjects, engine.oneRow.name),
          ...(record && { oneRecord: record }),
          batch: batchLatency,
          throughput: batchLatency.rowsPerSecond,
          ...(accuracies && { accuracy: accuracies[i]! }),
        };
      }),
      oneRowRatios: single.ratios,
      batchRatios: batch.ratios,
    };
  } finally {
    for (const engine of engines) await engine.release();
  }
}

function treeCountOf({ predictor }: Model): number {
  return predictor.kind === 'forest' ? Math.max(1, predictor.roots.length) : 1;
}

async function measureAccuracies(
  engines: readonly Engine[],
  model: Model,
  target: ArrayLike<number>,
): Promise<Record<string, number>[]> {
  const accuracies = [];
  for (const engine of engines) {
    accuracies.push(accuracyOf(model, target, await engine.predict()));
  }
  return accuracies;
}

function accuracyOf(
  { task, schema }: Model,
  target: ArrayLike<number>,
  predictions: Float32Array,
): Record<string, number> {
  if (task === 'binary') {
    const labels = Uint8Array.from(target);
    return { rocAuc: rocAuc(labels, predictions), logLoss: logLoss(labels, predictions) };
  }
  if (task === 'regression') {
    return {
      rmse: rootMeanSquaredError(target, predictions),
      mae: meanAbsoluteError(target, predictions),
    };
  }
  const classCount = schema.target.classes.length;
  const top = topClasses(predictions, classCount);
  const right = top.reduce((count, code, row) => count + (code === target[row] ? 1 : 0), 0);
  return {
    accuracy: right / top.length,
    logLoss: multiclassLogLoss({ labels: target, probabilities: predictions, classCount }),
  };
}

function latencyOf(subjects: readonly SubjectLatency[], wanted: string): LatencySummary {
  const { name: _, rowsPerCall: __, ...latency } = subjects.find(({ name }) => name === wanted)!;
  return latency;
}
