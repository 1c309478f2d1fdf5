import { ShapeError } from '../core/errors.js';
import type { Column, Table } from '../core/table.js';
import { type Expression, evaluateColumns } from './expression.js';
import type { Field } from './schema.js';

/** A number straight from a raw field. */
export interface FieldFeature {
  kind: 'field';
  name: string;
  /** index into `schema.fields` */
  field: number;
}

/** A number computed from raw numeric fields. */
export interface DerivedFeature {
  kind: 'derived';
  name: string;
  /** as written in the configuration */
  source: string;
  expression: Expression;
}

/** A raw string field as a code: the index of its level. */
export interface CategoryFeature {
  kind: 'category';
  name: string;
  /** index into `schema.fields` */
  field: number;
  /** distinct, sorted; the code of a value is its index here */
  levels: string[];
}

/** One column of the feature matrix that the predictor reads. */
export type Feature = FieldFeature | DerivedFeature | CategoryFeature;

/** The code of a category level that training has not seen. A missing category is NaN. */
export const UNSEEN = -1;

/**
 * Builds the feature matrix of a table: what the predictor reads.
 * @param fields - the model's schema; the table has a column of that name and kind for each.
 * @returns row-major Float32Array, length rowCount * features.length. Categories are codes: the index of the level,
 * {@link UNSEEN} for a level that training has not seen, NaN for missing.
 * @throws {ShapeError} when a column is absent or of the other kind.
 */
export function featureMatrix(
  fields: readonly Field[],
  features: readonly Feature[],
  table: Table,
): Float32Array {
  const { rowCount } = table;
  const columns = fields.map((field) => fieldColumn(field, table));
  const numbers = columns.map((column) => (column.kind === 'number' ? column.values : undefined));
  const matrix = new Float32Array(rowCount * features.length);
  features.forEach((feature, index) => {
    const values = featureColumn(feature, columns, numbers, rowCount);
    for (let row = 0, at = index; row < rowCount; row++, at += features.length) {
      matrix[at] = values[row]!;
    }
  });
  return matrix;
}

function fieldColumn(field: Field, table: Table): Column {
  const column = table.columns.find((candidate) => candidate.name === field.name);
  if (column?.kind === field.type) return column;
  throw new ShapeError(
    column
      ? `column "${field.name}" is of kind ${column.kind}, the model expects ${field.type}`
      : `column "${field.name}" is missing; the model expects ${field.type}`,
  );
}

function featureColumn(
  feature: Feature,
  columns: readonly Column[],
  numbers: readonly (Float32Array | undefined)[],
  rowCount: number,
): Float32Array {
  if (feature.kind === 'field') return numbers[feature.field]!;
  if (feature.kind === 'derived') return evaluateColumns(feature.expression, numbers, rowCount);
  const column = columns[feature.field]!;
  if (column.kind !== 'category')
    throw new ShapeError(`"${feature.name}" is not a category column`);
  return categoryCodes(column.codes, column.levels, feature.levels);
}

/** Translates a column's own codes into a model's codes. */
function categoryCodes(
  codes: Int32Array,
  from: readonly string[],
  to: readonly string[],
): Float32Array {
  const codeOf = new Map(to.map((level, code) => [level, code]));
  const translated = from.map((level) => codeOf.get(level) ?? UNSEEN);
  const out = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) out[i] = codes[i]! < 0 ? NaN : translated[codes[i]!]!;
  return out;
}
