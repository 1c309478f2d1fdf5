import { ShapeError } from '../../core/errors.js';
import type { CalibrationTable } from '../reference/calibrationTable.js';
import type {
  BinaryReference,
  CategoryReference,
  DriftReference,
  MulticlassReference,
  NumericReference,
  RegressionReference,
} from '../reference/reference.js';
import { createExactSums, type ExactSums, mergeInto, totalsOf } from './exactSum.js';
import { addLevel, type LevelSample } from './levelSample.js';

/** Running counts of a numeric field, by the reference's bins. */
export interface NumericState {
  type: 'number';
  /** rows a bin of the reference */
  counts: Float64Array;
  missing: number;
  /** rows with an infinite value, which the outer bins count too */
  nonFinite: number;
  /** rows with a finite value below the training range, and above it */
  below: number;
  above: number;
  /** of the finite values: Infinity and -Infinity while there is no finite value */
  minimum: number;
  maximum: number;
  /** of z = (x - reference mean) / reference standard deviation of the finite values; |z| counts as 2^24 at most */
  sum: ExactSums;
  sumOfSquares: ExactSums;
}

/** Running counts of a category field. */
export interface CategoryState {
  type: 'category';
  /** rows a named level of the reference, then the rows of all other levels, unseen ones among them */
  counts: Float64Array;
  missing: number;
  /** rows whose level training has not seen */
  unseen: number;
  /** some of those levels */
  unseenLevels: LevelSample;
}

export type FieldState = NumericState | CategoryState;

interface StateParts {
  rowCount: number;
  score: NumericState;
  /** in the order of the reference's fields */
  fields: FieldState[];
}

export interface BinaryState extends StateParts {
  readonly task: 'binary';
  readonly reference: BinaryReference;
  /** by the bins of the reference's calibration */
  calibration: ProbabilityState;
}

export interface MulticlassState extends StateParts {
  readonly task: 'multiclass';
  readonly reference: MulticlassReference;
  /** rows that each class had the greatest probability of, in the order of the classes */
  classCounts: Float64Array;
  /** the probability of each class, added up over all rows */
  classProbabilities: ExactSums;
  /** the same over the rows that the class was predicted for */
  predictedClassProbabilities: ExactSums;
  /** each row's greatest probability, by the bins of the reference's calibration */
  calibration: ProbabilityState;
}

/** Probabilities by the bins of a calibration table. */
export interface ProbabilityState {
  rows: Float64Array;
  /** sum of the probabilities of each bin */
  predicted: ExactSums;
}

/** The same with the sums as numbers. */
export function probabilitiesOf({ rows, predicted }: ProbabilityState): {
  rows: Float64Array;
  predicted: Float64Array;
} {
  return { rows, predicted: totalsOf(predicted) };
}

export interface RegressionState extends StateParts {
  readonly task: 'regression';
  readonly reference: RegressionReference;
}

/**
 * What a monitor remembers: counts, exact sums and extremes, so its size depends on the fields and not on the rows.
 * Every part merges exactly and in any order, hence states of many workers add up to one, to the same bytes.
 */
export type MonitorState = BinaryState | MulticlassState | RegressionState;

/** The state that is kept against a reference. */
export type StateOf<R extends DriftReference> = Extract<MonitorState, { task: R['task'] }>;

/** Rows with a finite value, which the moments are of. */
export function finiteCount({ counts, nonFinite }: NumericState): number {
  return counts.reduce((sum, count) => sum + count, -nonFinite);
}

/** A state that has seen nothing. */
export function createMonitorState<R extends DriftReference>(reference: R): StateOf<R> {
  // the state has the task of the reference, which the compiler does not follow through the branches
  return emptyState(reference) as StateOf<R>;
}

function emptyState(reference: DriftReference): MonitorState {
  const parts: StateParts = {
    rowCount: 0,
    score: numericState(reference.score),
    fields: reference.fields.map((field) =>
      field.type === 'number' ? numericState(field) : categoryState(field),
    ),
  };
  const { task } = reference;
  if (task === 'regression') return { task, reference, ...parts };
  const calibration = probabilityState(reference.calibration);
  if (task === 'binary') return { task, reference, ...parts, calibration };
  const classCount = reference.classes.length;
  return {
    task,
    reference,
    ...parts,
    classCounts: new Float64Array(classCount),
    classProbabilities: createExactSums(classCount),
    predictedClassProbabilities: createExactSums(classCount),
    calibration,
  };
}

/**
 * The sum of states that were kept against equal references; the states are left as they are.
 * @throws {ShapeError} when there is none or their references differ.
 */
export function mergeStates<S extends MonitorState>(states: readonly S[]): S {
  const [first] = states;
  if (!first) throw new ShapeError('"states" expected at least one state, got none');
  const merged = emptyState(first.reference);
  for (const state of states) {
    if (!sameReference(merged, state)) {
      throw new ShapeError('states of different drift references cannot be merged');
    }
    mergeState(merged, state);
  }
  return merged as S;
}

/** Adds the counts of a state that was kept against the same reference. Mutates `into`. */
export function mergeState(into: MonitorState, other: MonitorState): void {
  into.rowCount += other.rowCount;
  mergeNumeric(into.score, other.score);
  into.fields.forEach((field, index) => {
    const otherField = other.fields[index]!;
    if (field.type === 'number') mergeNumeric(field, otherField as NumericState);
    else mergeCategory(field, otherField as CategoryState);
  });
  if (into.task === 'binary') {
    mergeProbabilities(into.calibration, (other as BinaryState).calibration);
  }
  if (into.task === 'multiclass') {
    const { classCounts, classProbabilities, ...rest } = other as MulticlassState;
    addCounts(into.classCounts, classCounts);
    mergeInto(into.classProbabilities, classProbabilities);
    mergeInto(into.predictedClassProbabilities, rest.predictedClassProbabilities);
    mergeProbabilities(into.calibration, rest.calibration);
  }
}

function probabilityState({ rows }: CalibrationTable): ProbabilityState {
  return { rows: new Float64Array(rows.length), predicted: createExactSums(rows.length) };
}

function numericState(reference: NumericReference): NumericState {
  return {
    type: 'number',
    counts: new Float64Array(reference.counts.length),
    missing: 0,
    nonFinite: 0,
    below: 0,
    above: 0,
    minimum: Infinity,
    maximum: -Infinity,
    sum: createExactSums(1),
    sumOfSquares: createExactSums(1),
  };
}

function categoryState(reference: CategoryReference): CategoryState {
  return {
    type: 'category',
    counts: new Float64Array(reference.levels.length + 1),
    missing: 0,
    unseen: 0,
    unseenLevels: new Map(),
  };
}

function sameReference(a: MonitorState, b: MonitorState): boolean {
  if (a.reference === b.reference) return true;
  return JSON.stringify(a.reference) === JSON.stringify(b.reference);
}

function mergeNumeric(into: NumericState, other: NumericState): void {
  addCounts(into.counts, other.counts);
  into.missing += other.missing;
  into.nonFinite += other.nonFinite;
  into.below += other.below;
  into.above += other.above;
  into.minimum = Math.min(into.minimum, other.minimum);
  into.maximum = Math.max(into.maximum, other.maximum);
  mergeInto(into.sum, other.sum);
  mergeInto(into.sumOfSquares, other.sumOfSquares);
}

function mergeCategory(into: CategoryState, other: CategoryState): void {
  addCounts(into.counts, other.counts);
  into.missing += other.missing;
  into.unseen += other.unseen;
  for (const [level, rows] of other.unseenLevels) addLevel(into.unseenLevels, level, rows);
}

function mergeProbabilities(into: ProbabilityState, other: ProbabilityState): void {
  addCounts(into.rows, other.rows);
  mergeInto(into.predicted, other.predicted);
}

function addCounts(into: Float64Array, other: Float64Array): void {
  for (let i = 0; i < into.length; i++) into[i]! += other[i]!;
}
