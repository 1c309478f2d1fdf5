import { ShapeError } from './errors.js';

/** A numeric column: float32 values, NaN is missing. */
export interface NumericColumn {
  kind: 'number';
  name: string;
  /** length rowCount */
  values: Float32Array;
}

/** A column of strings, stored once each: `levels[codes[row]]`; code -1 is missing. */
export interface CategoryColumn {
  kind: 'category';
  name: string;
  /** length rowCount, each in [-1, levels.length) */
  codes: Int32Array;
  /** distinct, in order of first appearance */
  levels: string[];
}

export type Column = NumericColumn | CategoryColumn;

/** Columns of equal length, by position. */
export interface Table {
  rowCount: number;
  columns: Column[];
}

/** @throws {ShapeError} when there is no such column. */
export function columnNamed(table: Table, name: string): Column {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column) return column;
  throw new ShapeError(
    `no column "${name}"; there are ${table.columns.map((other) => other.name).join(', ')}`,
  );
}

/** A new table of the given rows, in the given order; levels are shared, not copied. O(rows * columns). */
export function selectRows(table: Table, rows: Uint32Array): Table {
  return {
    rowCount: rows.length,
    columns: table.columns.map((column) => selectColumn(column, rows)),
  };
}

/** A new table without the named columns; the others are shared. */
export function withoutColumns(table: Table, names: readonly string[]): Table {
  return {
    rowCount: table.rowCount,
    columns: table.columns.filter((column) => !names.includes(column.name)),
  };
}

function selectColumn(column: Column, rows: Uint32Array): Column {
  if (column.kind === 'number') {
    const values = new Float32Array(rows.length);
    for (let i = 0; i < rows.length; i++) values[i] = column.values[rows[i]!]!;
    return { kind: 'number', name: column.name, values };
  }
  const codes = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) codes[i] = column.codes[rows[i]!]!;
  return { kind: 'category', name: column.name, codes, levels: column.levels };
}
