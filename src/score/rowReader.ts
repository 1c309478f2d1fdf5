import { show } from '../core/check.js';
import { ConfigError, ShapeError } from '../core/errors.js';
import type { QuantizedModel } from '../model/quantized.js';
import { type BinnedRows, BLOCK_ROWS, type FeatureSource } from './engine.js';
import type { OpenRows, Table } from './extra/columnEncoder.js';
import { planFields, type RecordOptions } from './fieldValues.js';
import type { Extra } from './needsExtra.js';
import { createRecordEncoder } from './recordEncoder.js';
import type { RowRecord, Rows } from './scorer.js';

/** Turns rows of any kind into features. */
export interface RowReader {
  /** The features of the only record, valid until the next call; undefined for any other rows. Allocates nothing. */
  readOne(rows: Rows): Float32Array | undefined;
  open(rows: Rows): OpenRows;
}

/** @throws {ConfigError} on a wrong option. */
export function createRowReader(
  { schema, features, predictor }: QuantizedModel,
  options: Partial<RecordOptions>,
  extra: Extra | undefined,
): RowReader {
  const plan = planFields(schema.fields, features, options);
  const { encodeInto } = createRecordEncoder(plan, extra?.compileExpression);
  const width = features.length;
  const one = new Float32Array(width);
  // most scorers see either records or columns
  let block: Float32Array | undefined;
  let openTable: ((table: Table) => OpenRows) | undefined;

  /** Columns are objects, and what a record holds is none. */
  function isRecord(rows: Rows): rows is RowRecord {
    if (typeof rows !== 'object' || rows === null || ArrayBuffer.isView(rows)) {
      throw new ShapeError(
        `expected records, columns or features in Float32Arrays, got ${show(rows)}`,
      );
    }
    const { getChild, columnNames } = rows as { getChild?: unknown; columnNames?: unknown };
    if (typeof (getChild ?? columnNames) === 'function') return false;
    for (let field = 0; field < plan.fields.length; field++) {
      const value = (rows as Readonly<Record<string, unknown>>)[plan.fields[field]!.name];
      if (value !== undefined && value !== null) return typeof value !== 'object';
    }
    return true;
  }

  /** As many arrays as there are features or byte columns, all of one kind and length. */
  function checkColumns(columns: readonly (Float32Array | Uint8Array)[]): number {
    const [first] = columns;
    const isBinned = first instanceof Uint8Array;
    const Type = isBinned ? Uint8Array : Float32Array;
    const byteColumns = predictor.kind === 'forest' ? predictor.columns.length : 0;
    const wanted = isBinned ? byteColumns : width;
    const fits = columns.every((own) => own instanceof Type && own.length === first!.length);
    if (fits && columns.length === wanted) return first!.length;
    const seen = columns.map((own) => `${own.constructor.name}(${own.length})`);
    throw new ShapeError(`expected ${wanted} ${Type.name}s of one length, got ${seen}`);
  }

  return {
    readOne(rows) {
      let record = rows as RowRecord;
      if (Array.isArray(rows)) {
        if (rows.length !== 1 || ArrayBuffer.isView(rows[0])) return undefined;
        record = rows[0];
      } else if (rows instanceof Float32Array || !isRecord(rows)) return undefined;
      encodeInto(record, 0, one, 0);
      return one;
    },
    open(rows) {
      if (rows instanceof Float32Array) return openFeatures(rows, rows.length / width || 0);
      if (!Array.isArray(rows)) {
        if (!extra) throw new ConfigError('columns need loadScorer(blob, { columns: true })');
        openTable ??= extra.createColumnEncoder(plan);
        return openTable(rows as Table);
      }
      if (ArrayBuffer.isView(rows[0])) return openFeatures(rows, checkColumns(rows));
      return {
        rowCount: rows.length,
        blockRows: BLOCK_ROWS,
        encode(start, count) {
          block ??= new Float32Array(BLOCK_ROWS * width);
          for (let i = 0; i < count; i++) encodeInto(rows[start + i], start + i, block, i * width);
          return block;
        },
      };
    },
  };
}

/** Features are there already, all at once. */
function openFeatures(source: FeatureSource | BinnedRows, rowCount: number): OpenRows {
  return { rowCount, blockRows: Infinity, encode: () => source };
}
