import type * as Ort from 'onnxruntime-web/wasm';
import { ConfigError, FormatError, ShapeError } from '../core/errors.js';
import type { Table } from '../core/table.js';
import type { Field, Schema } from '../model/schema.js';

/** Rows that a call hands to ONNX Runtime at once. */
const BATCH_ROWS = 4096;

/** Graph inputs by name, ready to run. */
export type OnnxFeeds = Readonly<Record<string, Ort.Tensor>>;

/** What a model says of rows, in their order. */
export interface OnnxPredictions {
  /** none of a regression */
  labels: readonly string[];
  /** the probability of the positive class, the probabilities of the classes row by row, or the number */
  predictions: Float32Array;
}

/** A model exported by `exportOnnx`, loaded in onnxruntime-web: the referee of parity, and the peer of benchmarks. */
export interface OnnxSession {
  /** Predictions of the rows of a table, at most 4096 at a time. */
  predictTable(table: Table, schema: Pick<Schema, 'fields'>): Promise<OnnxPredictions>;
  /**
   * Tensors of the rows `[from, to)` of a table, to be made once and run often.
   * @throws {ShapeError} when a column is absent or of the other kind.
   */
  feeds(table: Table, schema: Pick<Schema, 'fields'>, from?: number, to?: number): OnnxFeeds;
  /** Runs the graph and returns its output tensors as they are. */
  run(feeds: OnnxFeeds): Promise<OnnxPredictions>;
  /** Gives the memory of the model back. */
  release(): Promise<void>;
}

/**
 * Loads a model in onnxruntime-web's plain WebAssembly build, on one thread. The other builds have no tree operators.
 * @param bytes - an ONNX file with the inputs and outputs that `exportOnnx` writes.
 * @throws {ConfigError} when onnxruntime-web is not installed.
 * @throws {FormatError} when ONNX Runtime refuses the model.
 */
export async function openOnnx(bytes: Uint8Array): Promise<OnnxSession> {
  const ort = await importOnnxRuntime();
  let session: Ort.InferenceSession;
  try {
    // fatal only: what goes wrong is thrown, and must not go to the console as well
    const options = { executionProviders: ['wasm'], logSeverityLevel: 4 } as const;
    session = await ort.InferenceSession.create(bytes, options);
  } catch (error) {
    throw new FormatError(`ONNX Runtime cannot load the model: ${reason(error)}`, { cause: error });
  }
  const names = session.outputNames;
  if (names.length !== 1 && names.length !== 2) {
    await session.release();
    throw new FormatError(
      `expected a label and probabilities, or a prediction, got the outputs ${names.join(', ') || 'none'}`,
    );
  }
  // by position: a name may have been changed to keep clear of a field's
  const labelName = names.length === 2 ? names[0] : undefined;
  const predictionName = names.at(-1)!;

  const opened: OnnxSession = {
    async predictTable(table, schema) {
      const labels: string[] = [];
      const parts: Float32Array[] = [];
      for (let from = 0; from < table.rowCount; from += BATCH_ROWS) {
        const to = Math.min(from + BATCH_ROWS, table.rowCount);
        const output = await opened.run(opened.feeds(table, schema, from, to));
        for (const label of output.labels) labels.push(label);
        parts.push(output.predictions);
      }
      return { labels, predictions: joined(parts) };
    },
    feeds(table, { fields }, from = 0, to = table.rowCount) {
      const feeds: Record<string, Ort.Tensor> = {};
      for (const field of fields) feeds[field.name] = tensorOf(ort, field, table, from, to);
      return feeds;
    },
    async run(feeds) {
      try {
        const outputs = await session.run(feeds);
        return {
          labels: labelName === undefined ? [] : (outputs[labelName]!.data as readonly string[]),
          predictions: outputs[predictionName]!.data as Float32Array,
        };
      } catch (error) {
        throw new FormatError(`ONNX Runtime cannot run the model: ${reason(error)}`, {
          cause: error,
        });
      }
    },
    release: () => session.release(),
  };
  return opened;
}

async function importOnnxRuntime(): Promise<typeof Ort> {
  try {
    const ort = await import('onnxruntime-web/wasm');
    // more threads need cross-origin isolation, and would make timings incomparable
    ort.env.wasm.numThreads = 1;
    return ort;
  } catch (error) {
    throw new ConfigError(
      'onnxruntime-web is needed to run ONNX models; install it with "npm install onnxruntime-web"',
      { cause: error },
    );
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A column as a tensor `[rows, 1]`; a missing category is ''. */
function tensorOf(
  ort: typeof Ort,
  field: Field,
  table: Table,
  from: number,
  to: number,
): Ort.Tensor {
  const column = table.columns.find((candidate) => candidate.name === field.name);
  if (column?.kind !== field.type) {
    throw new ShapeError(
      `the model expects a column "${field.name}" of kind ${field.type}, got ${column?.kind ?? 'none'}`,
    );
  }
  const dims = [to - from, 1];
  if (column.kind === 'number') {
    return new ort.Tensor('float32', column.values.slice(from, to), dims);
  }
  const { codes, levels } = column;
  const texts = Array.from(codes.subarray(from, to), (code) => (code < 0 ? '' : levels[code]!));
  return new ort.Tensor('string', texts, dims);
}

/** ONNX Runtime throws errors, strings and, when its module aborts, bare numbers. */
function reason(error: unknown): string {
  if (typeof error === 'number') return `it stopped with the internal code ${error}`;
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^.*?ERROR_MESSAGE:\s*/s, '').replace(/^"|"$/g, '') || 'it gave no reason';
}
