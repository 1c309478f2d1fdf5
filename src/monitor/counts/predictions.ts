import { greatestClass } from '../../model/multiclass.js';

/** Of each row the class of the greatest probability, and that probability. */
export interface TopPredictions {
  codes: Int32Array;
  probabilities: Float32Array;
}

/**
 * The predicted classes of row-major class probabilities. They are rounded to float32 first, as a scorer's are, so that the
 * same row is of the same class wherever it is counted; of equal ones the first class counts. O(length).
 * @param predictions - length a multiple of classCount
 */
export function topPredictions(predictions: ArrayLike<number>, classCount: number): TopPredictions {
  const rounded =
    predictions instanceof Float32Array ? predictions : Float32Array.from(predictions);
  const rowCount = rounded.length / classCount;
  const codes = new Int32Array(rowCount);
  const probabilities = new Float32Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const start = row * classCount;
    const code = greatestClass(rounded, start, classCount);
    codes[row] = code;
    probabilities[row] = rounded[start + code]!;
  }
  return { codes, probabilities };
}

/**
 * Predicted numbers as float32, those that are beyond it as missing: no answer and no log line can hold an infinity, and a
 * replayed log must count what the server counted.
 */
export function finiteOrMissing(predictions: ArrayLike<number>): Float32Array {
  const values = new Float32Array(predictions);
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) values[i] = NaN;
  return values;
}
