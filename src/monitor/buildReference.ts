import { checkNumber } from '../core/check.js';
import { ShapeError } from '../core/errors.js';
import type { CategoryColumn, Table } from '../core/table.js';
import { columnNamed } from '../core/table.js';
import type { Field, Schema } from '../model/schema.js';
import { addInto, createExactSum, totalOf } from './exactSum.js';
import { binOf, quantileEdges } from './quantileBins.js';
import type {
  CategoryReference,
  DriftReference,
  FieldReference,
  NumericReference,
} from './reference.js';
import { MAX_BINS, MAX_LEVELS } from './reference.js';

/** What a reference is built from. */
export interface ReferenceInput {
  schema: Schema;
  /** the training rows: a column of the schema's kind for each of its fields; other columns are ignored */
  table: Table;
  /** of the same rows, and best out of fold: a model is too sure of rows it was trained on. Length rowCount */
  probabilities: ArrayLike<number>;
  /** the model's decision threshold */
  threshold: number;
  /** of the same rows: 1 positive, 0 negative. Length rowCount */
  labels: ArrayLike<number>;
}

/**
 * Freezes what later rows are compared with. O(rows log rows) a field.
 * Derived features are functions of the raw fields and are watched through them.
 * @throws {ShapeError} when a column is absent, of the other kind or of the wrong length, or there are no rows.
 */
export function buildReference(input: ReferenceInput): DriftReference {
  const { schema, table, probabilities, labels } = input;
  const threshold = checkNumber('threshold', input.threshold, 0, 1);
  if (table.rowCount === 0) throw new ShapeError('a drift reference needs at least one row');
  checkLength('probabilities', probabilities, table.rowCount);
  checkLength('labels', labels, table.rowCount);
  const scores = Float32Array.from(probabilities);
  return {
    format: 'coppice-drift-reference',
    version: 1,
    rowCount: table.rowCount,
    threshold,
    trainingPositiveRate: countOf(labels, (label) => label === 1) / table.rowCount,
    predictedPositiveCount: countOf(scores, (p) => p >= threshold),
    score: numericReference('probability', scores),
    fields: schema.fields.map((field) => fieldReference(field, table)),
  };
}

function checkLength(name: string, values: ArrayLike<number>, rowCount: number): void {
  if (values.length === rowCount) return;
  throw new ShapeError(`"${name}" expected ${rowCount} values, one a row, got ${values.length}`);
}

function countOf(values: ArrayLike<number>, test: (value: number) => boolean): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (test(values[i]!)) count++;
  return count;
}

function fieldReference(field: Field, table: Table): FieldReference {
  const column = columnNamed(table, field.name);
  if (column.kind !== field.type) {
    throw new ShapeError(
      `column "${field.name}" is of kind ${column.kind}, the model expects ${field.type}`,
    );
  }
  return column.kind === 'number'
    ? numericReference(column.name, column.values)
    : categoryReference(column);
}

function numericReference(name: string, values: Float32Array): NumericReference {
  const present = values.filter((x) => x === x).sort();
  const finite = present.filter((x) => Number.isFinite(x));
  const edges = quantileEdges(finite, MAX_BINS);
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (const x of present) counts[binOf(edges, x)]!++;
  return {
    name,
    type: 'number',
    edges,
    counts,
    missing: values.length - present.length,
    ...moments(finite),
    minimum: finite[0] ?? 0,
    maximum: finite[finite.length - 1] ?? 0,
  };
}

/** Mean and population standard deviation, in two passes. */
function moments(values: Float32Array): { mean: number; standardDeviation: number } {
  if (values.length === 0) return { mean: 0, standardDeviation: 0 };
  const sum = createExactSum();
  for (const x of values) addInto(sum, x);
  const mean = totalOf(sum) / values.length;
  let squares = 0;
  for (const x of values) squares += (x - mean) * (x - mean);
  return { mean, standardDeviation: Math.sqrt(squares / values.length) };
}

function categoryReference({ name, codes, levels }: CategoryColumn): CategoryReference {
  const counts = new Float64Array(levels.length);
  let missing = 0;
  for (const code of codes) {
    // the empty string of a category is missing, as it is when scoring
    if (code < 0 || levels[code] === '') missing++;
    else counts[code]!++;
  }
  const seen = levels
    .map((level, code) => ({ level, count: counts[code]! }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || (a.level < b.level ? -1 : 1));
  const named = seen.slice(0, MAX_LEVELS);
  const others = seen.slice(MAX_LEVELS);
  return {
    name,
    type: 'category',
    levels: named.map(({ level }) => level),
    counts: named.map(({ count }) => count),
    otherLevels: others.map(({ level }) => level).sort(),
    otherCount: others.reduce((sum, { count }) => sum + count, 0),
    missing,
    singletons: seen.filter(({ count }) => count === 1).length,
  };
}
