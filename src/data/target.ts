import { nearest, show } from '../core/check.js';
import { ConfigError, DataError } from '../core/errors.js';
import type { CategoryColumn, Column } from '../core/table.js';
import type { Task } from '../model/model.js';
import type { Target } from '../model/schema.js';
import { parseDecimal } from './parseDecimal.js';

/** A target, what predicting it is, and the sentence that says by which rule that was chosen. */
export interface TargetChoice {
  task: Task;
  target: Target;
  reason: string;
}

/** What is known about a target besides its values. */
export interface TargetWish {
  /** the positive class: makes the task binary */
  positive?: string | undefined;
  /** chosen by the values when absent */
  task?: Task | undefined;
}

/** A target of numbers with more different values than this is a quantity, with fewer they are names of classes. */
const MAX_NUMBERED_CLASSES = 20;
const MAX_CLASSES = 1000;

/** Pairs of classes with a meaning, the affirmative one first; compared without regard to case. */
const KNOWN_PAIRS: readonly (readonly [string, string])[] = [
  ['1', '0'],
  ['1.0', '0.0'],
  ['1', '-1'],
  ['true', 'false'],
  ['yes', 'no'],
  ['y', 'n'],
  ['t', 'f'],
  ['positive', 'negative'],
  ['+', '-'],
];

/**
 * Decides what predicting a column is, and the order of its classes.
 *
 * The task: the one asked for; binary when a positive class is given or there are two; regression when every value is a number
 * and there are more than 20 of them; else multiclass, with the classes in the order of the alphabet, or of the numbers.
 *
 * The positive class: the one given, and with more than two classes the others together become the negative class, named
 * `not VALUE`. Otherwise of a pair with a meaning (1/0, true/false, yes/no, y/n, t/f, positive/negative, +/-, in any case) the
 * affirmative one, else the rarer, and on a tie the later in sort order.
 * @param column - the target; classes are compared as strings, so `1` and `1.0` are two.
 * @throws {ConfigError} when the given class is not in the data, or the task does not suit it.
 * @throws {DataError} when there are fewer than two values.
 */
export function chooseTarget(column: Column, wish: TargetWish = {}): TargetChoice {
  const { name } = column;
  const { positive } = wish;
  const rowsOfClass = countClasses(column);
  const classes = [...rowsOfClass.keys()].sort();
  if (positive !== undefined) checkPositive(name, classes, positive, wish.task);
  if (classes.length < 2) {
    const listed = classes.map(show).join(', ');
    throw new DataError(
      `target ${show(name)} expected at least two classes, got ${listed || 'none'}`,
    );
  }
  if (positive !== undefined) return chooseGiven(name, classes, positive);
  const task = wish.task ?? taskOf(classes);
  if (task === 'regression') return chooseNumber(name, classes, wish.task !== undefined);
  if (task === 'multiclass') return chooseSeveral(name, classes);
  if (classes.length > 2) {
    throw new ConfigError(
      `target ${show(name)} has ${classes.length} classes: ${some(classes)}; expected two, or --positive VALUE to tell one from the rest`,
    );
  }
  return chooseOfTwo(name, classes as [string, string], rowsOfClass);
}

/**
 * The target as training takes it, one a row: 1 for positive and 0 for negative, the number of the class, or the value.
 * @throws {DataError} on a missing value, a class that the target does not have, or text where numbers are expected.
 */
export function encodeTarget(column: Column, { classes }: Target): Float64Array {
  const { codes, levels } = asCategories(column);
  const [negative, positive] = classes;
  const oneAgainstRest = classes.length === 2 && negative === restName(positive!);
  const valueOfLevel = levels.map((level): number | undefined => {
    if (classes.length === 0) return finite(parseDecimal(level));
    const code = classes.indexOf(level);
    if (code >= 0) return code;
    return oneAgainstRest ? 0 : undefined;
  });
  const encoded = new Float64Array(codes.length);
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]!;
    const value = valueOfLevel[code];
    if (value === undefined) {
      const seen = code < 0 ? 'a missing value' : show(levels[code]);
      const wanted = classes.length === 0 ? 'a finite number' : some(classes, ' or ');
      throw new DataError(
        `target ${show(column.name)} expected ${wanted}, got ${seen} in row ${row + 1}`,
      );
    }
    encoded[row] = value;
  }
  return encoded;
}

function taskOf(classes: readonly string[]): Task {
  if (classes.length === 2) return 'binary';
  return classes.length > MAX_NUMBERED_CLASSES && areNumbers(classes) ? 'regression' : 'multiclass';
}

function areNumbers(classes: readonly string[]): boolean {
  return classes.every((value) => finite(parseDecimal(value)) !== undefined);
}

/** A number that float32 holds, or undefined. */
function finite(value: number): number | undefined {
  return Number.isFinite(Math.fround(value)) ? value : undefined;
}

function checkPositive(
  name: string,
  classes: readonly string[],
  positive: string,
  task: Task | undefined,
): void {
  if (task !== undefined && task !== 'binary') {
    throw new ConfigError(`a positive class is for a binary target, the task is ${task}`);
  }
  if (classes.includes(positive)) return;
  const near = nearest(positive, classes);
  const hint = near ? `; did you mean ${show(near)}?` : '';
  throw new ConfigError(
    `the positive class ${show(positive)} is not in target ${show(name)}; its classes are ${some(classes)}${hint}`,
  );
}

function chooseNumber(name: string, values: readonly string[], asked: boolean): TargetChoice {
  const text = values.find((value) => finite(parseDecimal(value)) === undefined);
  if (text !== undefined) {
    throw new ConfigError(
      `target ${show(name)} expected numbers for a regression, got ${show(text)}`,
    );
  }
  const why = asked ? 'as asked' : `${values.length} different values`;
  return { task: 'regression', target: { name, classes: [] }, reason: `a number: ${why}` };
}

function chooseSeveral(name: string, classes: readonly string[]): TargetChoice {
  if (classes.length < 3 || classes.length > MAX_CLASSES) {
    throw new ConfigError(
      `target ${show(name)} has ${classes.length} classes, several classes are 3 to ${MAX_CLASSES}`,
    );
  }
  const ordered = areNumbers(classes)
    ? [...classes].sort((a, b) => parseDecimal(a) - parseDecimal(b) || (a < b ? -1 : 1))
    : [...classes];
  return {
    task: 'multiclass',
    target: { name, classes: ordered },
    reason: `one of ${ordered.length} classes: ${some(ordered)}`,
  };
}

function chooseGiven(name: string, classes: readonly string[], positive: string): TargetChoice {
  const others = classes.filter((value) => value !== positive);
  const task = 'binary';
  if (others.length === 1) {
    const target = { name, classes: [others[0]!, positive] };
    return { task, target, reason: `positive class ${show(positive)}: it was given` };
  }
  const negative = restName(positive);
  const reason = `positive class ${show(positive)}: it was given; the other ${others.length} classes together are ${show(negative)}`;
  return { task, target: { name, classes: [negative, positive] }, reason };
}

function chooseOfTwo(
  name: string,
  classes: readonly [string, string],
  rowsOfClass: ReadonlyMap<string, number>,
): TargetChoice {
  const [first, second] = classes;
  const choose = (positive: string, why: string): TargetChoice => ({
    task: 'binary',
    target: { name, classes: [positive === first ? second : first, positive] },
    reason: `positive class ${show(positive)}: ${why}`,
  });
  const lower = classes.map((value) => value.toLowerCase());
  for (const [affirmative, other] of KNOWN_PAIRS) {
    const index = lower.indexOf(affirmative);
    if (index < 0 || lower[1 - index] !== other) continue;
    return choose(classes[index]!, `the affirmative one of ${show(first)} and ${show(second)}`);
  }
  const [rowsOfFirst, rowsOfSecond] = [rowsOfClass.get(first)!, rowsOfClass.get(second)!];
  if (rowsOfFirst === rowsOfSecond) {
    return choose(second, `as frequent as ${show(first)}, and the later in sort order`);
  }
  const rarer = rowsOfFirst < rowsOfSecond ? first : second;
  const [few, many] = [Math.min(rowsOfFirst, rowsOfSecond), Math.max(rowsOfFirst, rowsOfSecond)];
  return choose(rarer, `the rarer of two, in ${few} rows against ${many}`);
}

function countClasses(column: Column): Map<string, number> {
  const { codes, levels } = asCategories(column);
  const rowsOfLevel = new Uint32Array(levels.length);
  for (let row = 0; row < codes.length; row++) if (codes[row]! >= 0) rowsOfLevel[codes[row]!]!++;
  // a selection of rows shares the levels of the whole table
  const present = levels.map((level, code) => [level, rowsOfLevel[code]!] as const);
  return new Map(present.filter(([, rows]) => rows > 0));
}

/** A column of numbers as the names of its values. */
function asCategories(column: Column): CategoryColumn {
  if (column.kind === 'category') return column;
  const { name, values } = column;
  const codeOf = new Map<number, number>();
  const codes = Int32Array.from(values, (value) => {
    if (value !== value) return -1;
    const code = codeOf.get(value) ?? codeOf.size;
    codeOf.set(value, code);
    return code;
  });
  return { kind: 'category', name, codes, levels: [...codeOf.keys()].map(String) };
}

function restName(positive: string): string {
  return `not ${positive}`;
}

/** The first few, quoted. */
function some(values: readonly string[], separator = ', '): string {
  const shown = values.slice(0, 10).map(show).join(separator);
  return values.length > 10 ? `${shown} and ${values.length - 10} more` : shown;
}
