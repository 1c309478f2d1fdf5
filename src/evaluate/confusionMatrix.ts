import { checkInteger } from '../core/check.js';
import { DataError } from '../core/errors.js';
import { checkRows } from './checkRows.js';

/**
 * Rows, or their weight, by true and predicted class.
 * @param labels - the true class of each row, an integer in [0, classCount)
 * @param predicted - the class that was predicted, likewise
 * @param weight - what a row counts, >= 0; 1 when absent
 * @returns row-major, classCount * classCount: `[true * classCount + predicted]`
 * @throws {ShapeError} when the lengths differ. @throws {DataError} without rows or on a class out of range.
 */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classCount: number,
  weight?: ArrayLike<number>,
): Float64Array {
  checkInteger('classCount', classCount, 2, 65_536);
  checkRows({ labels, predictions: predicted }, weight);
  checkClasses(labels, classCount);
  checkClasses(predicted, classCount);
  const matrix = new Float64Array(classCount * classCount);
  for (let row = 0; row < labels.length; row++) {
    const w = weight === undefined ? 1 : weight[row]!;
    matrix[labels[row]! * classCount + predicted[row]!]! += w;
  }
  return matrix;
}

/** @throws {DataError} naming the first row whose class is no integer in [0, classCount). */
export function checkClasses(classes: ArrayLike<number>, classCount: number): void {
  for (let row = 0; row < classes.length; row++) {
    const value = classes[row]!;
    if (Number.isInteger(value) && value >= 0 && value < classCount) continue;
    throw new DataError(`row ${row}: expected a class in [0, ${classCount - 1}], got ${value}`);
  }
}

/** The labels of a confusion matrix, condensed. */
export interface ClassMetrics {
  /** share of the rows that are labelled rightly */
  accuracy: number;
  /** mean recall of the classes that have rows */
  balancedAccuracy: number;
  /** mean F1 of the classes that occur, be it only among the predictions */
  macroF1: number;
  /** mean F1 of the classes, each counting as its rows do */
  weightedF1: number;
}

/** The metrics of a {@link confusionMatrix}; 0/0 is 0. O(classes²). */
export function classMetrics(matrix: ArrayLike<number>, classCount: number): ClassMetrics {
  let total = 0;
  let right = 0;
  let recall = 0;
  let f1 = 0;
  let weightedF1 = 0;
  let withRows = 0;
  let occurring = 0;
  for (let k = 0; k < classCount; k++) {
    let actual = 0;
    let predicted = 0;
    for (let other = 0; other < classCount; other++) {
      actual += matrix[k * classCount + other]!;
      predicted += matrix[other * classCount + k]!;
    }
    const hit = matrix[k * classCount + k]!;
    const both = actual + predicted;
    const score = both > 0 ? (2 * hit) / both : 0;
    total += actual;
    right += hit;
    if (actual > 0) {
      withRows++;
      recall += hit / actual;
    }
    if (both > 0) occurring++;
    f1 += score;
    weightedF1 += score * actual;
  }
  return {
    accuracy: right / total,
    balancedAccuracy: recall / withRows,
    macroF1: f1 / occurring,
    weightedF1: weightedF1 / total,
  };
}
