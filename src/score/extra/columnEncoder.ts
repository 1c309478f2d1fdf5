import { ShapeError } from '../../core/errors.js';
import { compileExpression, type Expression, fieldsOf } from '../../model/expression.js';
import { type BinnedRows, BLOCK_ROWS, type FeatureSource } from '../engine.js';
import { codeOf, type FieldPlan, failAbsent, failUnknown, numberOf } from '../fieldValues.js';
import { type Convert, type FieldColumn, type OpenColumn, openColumn } from './columnReader.js';

/** Columns by the names of the fields. */
export type FieldColumns = Readonly<Record<string, FieldColumn>>;

/** A table of Apache Arrow or flechette. */
export interface ArrowTable {
  readonly schema: { readonly fields: readonly { readonly name: string }[] };
  getChild(name: string): unknown;
}

/** A table of arquero. */
export interface DataFrame {
  columnNames(): readonly string[];
  column(name: string): unknown;
  /** the rows that filters leave, in their order, as a table of its own */
  reify(): DataFrame;
}

export type Table = FieldColumns | ArrowTable | DataFrame;

/** Rows of which some at a time become features. */
export interface OpenRows {
  /** no integer when a matrix ends within a row */
  rowCount: number;
  /** the most that are encoded at a time */
  blockRows: number;
  /** The features of `count` rows from `start` on, valid until the next call. */
  encode(start: number, count: number): FeatureSource | BinnedRows;
}

/** A column to read, and where its values go. */
interface Sink {
  field: number;
  convert: Convert;
  out: Float32Array;
}

/**
 * Turns columns into features, a column at a time: no row is ever an object. The same bytes as from records.
 * @returns what opens one table after the other.
 * @throws {DataError} naming an unknown or absent field, or the row and field of a value of the wrong type.
 * @throws {ShapeError} when a column is none, or columns are of different lengths.
 */
export function createColumnEncoder(plan: FieldPlan): (table: Table) => OpenRows {
  const { fields, features, codes } = plan;
  const sinks: Sink[] = [];
  const block = (): Float32Array => new Float32Array(BLOCK_ROWS);
  const numbers = fields.map(({ type, name }, field) => {
    const out = block();
    if (type === 'number') {
      sinks.push({ field, out, convert: (value, row) => numberOf(value, row, name) });
    }
    return out;
  });
  const derivations: ((count: number) => void)[] = [];
  const encoded = features.map((feature, index) => {
    if (feature.kind === 'field') return numbers[feature.field]!;
    const out = block();
    if (feature.kind === 'derived') derivations.push(deriveInto(feature.expression, numbers, out));
    else {
      const { field, name } = feature;
      sinks.push({ field, out, convert: (value, row) => codeOf(codes[index]!, value, row, name) });
    }
    return out;
  });

  return (table) => {
    const { names, columnOf } = look(table);
    checkNames(plan, names);
    let rowCount: number | undefined;
    const reads = sinks.map(({ field, convert, out }): OpenColumn['read'] => {
      const { name, type } = fields[field]!;
      if (!names.has(name)) return () => out.fill(NaN);
      const { length, read } = openColumn(columnOf(name), name, convert, type === 'number');
      rowCount ??= length;
      if (length === rowCount) return read;
      throw new ShapeError(`"${name}" expected a column of ${rowCount} rows, got ${length}`);
    });
    return {
      rowCount: rowCount ?? 0,
      blockRows: BLOCK_ROWS,
      encode(start, count) {
        reads.forEach((read, index) => {
          read(start, count, sinks[index]!.out);
        });
        for (const derive of derivations) derive(count);
        return encoded;
      },
    };
  };
}

/** @returns what fills `out` with a derived feature of as many rows as it is told. */
function deriveInto(
  expression: Expression,
  numbers: readonly Float32Array[],
  out: Float32Array,
): (count: number) => void {
  const row = new Float32Array(numbers.length);
  const evaluate = compileExpression(expression, row);
  const reads = fieldsOf(expression);
  return (count) => {
    for (let i = 0; i < count; i++) {
      for (let k = 0; k < reads.length; k++) row[reads[k]!] = numbers[reads[k]!]![i]!;
      out[i] = evaluate();
    }
  };
}

function checkNames(plan: FieldPlan, names: ReadonlySet<string>): void {
  if (plan.unknownFields === 'error') {
    for (const name of names) if (!plan.indexOf.has(name)) failUnknown(plan, name, '');
  }
  const absent = plan.fields.find(({ name }) => !names.has(name));
  if (absent && plan.absentFields === 'error') failAbsent(absent.name, '');
}

/** The names of the columns, and how to get at one. */
function look(table: Table): {
  names: ReadonlySet<string>;
  columnOf(name: string): FieldColumn;
} {
  const { schema, getChild, columnNames } = table as Partial<ArrowTable & DataFrame>;
  if (typeof getChild === 'function') {
    const names = new Set(schema!.fields.map(({ name }) => name));
    return { names, columnOf: (name) => (table as ArrowTable).getChild(name) as FieldColumn };
  }
  if (typeof columnNames === 'function') {
    const rows = (table as DataFrame).reify();
    return {
      names: new Set(rows.columnNames()),
      columnOf: (name) => rows.column(name) as FieldColumn,
    };
  }
  return { names: new Set(Object.keys(table)), columnOf: (name) => (table as FieldColumns)[name]! };
}
