import { checkOneOf, nearest, show, withDefaults } from '../core/check.js';
import { ConfigError, DataError } from '../core/errors.js';
import type { Table } from '../core/table.js';
import type { FieldType } from '../model/schema.js';
import { CellError } from './cellError.js';
import { type ColumnEncoder, createColumnEncoder } from './columnEncoder.js';
import type { ColumnInference } from './columnInference.js';

export interface TableOptions {
  /** declared column types; a column that is not named here is inferred */
  types: Readonly<Record<string, FieldType>>;
  /** the cells that mean missing, exactly as written */
  missingTokens: readonly string[];
  /** the column to predict: kept as strings, never missing, at least two classes; '' for none */
  target: string;
  /** read these columns only; all of them when empty */
  columns: readonly string[];
}

/** Everything inferred; only the empty cell is missing. */
export const TABLE_DEFAULTS: Readonly<TableOptions> = Object.freeze({
  types: {},
  missingTokens: [''],
  target: '',
  columns: [],
});

export interface TypedTable {
  table: Table;
  /** one entry a column of the table */
  inference: ColumnInference[];
  /** every column name of the file, in order */
  header: string[];
}

/** Makes a table of records of strings, one at a time; the strings themselves are not kept. */
export class TableBuilder {
  readonly header: string[];
  private readonly file: string;
  private readonly options: TableOptions;
  private readonly missing: ReadonlySet<string>;
  private readonly encoders: (ColumnEncoder | undefined)[];
  private readonly targetIndex: number;
  private rowCount = 0;

  /**
   * @param header - the column names; the first record of a file.
   * @param headerLine - 1-based line of the header.
   * @param file - name for error messages.
   * @throws {CellError} when a name is empty or stands twice.
   * @throws {ConfigError} when an option names a column that is not there, or is unknown.
   */
  constructor(
    header: readonly string[],
    headerLine: number,
    file: string,
    options: Partial<TableOptions> = {},
  ) {
    this.options = withDefaults('table option', TABLE_DEFAULTS, options);
    this.file = file;
    this.header = [...header];
    checkHeader(this.header, headerLine, file);
    checkOptions(this.options, this.header, file);
    const { types, target, columns, missingTokens } = this.options;
    this.missing = new Set(missingTokens);
    this.targetIndex = target === '' ? -1 : this.header.indexOf(target);
    this.encoders = this.header.map((name) => {
      if (columns.length > 0 && name !== target && !columns.includes(name)) return undefined;
      if (name === target) return createColumnEncoder(name, 'category');
      return createColumnEncoder(name, Object.hasOwn(types, name) ? types[name] : undefined);
    });
  }

  /**
   * Adds a row.
   * @param line - 1-based line on which the record starts.
   * @throws {CellError} on too few or too many cells, text in a column declared number, a missing target.
   */
  addRow(cells: readonly string[], line: number): void {
    const { encoders, missing } = this;
    if (cells.length !== encoders.length) this.failRagged(cells, line);
    for (let i = 0; i < encoders.length; i++) {
      const encoder = encoders[i];
      if (encoder === undefined) continue;
      const cell = cells[i]!;
      if (missing.has(cell)) {
        if (i === this.targetIndex) this.failMissingTarget(cell, line, i);
        encoder.addMissing();
      } else if (!encoder.add(cell)) {
        const problem = `column ${show(this.header[i])} expected a number, got ${show(cell)}`;
        throw new CellError(problem, this.file, line, i);
      }
    }
    this.rowCount++;
  }

  /**
   * The table of all rows.
   * @throws {DataError} when there are no rows, or the target has one class.
   */
  finish(): TypedTable {
    const { rowCount, file, header } = this;
    if (rowCount === 0) throw new DataError('expected rows below the header, got none', { file });
    const finished = this.encoders.flatMap((encoder) => (encoder ? [encoder.finish()] : []));
    const table: Table = { rowCount, columns: finished.map(({ column }) => column) };
    this.checkClasses(table);
    return { table, inference: finished.map(({ inference }) => inference), header };
  }

  private checkClasses(table: Table): void {
    if (this.targetIndex < 0) return;
    const { target } = this.options;
    const column = table.columns.find(({ name }) => name === target);
    if (column?.kind !== 'category' || column.levels.length > 1) return;
    const seen = `${show(column.levels[0])} in all ${table.rowCount} rows`;
    const problem = `target ${show(target)} expected at least two classes, got ${seen}`;
    throw new DataError(problem, { file: this.file });
  }

  private failRagged(cells: readonly string[], line: number): never {
    const expected = this.encoders.length;
    const problem = `expected ${cellCount(expected)}, as the header has, got ${cells.length}`;
    // the first cell too many, or the last one there is
    const index = cells.length > expected ? expected : cells.length - 1;
    throw new CellError(problem, this.file, line, index);
  }

  private failMissingTarget(cell: string, line: number, index: number): never {
    const { target } = this.options;
    const problem = `target ${show(target)} expected a class, got ${show(cell)}, which is missing`;
    throw new CellError(problem, this.file, line, index);
  }
}

function checkHeader(header: readonly string[], line: number, file: string): void {
  const seen = new Map<string, number>();
  header.forEach((name, index) => {
    if (name.trim() === '') {
      throw new CellError(
        `column ${index + 1} expected a name, got ${show(name)}`,
        file,
        line,
        index,
      );
    }
    const first = seen.get(name);
    if (first !== undefined) {
      const problem = `expected distinct column names, got ${show(name)} for column ${first + 1} and ${index + 1}`;
      throw new CellError(problem, file, line, index);
    }
    seen.set(name, index);
  });
}

function checkOptions(options: TableOptions, header: readonly string[], file: string): void {
  const { types, target, columns } = options;
  if (target !== '') requireColumn('target', target, header, file);
  for (const name of columns) requireColumn('column', name, header, file);
  for (const [name, type] of Object.entries(types)) {
    requireColumn('declared column', name, header, file);
    checkOneOf(`types.${name}`, type, ['number', 'category']);
  }
}

function requireColumn(role: string, name: string, header: readonly string[], file: string): void {
  if (header.includes(name)) return;
  const near = nearest(name, header);
  const hint = near ? `did you mean ${show(near)}?` : `there are ${header.map(show).join(', ')}`;
  throw new ConfigError(`${role} ${show(name)} is not in ${file}; ${hint}`);
}

function cellCount(amount: number): string {
  return `${amount} ${amount === 1 ? 'cell' : 'cells'}`;
}
