import { checkNumber } from '../core/check.js';
import { ConfigError } from '../core/errors.js';
import type { Random } from '../core/random.js';

/** Row indices, ascending; together every row once. */
export interface Split {
  train: Uint32Array;
  test: Uint32Array;
}

/**
 * Holds out a random part of the rows, class by class: each class has its share of rows in the test part, to the
 * nearest row. A class of two rows or more has at least one on each side; a class of one row stays in `train`.
 * @param labels - the class of each row, an integer from 0 on.
 * @param testFraction - in (0, 1).
 * @throws {ConfigError} when the fraction is out of range or one of the parts would be empty.
 */
export function splitStratified(
  labels: ArrayLike<number>,
  testFraction: number,
  random: Random,
): Split {
  checkNumber('testFraction', testFraction, Number.EPSILON, 1 - Number.EPSILON);
  const rowsOfClass: number[][] = [];
  for (let row = 0; row < labels.length; row++) (rowsOfClass[labels[row]!] ??= []).push(row);

  const isTest = new Uint8Array(labels.length);
  let testCount = 0;
  // a class that does not occur is a hole in the list, which forEach leaves out
  rowsOfClass.forEach((rows) => {
    const share = Math.round(rows.length * testFraction);
    const held = Math.min(Math.max(share, 1), rows.length - 1);
    random.shuffle(rows);
    for (let i = 0; i < held; i++) isTest[rows[i]!] = 1;
    testCount += held;
  });
  if (testCount === 0 || testCount === labels.length) {
    throw new ConfigError(
      `a split expected a class of at least two rows, got ${labels.length} rows in ${rowsOfClass.filter(Boolean).length} classes`,
    );
  }
  return collect(isTest, testCount);
}

/**
 * Holds out a random part of the rows, whatever their values; at least one row on each side.
 * @param testFraction - in (0, 1).
 * @throws {ConfigError} when the fraction is out of range or there are fewer than two rows.
 */
export function splitRandom(rowCount: number, testFraction: number, random: Random): Split {
  const testCount = heldOutCount(rowCount, testFraction);
  const rows = random.shuffle(Uint32Array.from({ length: rowCount }, (_, row) => row));
  const isTest = new Uint8Array(rowCount);
  for (let i = 0; i < testCount; i++) isTest[rows[i]!] = 1;
  return collect(isTest, testCount);
}

/**
 * Holds out the last rows, for rows in the order of time; at least one row on each side.
 * @param testFraction - in (0, 1).
 * @throws {ConfigError} when the fraction is out of range or there are fewer than two rows.
 */
export function splitLast(rowCount: number, testFraction: number): Split {
  const testCount = heldOutCount(rowCount, testFraction);
  const isTest = new Uint8Array(rowCount).fill(1, rowCount - testCount);
  return collect(isTest, testCount);
}

function heldOutCount(rowCount: number, testFraction: number): number {
  checkNumber('testFraction', testFraction, Number.EPSILON, 1 - Number.EPSILON);
  if (rowCount < 2) throw new ConfigError(`a split expected at least two rows, got ${rowCount}`);
  return Math.min(Math.max(Math.round(rowCount * testFraction), 1), rowCount - 1);
}

function collect(isTest: Uint8Array, testCount: number): Split {
  const train = new Uint32Array(isTest.length - testCount);
  const test = new Uint32Array(testCount);
  let trainRow = 0;
  let testRow = 0;
  for (let row = 0; row < isTest.length; row++) {
    if (isTest[row] === 1) test[testRow++] = row;
    else train[trainRow++] = row;
  }
  return { train, test };
}
