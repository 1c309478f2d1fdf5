import { checkInteger, checkOneOf } from '../core/check.js';
import { ShapeError } from '../core/errors.js';
import { multiclassLogLoss } from '../evaluate/multiclassScores.js';
import type { ClassCalibrator } from '../model/calibrator.js';
import type { Link } from '../model/forest.js';
import { classProbabilities } from '../model/multiclass.js';
import { fitTemperature } from './temperature.js';

export type ClassCalibratorKind = ClassCalibrator['kind'];

/** Simplest first: of equal scores the earlier wins. */
export const CLASS_CALIBRATOR_KINDS: readonly ClassCalibratorKind[] = Object.freeze([
  'none',
  'temperature',
]);

export interface ClassCalibrationInput {
  /** row-major, `outputCount` a row, by a predictor that was not fitted on that row */
  margins: Float64Array;
  /** the class of each row, an integer in [0, outputCount) */
  labels: ArrayLike<number>;
  /** margins a row: the number of classes */
  outputCount: number;
  /** the fold of each row, in [0, foldCount) */
  folds: Uint8Array;
  /** in [2, 255] */
  foldCount: number;
  link: Link;
  /** the kinds to choose from; all of them when absent */
  kinds?: readonly ClassCalibratorKind[];
}

export interface ClassCalibratorSelection {
  /** the best kind, refitted on all rows */
  calibrator: ClassCalibrator;
  /** log loss of each kind on rows it was not fitted on; none is always scored */
  scores: Partial<Record<ClassCalibratorKind, number>>;
}

/**
 * `selectCalibrator` for several margins a row: a temperature, or none where it does not lower the log loss out of fold. Either keeps the
 * order of the classes of a row.
 * @throws {ShapeError} when the lengths differ. @throws {DataError} on a margin that is not finite or a label out of range.
 * @throws {ConfigError} on an unknown kind.
 */
export function selectClassCalibrator(input: ClassCalibrationInput): ClassCalibratorSelection {
  const { margins, labels, outputCount, folds, foldCount, link } = input;
  const { kinds = CLASS_CALIBRATOR_KINDS } = input;
  for (const kind of kinds) checkOneOf('kinds', kind, CLASS_CALIBRATOR_KINDS);
  checkInteger('foldCount', foldCount, 2, 255);
  if (folds.length !== labels.length) {
    throw new ShapeError(`${labels.length} labels, but ${folds.length} folds`);
  }
  // on all rows first, which checks them
  const fitted = fitTemperature(margins, labels, outputCount, link);
  const lossOf = (probabilities: Float64Array): number =>
    multiclassLogLoss({ labels, probabilities, classCount: outputCount });
  const none = lossOf(classProbabilities(link, margins, outputCount));
  if (!kinds.includes('temperature')) return { calibrator: { kind: 'none' }, scores: { none } };
  const temperature = lossOf(crossFit(input));
  const helps = temperature < none || !kinds.includes('none');
  return { calibrator: helps ? fitted : { kind: 'none' }, scores: { none, temperature } };
}

/** The probabilities of each row at a temperature that did not see its fold. */
function crossFit(input: ClassCalibrationInput): Float64Array {
  const { margins, labels, outputCount, folds, foldCount, link } = input;
  const probabilities = new Float64Array(margins.length);
  for (let fold = 0; fold < foldCount; fold++) {
    const isOther = (row: number): boolean => folds[row] !== fold;
    const calibrator = fitTemperature(
      margins.filter((_, i) => isOther(Math.floor(i / outputCount))),
      Array.from(labels).filter((_, row) => isOther(row)),
      outputCount,
      link,
    );
    const ofAll = classProbabilities(link, margins, outputCount, calibrator);
    for (let i = 0; i < ofAll.length; i++) {
      if (!isOther(Math.floor(i / outputCount))) probabilities[i] = ofAll[i]!;
    }
  }
  return probabilities;
}
