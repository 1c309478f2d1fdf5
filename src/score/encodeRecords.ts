import { checkKnownKeys, checkOneOf, nearest, show } from '../core/check.js';
import { DataError } from '../core/errors.js';
import { evaluateExpression } from '../model/expression.js';
import { type Feature, UNSEEN } from '../model/feature.js';
import type { Field } from '../model/schema.js';
import type { RowRecord } from './scorer.js';

/** What records may leave out or bring along. */
export interface RecordOptions {
  /** names that are no field of the model */
  unknownFields: 'error' | 'ignore';
  /** fields that a record does not have; null and undefined are always missing */
  absentFields: 'error' | 'missing';
}

export const RECORD_DEFAULTS: Readonly<RecordOptions> = Object.freeze({
  unknownFields: 'error',
  absentFields: 'error',
});

/** Turns records into feature rows. */
export interface RecordEncoder {
  /** Writes the features of a record at `offset`; `row` is for messages. @throws {DataError} */
  encodeInto(record: RowRecord, row: number, out: Float32Array, offset: number): void;
}

/**
 * The feature matrix of records: the one way from named fields to what the predictor reads, for a page and a server alike.
 * Numbers are rounded to float32, derived features computed, categories looked up; an unknown level is {@link UNSEEN}, null,
 * undefined, NaN and the empty string of a category are missing.
 * @returns row-major Float32Array, length records.length * features.length.
 * @throws {DataError} naming the row (from 0) and the field.
 */
export function encodeRecords(
  fields: readonly Field[],
  features: readonly Feature[],
  records: readonly RowRecord[],
  options?: Partial<RecordOptions>,
): Float32Array {
  const encoder = createRecordEncoder(fields, features, options);
  const matrix = new Float32Array(records.length * features.length);
  records.forEach((record, row) => {
    encoder.encodeInto(record, row, matrix, row * features.length);
  });
  return matrix;
}

/** Builds the level tables once; the encoder allocates nothing a record. @throws {ConfigError} on a wrong option. */
export function createRecordEncoder(
  fields: readonly Field[],
  features: readonly Feature[],
  options: Partial<RecordOptions> = {},
): RecordEncoder {
  checkKnownKeys('record option', options, Object.keys(RECORD_DEFAULTS));
  const { unknownFields, absentFields } = { ...RECORD_DEFAULTS, ...options };
  checkOneOf('unknownFields', unknownFields, ['error', 'ignore']);
  checkOneOf('absentFields', absentFields, ['error', 'missing']);
  const names = fields.map(({ name }) => name);
  const known = new Set(names);
  const numbers = new Float32Array(fields.length);
  const codesOf = features.map((feature) =>
    feature.kind === 'category'
      ? new Map(feature.levels.map((level, code) => [level, code]))
      : undefined,
  );

  /** Reads the numeric fields. */
  function readNumbers(record: RowRecord, row: number): void {
    for (let index = 0; index < fields.length; index++) {
      const { name, type } = fields[index]!;
      const value = record[name];
      if (value === undefined && absentFields === 'error' && !Object.hasOwn(record, name)) {
        throw new DataError(`row ${row}: the field "${name}" is absent`);
      }
      if (type === 'category') continue;
      if (typeof value === 'number') numbers[index] = value;
      else if (value === null || value === undefined) numbers[index] = NaN;
      else throw new DataError(`row ${row}: "${name}" expected a number, got ${show(value)}`);
    }
  }

  function codeOf(
    record: RowRecord,
    row: number,
    name: string,
    codes: Map<string, number>,
  ): number {
    const value = record[name];
    if (typeof value === 'string') return value === '' ? NaN : (codes.get(value) ?? UNSEEN);
    if (value === null || value === undefined) return NaN;
    throw new DataError(`row ${row}: "${name}" expected a string, got ${show(value)}`);
  }

  return {
    encodeInto(record, row, out, offset) {
      if (typeof record !== 'object' || record === null) {
        throw new DataError(`row ${row}: expected a record, got ${show(record)}`);
      }
      if (unknownFields === 'error') {
        for (const name in record) if (!known.has(name)) failUnknown(name, row, names);
      }
      readNumbers(record, row);
      for (let index = 0; index < features.length; index++) {
        const feature = features[index]!;
        if (feature.kind === 'field') out[offset + index] = numbers[feature.field]!;
        else if (feature.kind === 'derived') {
          out[offset + index] = evaluateExpression(feature.expression, numbers);
        } else {
          const { name } = fields[feature.field]!;
          out[offset + index] = codeOf(record, row, name, codesOf[index]!);
        }
      }
    },
  };
}

function failUnknown(name: string, row: number, names: readonly string[]): never {
  const near = nearest(name, names);
  throw new DataError(
    `row ${row}: the model has no field "${name}"${near ? `; did you mean "${near}"?` : `; it has ${names.join(', ')}`}`,
  );
}
