import { checkInteger } from '../core/check.js';
import { ShapeError } from '../core/errors.js';
import { multiclassLogLoss } from '../evaluate/multiclassScores.js';
import type { ClassCalibrator } from '../model/calibrator.js';
import type { Link } from '../model/forest.js';
import { classProbabilities } from '../model/multiclass.js';
import { fitTemperature } from './temperature.js';

export interface ClassCalibrationInput {
  /** row-major, `outputCount` a row, by a predictor that was not fitted on that row */
  margins: Float64Array;
  /** class codes, one a row */
  labels: ArrayLike<number>;
  /** at least 2 */
  outputCount: number;
  /** the fold of each row, in [0, foldCount) */
  folds: Uint8Array;
  /** in [2, 255] */
  foldCount: number;
  link: Link;
  /** the kinds to choose from; none is always scored. Both when absent. */
  kinds?: readonly ClassCalibrator['kind'][];
}

export interface ClassCalibratorSelection {
  /** the better kind, refitted on all rows */
  calibrator: ClassCalibrator;
  /** log loss of each kind on rows it was not fitted on */
  scores: Partial<Record<ClassCalibrator['kind'], number>>;
}

/**
 * Chooses between no calibration and a temperature for several classes by log loss out of fold: the temperature is fitted on
 * the margins of all folds but one and scored on that one; of equal scores none wins.
 * @throws {ShapeError} when the lengths differ. @throws {DataError} on a margin that is not finite or a label out of range.
 */
export function selectClassCalibrator(input: ClassCalibrationInput): ClassCalibratorSelection {
  const { margins, labels, outputCount, folds, foldCount, link } = input;
  const kinds = input.kinds ?? ['none', 'temperature'];
  checkInteger('foldCount', foldCount, 2, 255);
  if (labels.length !== folds.length) {
    throw new ShapeError(`${labels.length} labels, but ${folds.length} folds`);
  }
  const lossOf = (probabilities: Float64Array): number =>
    multiclassLogLoss({ labels, probabilities, classCount: outputCount });
  const none = lossOf(classProbabilities(link, margins, outputCount));
  if (!kinds.includes('temperature')) {
    return { calibrator: { kind: 'none' }, scores: { none } };
  }
  const temperature = lossOf(crossFit(input));
  const scores = { none, temperature };
  if (kinds.includes('none') && !(temperature < none)) {
    return { calibrator: { kind: 'none' }, scores };
  }
  return { calibrator: fitTemperature(margins, labels, outputCount, link), scores };
}

/** The probabilities of each row at a temperature that did not see its fold. */
function crossFit(input: ClassCalibrationInput): Float64Array {
  const { margins, labels, outputCount, folds, foldCount, link } = input;
  const probabilities = new Float64Array(margins.length);
  const copyRows = (from: Float64Array, rows: Uint32Array): Float64Array => {
    const copy = new Float64Array(rows.length * outputCount);
    rows.forEach((row, i) => {
      copy.set(from.subarray(row * outputCount, (row + 1) * outputCount), i * outputCount);
    });
    return copy;
  };
  for (let fold = 0; fold < foldCount; fold++) {
    const rows = Uint32Array.from(folds.keys());
    const others = rows.filter((row) => folds[row] !== fold);
    const held = rows.filter((row) => folds[row] === fold);
    const calibrator = fitTemperature(
      copyRows(margins, others),
      Float64Array.from(others, (row) => labels[row]!),
      outputCount,
      link,
    );
    const fitted = classProbabilities(link, copyRows(margins, held), outputCount, calibrator);
    held.forEach((row, i) => {
      probabilities.set(fitted.subarray(i * outputCount, (i + 1) * outputCount), row * outputCount);
    });
  }
  return probabilities;
}
