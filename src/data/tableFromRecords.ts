import { show } from '../core/check.js';
import { DataError } from '../core/errors.js';
import type { CategoryColumn, Column, NumericColumn, Table } from '../core/table.js';

/** A value of a record; null, undefined and the empty string are missing. */
type Value = number | string | boolean | null | undefined;

/**
 * Makes a table of records that hold the same fields. A field is numeric when its values are numbers or booleans
 * (true is 1), a category when they are strings.
 * @param categorical - fields whose numbers are names, not quantities: the target, codes, ids.
 * @throws {DataError} when there are no records, or a field mixes numbers and strings.
 */
export function tableFromRecords(
  records: readonly Readonly<Record<string, Value>>[],
  categorical: readonly string[] = [],
): Table {
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
  if (names.length === 0) throw new DataError('expected records with fields, got none');
  const columns = names.map((name): Column => {
    const values = records.map((record) => record[name]);
    const isText =
      categorical.includes(name) ||
      values.some((value) => typeof value === 'string' && value !== '');
    return isText
      ? categoryColumn(name, values, categorical.includes(name))
      : numericColumn(name, values);
  });
  return { rowCount: records.length, columns };
}

function numericColumn(name: string, values: readonly Value[]): NumericColumn {
  const column = new Float32Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    column[row] = value === null || value === undefined || value === '' ? NaN : Number(value);
  }
  return { kind: 'number', name, values: column };
}

function categoryColumn(name: string, values: readonly Value[], declared: boolean): CategoryColumn {
  const codeOf = new Map<string, number>();
  const codes = new Int32Array(values.length);
  values.forEach((value, row) => {
    if (value === null || value === undefined || value === '') {
      codes[row] = -1;
      return;
    }
    if (typeof value !== 'string' && !declared) {
      throw new DataError(
        `record ${row}, field "${name}": expected a string as in other records, got ${show(value)}`,
      );
    }
    const level = String(value);
    const code = codeOf.get(level) ?? codeOf.size;
    codeOf.set(level, code);
    codes[row] = code;
  });
  return { kind: 'category', name, codes, levels: [...codeOf.keys()] };
}
