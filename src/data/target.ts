import { nearest, show } from '../core/check.js';
import { ConfigError, DataError } from '../core/errors.js';
import type { CategoryColumn, Column } from '../core/table.js';
import type { Target } from '../model/schema.js';

/** A target and the sentence that says by which rule it was chosen. */
export interface TargetChoice {
  target: Target;
  reason: string;
}

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
 * Decides which class is the positive one.
 *
 * The given class, when there is one; with more than two classes the others together become the negative class, named
 * `not VALUE`. Otherwise there must be two classes: of a pair with a meaning (1/0, true/false, yes/no, y/n, t/f,
 * positive/negative, +/-, in any case) the affirmative one, else the rarer, and on a tie the later in sort order.
 * @param column - the target; classes are compared as strings, so `1` and `1.0` are two.
 * @throws {ConfigError} when the given class is not in the data, or none is given and there are more than two.
 * @throws {DataError} when there are fewer than two classes.
 */
export function chooseTarget(column: Column, positive?: string): TargetChoice {
  const { name } = column;
  const rowsOfClass = countClasses(column);
  const classes = [...rowsOfClass.keys()].sort();
  const listed = classes.map(show).join(', ');
  if (positive !== undefined && !rowsOfClass.has(positive)) {
    const near = nearest(positive, classes);
    const hint = near ? `; did you mean ${show(near)}?` : '';
    throw new ConfigError(
      `the positive class ${show(positive)} is not in target ${show(name)}; its classes are ${listed}${hint}`,
    );
  }
  if (classes.length < 2) {
    throw new DataError(
      `target ${show(name)} expected at least two classes, got ${listed || 'none'}`,
    );
  }
  if (positive !== undefined) return chooseGiven(name, classes, positive);
  if (classes.length > 2) {
    throw new ConfigError(
      `target ${show(name)} has ${classes.length} classes: ${listed}; expected two, or --positive VALUE to tell one from the rest`,
    );
  }
  return chooseOfTwo(name, classes as [string, string], rowsOfClass);
}

/**
 * The target as 1 for positive and 0 for negative, one a row.
 * @throws {DataError} on a missing value or a class that the target does not have.
 */
export function encodeTarget(column: Column, target: Target): Uint8Array {
  const { codes, levels } = asCategories(column);
  const oneAgainstRest = target.negative === restName(target.positive);
  const labelOfLevel = levels.map((level) => {
    if (level === target.positive) return 1;
    return oneAgainstRest || level === target.negative ? 0 : undefined;
  });
  const labels = new Uint8Array(codes.length);
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]!;
    const label = labelOfLevel[code];
    if (label === undefined) {
      const seen = code < 0 ? 'a missing value' : show(levels[code]);
      const wanted = `${show(target.negative)} or ${show(target.positive)}`;
      throw new DataError(
        `target ${show(column.name)} expected ${wanted}, got ${seen} in row ${row + 1}`,
      );
    }
    labels[row] = label;
  }
  return labels;
}

function chooseGiven(name: string, classes: readonly string[], positive: string): TargetChoice {
  const others = classes.filter((value) => value !== positive);
  if (others.length === 1) {
    const target = { name, negative: others[0]!, positive };
    return { target, reason: `positive class ${show(positive)}: it was given` };
  }
  const negative = restName(positive);
  const reason = `positive class ${show(positive)}: it was given; the other ${others.length} classes together are ${show(negative)}`;
  return { target: { name, negative, positive }, reason };
}

function chooseOfTwo(
  name: string,
  classes: readonly [string, string],
  rowsOfClass: ReadonlyMap<string, number>,
): TargetChoice {
  const [first, second] = classes;
  const choose = (positive: string, why: string): TargetChoice => ({
    target: { name, negative: positive === first ? second : first, positive },
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

function asCategories(column: Column): CategoryColumn {
  if (column.kind === 'category') return column;
  throw new ConfigError(
    `target ${show(column.name)} expected a category column, got numbers; name it as the target when the table is read`,
  );
}

function restName(positive: string): string {
  return `not ${positive}`;
}
