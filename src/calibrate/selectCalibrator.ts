import { checkInteger, checkOneOf } from '../core/check.js';
import { DataError, ShapeError } from '../core/errors.js';
import { logLoss } from '../evaluate/logLoss.js';
import {
  CALIBRATOR_KINDS,
  type Calibrator,
  type CalibratorKind,
  calibrate,
} from '../model/calibrator.js';
import type { Link } from '../model/forest.js';
import { fitBeta } from './beta.js';
import { fitIsotonic, steepestOf } from './isotonic.js';
import { fitSigmoid } from './sigmoid.js';
import { fitBinaryTemperature } from './temperature.js';

/** Steps of a share that the steepness of a curve over shares is looked at in. */
const SHARE_STEPS = 1024;

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
  /** the kinds to choose from; none is always scored, and chosen when no other is eligible. All of them when absent. */
  kinds?: readonly CalibratorKind[];
}

export interface CalibratorSelection {
  /** the best kind, refitted on all rows */
  calibrator: Calibrator;
  /** log loss of each kind on rows it was not fitted on */
  scores: Partial<Record<CalibratorKind, number>>;
}

/**
 * Chooses the calibrator with the least log loss out of fold: each kind is fitted on the margins of all folds but one and
 * scored on that one. No calibration is a candidate unless `kinds` leaves it out, and so wins whenever calibration does
 * not help. Not eligible are curves that do not rise, for margins that rank the wrong way round (they would turn the ranking
 * over), and curves over shares that are steeper than an isotonic one may be.
 * @throws {ShapeError} when the lengths differ. @throws {DataError} on a margin that is not finite. @throws {ConfigError} on
 * an unknown kind.
 */
export function selectCalibrator(input: CalibrationInput): CalibratorSelection {
  checkInput(input);
  const { margins, labels, link, kinds = CALIBRATOR_KINDS } = input;
  const scores: CalibratorSelection['scores'] = {};
  let best: Calibrator | undefined;
  let bestScore = Infinity;
  for (const kind of CALIBRATOR_KINDS) {
    if (!kinds.includes(kind) && kind !== 'none') continue;
    const score = logLoss(labels, crossFit(kind, input));
    scores[kind] = score;
    if (!kinds.includes(kind) || (best && !(score < bestScore))) continue;
    const calibrator = fitCalibrator(kind, margins, labels, link);
    if (!isEligible(calibrator, link)) continue;
    best = calibrator;
    bestScore = score;
  }
  return { calibrator: best ?? { kind: 'none' }, scores };
}

function isEligible(calibrator: Calibrator, link: Link): boolean {
  if (calibrator.kind === 'sigmoid') return calibrator.slope > 0;
  if (calibrator.kind === 'beta' && calibrator.a === 0 && calibrator.b === 0) return false;
  if (link !== 'identity' || calibrator.kind === 'none' || calibrator.kind === 'isotonic') {
    return true;
  }
  let before = calibrate(calibrator, link, 0);
  for (let step = 1; step <= SHARE_STEPS; step++) {
    const here = calibrate(calibrator, link, step / SHARE_STEPS);
    if ((here - before) * SHARE_STEPS > steepestOf(link)) return false;
    before = here;
  }
  return true;
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
    case 'temperature':
      return fitBinaryTemperature(margins, labels, link);
    case 'beta':
      return fitBeta(margins, labels, link);
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

function checkInput({ margins, labels, folds, foldCount, kinds }: CalibrationInput): void {
  for (const kind of kinds ?? []) checkOneOf('kinds', kind, CALIBRATOR_KINDS);
  checkInteger('foldCount', foldCount, 2, 255);
  if (margins.length !== labels.length || margins.length !== folds.length) {
    throw new ShapeError(
      `${margins.length} margins, ${labels.length} labels and ${folds.length} folds; expected as many of each`,
    );
  }
  const row = margins.findIndex((margin) => !Number.isFinite(margin));
  if (row >= 0) throw new DataError(`row ${row}: expected a finite margin, got ${margins[row]}`);
}
