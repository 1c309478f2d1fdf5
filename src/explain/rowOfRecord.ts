import { nearest, show } from '../core/check.js';
import { DataError } from '../core/errors.js';
import type { Column, Table } from '../core/table.js';
import { featureMatrix } from '../model/feature.js';
import type { Model } from '../model/model.js';
import type { Field } from '../model/schema.js';

/** Raw fields by name; null, undefined, NaN and an empty string are missing. */
export type FieldRecord = Readonly<Record<string, unknown>>;

/**
 * The feature values of one record: numbers rounded to float32, derived features computed, categories looked up.
 * @throws {DataError} naming the field that is absent, unknown or of the wrong type.
 */
export function rowOfRecord({ schema, features }: Model, record: FieldRecord): Float32Array {
  const names = schema.fields.map(({ name }) => name);
  for (const name of Object.keys(record)) {
    if (names.includes(name)) continue;
    const near = nearest(name, names);
    throw new DataError(
      `the model has no field "${name}"${near ? `; did you mean "${near}"?` : `; it has ${names.join(', ')}`}`,
    );
  }
  const table: Table = {
    rowCount: 1,
    columns: schema.fields.map((field) => columnOf(field, record)),
  };
  return featureMatrix(schema.fields, features, table);
}

function columnOf({ name, type }: Field, record: FieldRecord): Column {
  if (!Object.hasOwn(record, name)) throw new DataError(`the field "${name}" is absent`);
  const value = record[name];
  const isMissing = value === null || value === undefined;
  if (type === 'number') {
    if (!isMissing && typeof value !== 'number') {
      throw new DataError(`"${name}" expected a number, got ${show(value)}`);
    }
    return { kind: 'number', name, values: Float32Array.of(isMissing ? NaN : (value as number)) };
  }
  if (!isMissing && typeof value !== 'string') {
    throw new DataError(`"${name}" expected a string, got ${show(value)}`);
  }
  return isMissing || value === ''
    ? { kind: 'category', name, codes: Int32Array.of(-1), levels: [] }
    : { kind: 'category', name, codes: Int32Array.of(0), levels: [value as string] };
}
