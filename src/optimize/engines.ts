import { columnNamed, type Table } from '../core/table.js';
import type { OnnxSession } from '../evaluate/onnxSession.js';
import type { Model } from '../model/model.js';
import type { RowRecord, Scorer } from '../score/scorer.js';
import type { BenchmarkSubject } from './interleavedBenchmark.js';

/** Rows that one-row calls take turns on: enough that no engine learns a single path by heart. */
const ONE_ROW_POOL = 256;

/** An engine with a model loaded, and the calls of it that are timed. */
export interface Engine {
  name: string;
  sizeBytes: number;
  oneRow: BenchmarkSubject;
  oneRecord?: BenchmarkSubject;
  batch: BenchmarkSubject;
  /** predictions of the whole table */
  predict(): Promise<Float32Array>;
  release(): Promise<void>;
}

/** This library: rows of features, records of named fields, and a row-major matrix into a buffer that is made once. */
export function scorerEngine(
  scorer: Scorer,
  sizeBytes: number,
  model: Model,
  table: Table,
  matrix: Float32Array,
  batchRows: number,
): Engine {
  const name = { simd: 'wasm-int8', portable: 'wasm-portable-int8', javascript: 'javascript-int8' }[
    scorer.kernel
  ];
  const width = model.features.length;
  const poolRows = Math.min(ONE_ROW_POOL, table.rowCount);
  const rows = Array.from({ length: poolRows }, (_, row) =>
    matrix.slice(row * width, (row + 1) * width),
  );
  const records = Array.from({ length: poolRows }, (_, row) => [recordOf(model, table, row)]);
  const head = matrix.subarray(0, batchRows * width);
  const { outputCount } = scorer;
  const out = new Float32Array(batchRows * outputCount);
  const prediction = new Float32Array(outputCount);
  const scoreRow =
    outputCount === 1
      ? (row: Float32Array) => scorer.predictRow(row)
      : (row: Float32Array) => scorer.predictRowInto(row, prediction);
  return {
    name,
    sizeBytes,
    oneRow: inTurn(name, rows, scoreRow),
    oneRecord: inTurn(`${name} from a record`, records, (record) => scorer.predict(record)),
    batch: {
      name,
      rowsPerCall: batchRows,
      run: () => scorer.predictInto(head, batchRows, out),
    },
    predict: async () => scorer.predict(matrix),
    release: async () => {},
  };
}

/** onnxruntime-web: tensors of raw fields, all made beforehand. */
export function onnxEngine(
  name: string,
  sizeBytes: number,
  session: OnnxSession,
  { schema }: Model,
  table: Table,
  batchRows: number,
): Engine {
  const poolRows = Math.min(ONE_ROW_POOL, table.rowCount);
  const rows = Array.from({ length: poolRows }, (_, row) =>
    session.feeds(table, schema, row, row + 1),
  );
  const head = session.feeds(table, schema, 0, batchRows);
  return {
    name,
    sizeBytes,
    oneRow: inTurn(name, rows, (feeds) => session.run(feeds)),
    batch: { name, rowsPerCall: batchRows, run: () => session.run(head) },
    predict: async () => (await session.predictTable(table, schema)).predictions,
    release: () => session.release(),
  };
}

/** A subject that scores one input a call, and the next one at the next call. */
function inTurn<T>(
  name: string,
  inputs: readonly T[],
  score: (input: T) => unknown,
): BenchmarkSubject {
  let next = 0;
  return {
    name,
    rowsPerCall: 1,
    run() {
      const input = inputs[next]!;
      next = next + 1 === inputs.length ? 0 : next + 1;
      return score(input);
    },
  };
}

/** A row of a table as a caller of the service would send it. */
function recordOf({ schema }: Model, table: Table, row: number): RowRecord {
  return Object.fromEntries(
    schema.fields.map(({ name }) => {
      const column = columnNamed(table, name);
      if (column.kind === 'category') return [name, column.levels[column.codes[row]!] ?? null];
      const value = column.values[row]!;
      return [name, value === value ? value : null];
    }),
  );
}
