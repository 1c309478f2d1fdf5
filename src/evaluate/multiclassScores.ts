import { checkInteger } from '../core/check.js';
import { log } from '../core/elementary.js';
import { DataError, ShapeError } from '../core/errors.js';
import { type CalibrationOptions, expectedCalibrationError } from './calibrationError.js';
import { checkRows, weightedMean } from './checkRows.js';
import { checkClasses } from './confusionMatrix.js';
import { epsilonOf } from './logLoss.js';
import { rocAuc } from './ranking.js';

/** How far the probabilities of a row may be from adding up to 1: float32 rounding of many classes. */
const SUM_TOLERANCE = 1e-4;

/** Probabilities of several classes, and what became of the rows. */
export interface ClassProbabilities {
  /** the true class of each row, an integer in [0, classCount) */
  labels: ArrayLike<number>;
  /** row-major, `classCount` a row, in [0, 1], adding up to 1 */
  probabilities: ArrayLike<number>;
  /** at least 2 */
  classCount: number;
  /** what a row counts, >= 0; 1 when absent */
  weight?: ArrayLike<number> | undefined;
}

/**
 * Mean negative log-likelihood of the true classes, in nats. A probability of 0 counts as the machine epsilon of its type, as
 * in `logLoss`.
 * @throws {ShapeError} when the lengths differ. @throws {DataError} without rows, on a class out of range or on values that
 * are no probabilities.
 */
export function multiclassLogLoss(input: ClassProbabilities): number {
  checkClassProbabilities(input);
  const { labels, probabilities, classCount, weight } = input;
  const epsilon = epsilonOf(probabilities);
  return weightedMean(labels.length, weight, (row) => {
    const p = probabilities[row * classCount + labels[row]!]!;
    return -log(Math.min(Math.max(p, epsilon), 1 - epsilon));
  });
}

/**
 * Mean squared distance between the probabilities and the true class as 0 and 1, summed over the classes (Brier 1950): in
 * [0, 2]. Of two classes it is twice `brierScore`. @throws as {@link multiclassLogLoss}
 */
export function multiclassBrierScore(input: ClassProbabilities): number {
  checkClassProbabilities(input);
  const { labels, probabilities, classCount, weight } = input;
  return weightedMean(labels.length, weight, (row) => {
    let distance = 0;
    for (let k = 0; k < classCount; k++) {
      const outcome = labels[row] === k ? 1 : 0;
      distance += (probabilities[row * classCount + k]! - outcome) ** 2;
    }
    return distance;
  });
}

/**
 * Macro average of the one-vs-rest areas under the ROC curve (Provost and Domingos 2000), of the classes that have rows and
 * are not all there is; NaN when there is none such. @throws as {@link multiclassLogLoss}
 */
export function oneVsRestAuc(input: ClassProbabilities): number {
  checkClassProbabilities(input);
  const { labels, probabilities, classCount, weight } = input;
  const rowCount = labels.length;
  const isClass = new Uint8Array(rowCount);
  const scores = new Float64Array(rowCount);
  let sum = 0;
  let count = 0;
  for (let k = 0; k < classCount; k++) {
    for (let row = 0; row < rowCount; row++) {
      isClass[row] = labels[row] === k ? 1 : 0;
      scores[row] = probabilities[row * classCount + k]!;
    }
    const area = rocAuc(isClass, scores, weight);
    if (Number.isNaN(area)) continue;
    sum += area;
    count++;
  }
  return sum / count;
}

/**
 * Expected calibration error of the predicted class (Guo et al. 2017): how often the class of the greatest probability is the
 * true one, against that probability. Rows are not weighted. @throws as {@link multiclassLogLoss}
 */
export function topLabelCalibrationError(
  input: Omit<ClassProbabilities, 'weight'>,
  options?: Partial<CalibrationOptions>,
): number {
  checkClassProbabilities(input);
  const { labels, probabilities, classCount } = input;
  const top = topClasses(probabilities, classCount);
  const isRight = Uint8Array.from(top, (k, row) => (labels[row] === k ? 1 : 0));
  const confidence = Float64Array.from(top, (k, row) => probabilities[row * classCount + k]!);
  return expectedCalibrationError(isRight, confidence, options);
}

/** The class of the greatest probability of each row; of equals the first. */
export function topClasses(probabilities: ArrayLike<number>, classCount: number): Uint16Array {
  const top = new Uint16Array(probabilities.length / classCount);
  for (let row = 0; row < top.length; row++) {
    let best = 0;
    for (let k = 1; k < classCount; k++) {
      if (probabilities[row * classCount + k]! > probabilities[row * classCount + best]!) best = k;
    }
    top[row] = best;
  }
  return top;
}

/** @throws {ShapeError | DataError} naming what is wrong. */
export function checkClassProbabilities(input: ClassProbabilities): void {
  const { labels, probabilities, classCount, weight } = input;
  checkInteger('classCount', classCount, 2, 65_536);
  if (probabilities.length !== labels.length * classCount) {
    throw new ShapeError(
      `${labels.length} labels of ${classCount} classes, but ${probabilities.length} probabilities`,
    );
  }
  checkRows({ labels }, weight);
  checkClasses(labels, classCount);
  for (let row = 0; row < labels.length; row++) {
    let sum = 0;
    for (let k = 0; k < classCount; k++) {
      const p = probabilities[row * classCount + k]!;
      if (!(p >= 0 && p <= 1)) {
        throw new DataError(`row ${row}, class ${k}: expected a probability in [0, 1], got ${p}`);
      }
      sum += p;
    }
    if (Math.abs(sum - 1) > SUM_TOLERANCE) {
      throw new DataError(`row ${row}: expected probabilities that add up to 1, got ${sum}`);
    }
  }
}
