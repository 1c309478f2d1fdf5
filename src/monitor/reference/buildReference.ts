import { checkNumber, checkOneOf, show } from '../../core/check.js';
import { ConfigError, DataError, ShapeError } from '../../core/errors.js';
import { columnNamed, type Table } from '../../core/table.js';
import type { Task } from '../../model/model.js';
import type { Field, Schema } from '../../model/schema.js';
import { finiteOrMissing, topPredictions } from '../counts/predictions.js';
import { calibrationTable } from './calibrationTable.js';
import { errorTable } from './errorTable.js';
import { categoryReference, momentsOf, numericReference } from './fieldReference.js';
import type {
  BinaryReference,
  DriftReference,
  FieldReference,
  MulticlassReference,
  RegressionReference,
} from './reference.js';
import { partsOf } from './unevenness.js';

/** What a reference is built from. */
export interface ReferenceInput {
  schema: Schema;
  /** the training rows: a column of the schema's kind for each of its fields; other columns are ignored */
  table: Table;
  task: Task;
  /** of the same rows, length rowCount: 1 positive and 0 negative (binary), class codes from 0 (multiclass), numbers (regression) */
  target: ArrayLike<number>;
  /**
   * What the model predicts for the same rows, and best out of fold: a model is too sure of rows it was trained on.
   * The probability of the positive class (binary), row-major the probability of each class (multiclass, length
   * rowCount * classes), a number (regression).
   */
  predictions: ArrayLike<number>;
  /** the decision threshold of a binary model; no other has one */
  threshold?: number | undefined;
  /** how much the model relies on each field of the schema, >= 0, in any unit; without it no field weighs more than another */
  importance?: ArrayLike<number> | undefined;
}

/**
 * Freezes what later rows are compared with. O(rows log rows) a field.
 * Derived features are functions of the raw fields and are watched through them.
 * @throws {ShapeError} when a column is absent, of the other kind or of the wrong length, or there are no rows.
 * @throws {DataError} naming the row when a target or a probability is none.
 * @throws {ConfigError} when the threshold does not fit the task.
 */
export function buildReference<T extends Task>(
  input: ReferenceInput & { task: T },
): Extract<DriftReference, { task: T }> {
  // the reference has the task of the input, which the compiler does not follow through the branches
  return referenceOf(input) as Extract<DriftReference, { task: T }>;
}

function referenceOf(input: ReferenceInput): DriftReference {
  const { schema, table, task, target, threshold } = input;
  const { rowCount } = table;
  checkOneOf('task', task, ['binary', 'multiclass', 'regression']);
  if (rowCount === 0) throw new ShapeError('a drift reference needs at least one row');
  checkLength('target', target, rowCount, 'one a row');
  if (task !== 'binary' && threshold !== undefined) {
    throw new ConfigError(`"threshold" is of binary models alone, the task is ${show(task)}`);
  }
  const shares = sharesOf(input.importance, schema.fields.length);
  const fields = schema.fields.map((field, index) => ({
    ...fieldReference(field, table),
    ...(shares && { importance: shares[index]! }),
  }));
  const parts = { format: 'coppice-drift-reference', version: 4, rowCount, fields } as const;
  if (task === 'binary') return { ...parts, task, ...binaryParts(input) };
  if (task === 'multiclass') return { ...parts, task, ...multiclassParts(input) };
  return { ...parts, task, ...regressionParts(input) };
}

type Without<T> = Omit<T, 'format' | 'version' | 'task' | 'rowCount' | 'fields'>;

function binaryParts(input: ReferenceInput): Without<BinaryReference> {
  const { schema, target, predictions, table } = input;
  const [negative, positive] = schema.target.classes;
  if (negative === undefined || positive === undefined || schema.target.classes.length !== 2) {
    throw new ShapeError(
      `"schema.target.classes" expected two classes, got ${schema.target.classes.length}`,
    );
  }
  const threshold = checkNumber('threshold', input.threshold, 0, 1);
  checkLength('predictions', predictions, table.rowCount, 'one a row');
  checkProbabilities(predictions, 1);
  const [, positiveCount] = countCodes(target, 2, '0 or 1');
  const scores = Float32Array.from(predictions);
  return {
    classes: [negative, positive],
    threshold,
    trainingPositiveRate: positiveCount! / table.rowCount,
    predictedPositiveCount: scores.reduce((count, p) => count + Number(p >= threshold), 0),
    score: numericReference('probability', scores),
    calibration: calibrationTable(scores, target, partsOf(schema, table), threshold),
  };
}

function multiclassParts(input: ReferenceInput): Without<MulticlassReference> {
  const { schema, table, target, predictions } = input;
  const { classes } = schema.target;
  const classCount = classes.length;
  if (classCount < 2) {
    throw new ShapeError(`"schema.target.classes" expected several classes, got ${classCount}`);
  }
  checkLength('predictions', predictions, table.rowCount * classCount, `${classCount} a row`);
  checkProbabilities(predictions, classCount);
  const range = `a class code from 0 to ${classCount - 1}`;
  const trainingClassCounts = countCodes(target, classCount, range);
  const { codes, probabilities } = topPredictions(predictions, classCount);
  const isRight = Uint8Array.from(codes, (code, row) => Number(code === target[row]));
  const zeros = (): number[] => new Array<number>(classCount).fill(0);
  const rightClassCounts = zeros();
  const classProbabilities = zeros();
  const predictedClassProbabilities = zeros();
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]!;
    rightClassCounts[code]! += isRight[row]!;
    predictedClassProbabilities[code]! += probabilities[row]!;
    for (let k = 0; k < classCount; k++) {
      classProbabilities[k]! += predictions[row * classCount + k]!;
    }
  }
  return {
    classes: [...classes],
    trainingClassCounts,
    predictedClassCounts: countCodes(codes, classCount, range),
    rightClassCounts,
    classProbabilities,
    predictedClassProbabilities,
    score: numericReference('top_probability', probabilities),
    calibration: calibrationTable(probabilities, isRight, partsOf(schema, table)),
  };
}

function regressionParts({
  schema,
  table,
  target,
  predictions,
}: ReferenceInput): Without<RegressionReference> {
  checkLength('predictions', predictions, table.rowCount, 'one a row');
  for (let row = 0; row < target.length; row++) {
    if (Number.isFinite(Math.fround(target[row]!))) continue;
    throw wrongTarget(row, 'a finite float32', target[row]);
  }
  const { mean, standardDeviation } = momentsOf(Float32Array.from(target));
  const predicted = finiteOrMissing(predictions);
  const score = numericReference('prediction', predicted);
  return {
    trainingMean: mean,
    trainingStandardDeviation: standardDeviation,
    score,
    errors: errorTable(score, predicted, target, partsOf(schema, table)),
  };
}

/** Importances as shares that add up to 1; undefined when there are none. */
function sharesOf(
  importance: ArrayLike<number> | undefined,
  fieldCount: number,
): number[] | undefined {
  if (importance === undefined) return undefined;
  checkLength('importance', importance, fieldCount, 'one a field');
  const values = Array.from(importance, (value, i) => checkNumber(`importance[${i}]`, value, 0));
  const total = values.reduce((sum, value) => sum + value, 0);
  return total > 0 ? values.map((value) => value / total) : undefined;
}

function checkLength(name: string, values: ArrayLike<number>, expected: number, why: string): void {
  if (values.length === expected) return;
  throw new ShapeError(`"${name}" expected ${expected} values, ${why}, got ${values.length}`);
}

/** @param width - probabilities a row */
function checkProbabilities(predictions: ArrayLike<number>, width: number): void {
  for (let i = 0; i < predictions.length; i++) {
    if (predictions[i]! >= 0 && predictions[i]! <= 1) continue;
    throw new DataError(
      `"predictions" expected probabilities, got ${predictions[i]} in row ${Math.floor(i / width)}`,
    );
  }
}

function countCodes(codes: ArrayLike<number>, codeCount: number, expected: string): number[] {
  const counts = new Array<number>(codeCount).fill(0);
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]!;
    if (!(Number.isInteger(code) && code >= 0 && code < codeCount)) {
      throw wrongTarget(row, expected, code);
    }
    counts[code]!++;
  }
  return counts;
}

function wrongTarget(row: number, expected: string, seen: unknown): DataError {
  return new DataError(`"target" expected ${expected}, got ${show(seen)} in row ${row}`);
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
