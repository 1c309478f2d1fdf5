import type { Column, Table } from '../core/table.js';

/** What a column holds, in a few numbers. */
export type ColumnFingerprint =
  | {
      kind: 'number';
      name: string;
      missingCount: number;
      /** absent when every value is missing */
      min?: number;
      max?: number;
    }
  | {
      kind: 'category';
      name: string;
      missingCount: number;
      /** levels that occur in the rows */
      levelCount: number;
    };

/** What a table holds, small enough for a lineage record: equal tables have equal fingerprints, not the reverse. */
export interface TableFingerprint {
  rowCount: number;
  columns: ColumnFingerprint[];
}

/** Describes a table. O(rows * columns). */
export function fingerprintTable(table: Table): TableFingerprint {
  return { rowCount: table.rowCount, columns: table.columns.map(fingerprintColumn) };
}

function fingerprintColumn(column: Column): ColumnFingerprint {
  const { name } = column;
  let missingCount = 0;
  if (column.kind === 'category') {
    const { codes } = column;
    const occurs = new Uint8Array(column.levels.length);
    for (let row = 0; row < codes.length; row++) {
      if (codes[row]! < 0) missingCount++;
      else occurs[codes[row]!] = 1;
    }
    const levelCount = occurs.reduce((sum, one) => sum + one, 0);
    return { kind: 'category', name, missingCount, levelCount };
  }
  const { values } = column;
  let min = Infinity;
  let max = -Infinity;
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (value !== value) missingCount++;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const empty = missingCount === values.length;
  return { kind: 'number', name, missingCount, ...(empty ? {} : { min, max }) };
}
