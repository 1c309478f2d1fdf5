import { ShapeError } from '../../core/errors.js';
import { type CategoryColumn, columnNamed, type Table } from '../../core/table.js';
import type { CalibrationTable } from '../reference/calibrationTable.js';
import { binOf } from '../reference/quantileBins.js';
import type {
  CategoryReference,
  DriftReference,
  NumericReference,
} from '../reference/reference.js';
import { addInto } from './exactSum.js';
import { addLevel } from './levelSample.js';
import { finiteOrMissing, topPredictions } from './predictions.js';
import type {
  CategoryState,
  MonitorState,
  MulticlassState,
  NumericState,
  ProbabilityState,
} from './state.js';

/** A row by field name; null, undefined and NaN are missing, and so is the empty string of a category. */
export type ObservedRecord = Readonly<Record<string, number | string | null | undefined>>;

// of what is wilder the square would leave no room in an exact sum for other rows
const Z_LIMIT = 2 ** 24;
const UNSEEN_LEVEL = -1;

/**
 * Counts rows that were scored. Mutates `state`, allocates no more than the predictions take. O(rows * fields).
 * @param rows - records whose values have been checked against the schema, or a table with the schema's columns
 * @param predictions - what the model made of the rows: the probability of the positive class (binary), row-major the
 *   probability of each class (multiclass, rows * classes), a number (regression; one that is not finite as float32
 *   counts as missing)
 * @throws {ShapeError} when there are more or fewer predictions than rows, or a table lacks a column.
 */
export function observe(
  state: MonitorState,
  rows: readonly ObservedRecord[] | Table,
  predictions: ArrayLike<number>,
): void {
  const rowCount = 'rowCount' in rows ? rows.rowCount : rows.length;
  const width = state.task === 'multiclass' ? state.classCounts.length : 1;
  if (predictions.length !== rowCount * width) {
    const each = width === 1 ? 'one' : String(width);
    throw new ShapeError(
      `"predictions" expected ${rowCount * width} values, ${each} a row, got ${predictions.length}`,
    );
  }
  if ('rowCount' in rows) observeTable(state, rows);
  else observeRecords(state, rows);
  observePredictions(state, predictions);
  state.rowCount += rowCount;
}

function observePredictions(state: MonitorState, predictions: ArrayLike<number>): void {
  if (state.task === 'binary') {
    const { score, calibration } = state.reference;
    for (let row = 0; row < predictions.length; row++) {
      const probability = Math.fround(predictions[row]!);
      countNumber(state.score, score, probability);
      countProbability(state.calibration, calibration, probability);
    }
    return;
  }
  let scores: Float32Array;
  if (state.task === 'multiclass') {
    const { codes, probabilities } = topPredictions(predictions, state.classCounts.length);
    countClasses(state, predictions, codes);
    for (const p of probabilities) {
      countProbability(state.calibration, state.reference.calibration, p);
    }
    scores = probabilities;
  } else {
    scores = finiteOrMissing(predictions);
  }
  for (const x of scores) countNumber(state.score, state.reference.score, x);
}

function countProbability(
  counted: ProbabilityState,
  { edges }: CalibrationTable,
  probability: number,
): void {
  // no probability says nothing of what to expect; the score counts it as missing
  if (probability !== probability) return;
  const bin = binOf(edges, probability);
  counted.rows[bin]!++;
  addInto(counted.predicted, bin, probability);
}

function countClasses(
  state: MulticlassState,
  predictions: ArrayLike<number>,
  codes: Int32Array,
): void {
  const { classCounts, classProbabilities, predictedClassProbabilities } = state;
  const classCount = classCounts.length;
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]!;
    classCounts[code]!++;
    for (let k = 0; k < classCount; k++) {
      const probability = Math.fround(predictions[row * classCount + k]!);
      if (probability !== probability) continue;
      addInto(classProbabilities, k, probability);
      if (k === code) addInto(predictedClassProbabilities, k, probability);
    }
  }
}

function observeRecords(state: MonitorState, records: readonly ObservedRecord[]): void {
  const { fields } = state.reference;
  const bins = levelBins(state.reference);
  for (let index = 0; index < fields.length; index++) {
    const reference = fields[index]!;
    const { name } = reference;
    if (reference.type === 'number') {
      const field = state.fields[index] as NumericState;
      for (const record of records) {
        const value = record[name];
        countNumber(field, reference, typeof value === 'number' ? Math.fround(value) : NaN);
      }
    } else {
      const field = state.fields[index] as CategoryState;
      for (const record of records) countLevel(field, bins[index]!, record[name]);
    }
  }
}

function observeTable(state: MonitorState, table: Table): void {
  const columns = state.reference.fields.map(({ name, type }) => {
    const column = columnNamed(table, name);
    if (column.kind === type) return column;
    throw new ShapeError(`column "${name}" is of kind ${column.kind}, the model expects ${type}`);
  });
  const bins = levelBins(state.reference);
  columns.forEach((column, index) => {
    const field = state.fields[index]!;
    if (column.kind === 'number') {
      const reference = state.reference.fields[index] as NumericReference;
      for (const x of column.values) countNumber(field as NumericState, reference, x);
    } else {
      countCodes(field as CategoryState, bins[index]!, column);
    }
  });
}

function countCodes(
  field: CategoryState,
  bins: ReadonlyMap<string, number>,
  { codes, levels }: CategoryColumn,
): void {
  for (const code of codes) countLevel(field, bins, code < 0 ? null : levels[code]);
}

function countNumber(field: NumericState, reference: NumericReference, x: number): void {
  if (x !== x) {
    field.missing++;
    return;
  }
  field.counts[binOf(reference.edges, x)]!++;
  if (x === Infinity || x === -Infinity) {
    field.nonFinite++;
    return;
  }
  if (x < reference.minimum) field.below++;
  else if (x > reference.maximum) field.above++;
  if (x < field.minimum) field.minimum = x;
  if (x > field.maximum) field.maximum = x;
  const z = (x - reference.mean) / (reference.standardDeviation || 1);
  const clamped = Math.min(Z_LIMIT, Math.max(-Z_LIMIT, z));
  addInto(field.sum, 0, clamped);
  addInto(field.sumOfSquares, 0, clamped * clamped);
}

function countLevel(
  field: CategoryState,
  bins: ReadonlyMap<string, number>,
  level: number | string | null | undefined,
): void {
  if (typeof level !== 'string' || level === '') {
    field.missing++;
    return;
  }
  const bin = bins.get(level) ?? UNSEEN_LEVEL;
  const others = field.counts.length - 1;
  field.counts[bin === UNSEEN_LEVEL ? others : bin]!++;
  if (bin !== UNSEEN_LEVEL) return;
  field.unseen++;
  addLevel(field.unseenLevels, level);
}

const binsOfReference = new WeakMap<DriftReference, ReadonlyMap<string, number>[]>();

/** Per field, the bin of each level that training has seen; built once a reference. */
function levelBins(reference: DriftReference): readonly ReadonlyMap<string, number>[] {
  const known = binsOfReference.get(reference);
  if (known) return known;
  const bins = reference.fields.map((field) =>
    field.type === 'category' ? binsOfLevels(field) : new Map<string, number>(),
  );
  binsOfReference.set(reference, bins);
  return bins;
}

function binsOfLevels({ levels, otherLevels }: CategoryReference): Map<string, number> {
  const bins = new Map(levels.map((level, bin) => [level, bin]));
  for (const level of otherLevels) bins.set(level, levels.length);
  return bins;
}
