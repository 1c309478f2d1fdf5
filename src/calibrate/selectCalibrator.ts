import { checkInteger } from '../core/check.js';
import { DataError, ShapeError } from '../core/errors.js';
import { logLoss } from '../evaluate/logLoss.js';
import { type Calibrator, calibrate } from '../model/calibrator.js';
import type { Link } from '../model/forest.js';
import { fitIsotonic } from './isotonic.js';
import { fitSigmoid } from './sigmoid.js';

export type CalibratorKind = Calibrator['kind'];

/** Simplest first: of equal scores the earlier wins. */
export const CALIBRATOR_KINDS: readonly CalibratorKind[] = Object.freeze([
  'none',
  'sigmoid',
  'isotonic',
]);

export interface CalibrationInput {
  /** one a row, by a predictor that was not fitted on that row */
  margins: Float64Array;
  /** 0 or 1 a row */
  labels: Uint8Array;
  /** the fold of each row, in [0, foldCount) */
  folds: Uint8Array;
  /** in [2, 255] */
  foldCount: number;
  link: Link;
}

export interface CalibratorSelection {
  /** the best kind, refitted on all rows */
  calibrator: Calibrator;
  /** log loss of each kind on rows it was not fitted on */
  scores: Record<CalibratorKind, number>;
}

/**
 * Chooses the calibrator with the least log loss out of fold: each kind is fitted on the margins of all folds but one and
 * scored on that one. No calibration is a candidate, and so wins whenever calibration does not help. A sigmoid that
 * falls, for margins that rank the wrong way round, would turn the ranking over and is not eligible.
 * @throws {ShapeError} when the lengths differ. @throws {DataError} on a margin that is not finite.
 */
export function selectCalibrator(input: CalibrationInput): CalibratorSelection {
  checkInput(input);
  const { margins, labels, link } = input;
  const scores = {} as Record<CalibratorKind, number>;
  let best: Calibrator = { kind: 'none' };
  for (const kind of CALIBRATOR_KINDS) {
    scores[kind] = logLoss(labels, crossFit(kind, input));
    if (!(scores[kind] < scores[best.kind])) continue;
    const calibrator = fitCalibrator(kind, margins, labels, link);
    if (calibrator.kind !== 'sigmoid' || calibrator.slope > 0) best = calibrator;
  }
  return { calibrator: best, scores };
}

/**
 * Fits one kind of calibrator.
 * @param margins - one a row, finite
 * @param labels - 0 or 1 a row
 */
export function fitCalibrator(
  kind: CalibratorKind,
  margins: Float64Array,
  labels: Uint8Array,
  link: Link,
): Calibrator {
  switch (kind) {
    case 'none':
      return { kind };
    case 'sigmoid':
      return fitSigmoid(margins, labels);
    case 'isotonic':
      return fitIsotonic(margins, labels, link);
  }
}

/** The probability of each row by a calibrator that did not see its fold. */
function crossFit(kind: CalibratorKind, input: CalibrationInput): Float64Array {
  const { margins, labels, folds, foldCount, link } = input;
  const probabilities = new Float64Array(margins.length);
  for (let fold = 0; fold < foldCount; fold++) {
    const calibrator = fitCalibrator(
      kind,
      margins.filter((_, row) => folds[row] !== fold),
      labels.filter((_, row) => folds[row] !== fold),
      link,
    );
    for (let row = 0; row < margins.length; row++) {
      if (folds[row] === fold) probabilities[row] = calibrate(calibrator, link, margins[row]!);
    }
  }
  return probabilities;
}

function checkInput({ margins, labels, folds, foldCount }: CalibrationInput): void {
  checkInteger('foldCount', foldCount, 2, 255);
  if (margins.length !== labels.length || margins.length !== folds.length) {
    throw new ShapeError(
      `${margins.length} margins, ${labels.length} labels and ${folds.length} folds; expected as many of each`,
    );
  }
  const row = margins.findIndex((margin) => !Number.isFinite(margin));
  if (row >= 0) throw new DataError(`row ${row}: expected a finite margin, got ${margins[row]}`);
}
