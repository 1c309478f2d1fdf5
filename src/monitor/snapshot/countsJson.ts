import {
  array,
  count,
  integer,
  type Json,
  list,
  number,
  object,
  text,
  wrong,
} from '../checkedJson.js';
import { carry, type ExactSums } from '../counts/exactSum.js';
import { addLevel } from '../counts/levelSample.js';
import {
  type CategoryState,
  createMonitorState,
  type MonitorState,
  type NumericState,
  type ProbabilityState,
} from '../counts/state.js';
import type { DriftReference } from '../reference/reference.js';

/** Counts as JSON data: equal counts are equal data. */
export function countsToJson(state: MonitorState): Json {
  return {
    rows: state.rowCount,
    score: numericToJson(state.score),
    fields: state.fields.map((field) =>
      field.type === 'number' ? numericToJson(field) : categoryToJson(field),
    ),
    ...(state.task !== 'regression' && {
      calibration: {
        rows: [...state.calibration.rows],
        predicted: sumsToJson(state.calibration.predicted),
      },
    }),
    ...(state.task === 'multiclass' && {
      classes: [...state.classCounts],
      class_probabilities: sumsToJson(state.classProbabilities),
      predicted_class_probabilities: sumsToJson(state.predictedClassProbabilities),
    }),
  };
}

/**
 * Reads what {@link countsToJson} wrote, checked.
 * @throws {FormatError} naming the part that is wrong.
 */
export function countsFromJson(
  value: unknown,
  path: string,
  reference: DriftReference,
): MonitorState {
  const source = object(value, path);
  const state = createMonitorState(reference) as MonitorState;
  state.rowCount = count(source.rows, `${path}.rows`);
  numericFromJson(source.score, `${path}.score`, state.score);
  const fields = array(source.fields, `${path}.fields`);
  if (fields.length !== state.fields.length) {
    throw wrong(`${path}.fields`, `${state.fields.length} fields`, fields.length);
  }
  state.fields.forEach((field, index) => {
    const at = `${path}.fields[${index}]`;
    if (field.type === 'number') numericFromJson(fields[index], at, field);
    else categoryFromJson(fields[index], at, field);
  });
  if (state.task !== 'regression') {
    probabilitiesFromJson(source.calibration, `${path}.calibration`, state.calibration);
  }
  if (state.task === 'multiclass') {
    readInto(state.classCounts, source.classes, `${path}.classes`);
    const ofClasses = (key: string, into: ExactSums): void =>
      readSums(into, source[key], `${path}.${key}`);
    ofClasses('class_probabilities', state.classProbabilities);
    ofClasses('predicted_class_probabilities', state.predictedClassProbabilities);
  }
  return state;
}

function numericToJson(field: NumericState): Json {
  const hasRange = field.minimum <= field.maximum;
  return {
    counts: [...field.counts],
    missing: field.missing,
    non_finite: field.nonFinite,
    below: field.below,
    above: field.above,
    // JSON has no infinity
    range: hasRange ? [field.minimum, field.maximum] : null,
    sum: sumsToJson(field.sum),
    sum_of_squares: sumsToJson(field.sumOfSquares),
  };
}

function numericFromJson(value: unknown, path: string, field: NumericState): void {
  const source = object(value, path);
  readInto(field.counts, source.counts, `${path}.counts`);
  field.missing = count(source.missing, `${path}.missing`);
  field.nonFinite = count(source.non_finite, `${path}.non_finite`);
  field.below = count(source.below, `${path}.below`);
  field.above = count(source.above, `${path}.above`);
  if (source.range !== null) {
    const [minimum, maximum] = list(source.range, `${path}.range`, 2, number);
    field.minimum = minimum!;
    field.maximum = maximum!;
  }
  readSums(field.sum, source.sum, `${path}.sum`);
  readSums(field.sumOfSquares, source.sum_of_squares, `${path}.sum_of_squares`);
}

function categoryToJson(field: CategoryState): Json {
  const levels = [...field.unseenLevels].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    counts: [...field.counts],
    missing: field.missing,
    unseen: field.unseen,
    unseen_levels: levels,
  };
}

function categoryFromJson(value: unknown, path: string, field: CategoryState): void {
  const source = object(value, path);
  readInto(field.counts, source.counts, `${path}.counts`);
  field.missing = count(source.missing, `${path}.missing`);
  field.unseen = count(source.unseen, `${path}.unseen`);
  array(source.unseen_levels, `${path}.unseen_levels`).forEach((item, index) => {
    const at = `${path}.unseen_levels[${index}]`;
    const [level, rows] = list(item, at, 2, (part) => part);
    addLevel(field.unseenLevels, text(level, `${at}[0]`), count(rows, `${at}[1]`));
  });
}

function probabilitiesFromJson(value: unknown, path: string, into: ProbabilityState): void {
  const source = object(value, path);
  readInto(into.rows, source.rows, `${path}.rows`);
  readSums(into.predicted, source.predicted, `${path}.predicted`);
}

function readInto(into: Float64Array, value: unknown, path: string): void {
  into.set(list(value, path, into.length, count));
}

function readSums(into: ExactSums, value: unknown, path: string): void {
  into.set(list(value, path, into.length, integer));
}

/** Three whole numbers a sum. */
function sumsToJson(sums: ExactSums): number[] {
  const copy = sums.slice();
  carry(copy);
  return [...copy];
}
