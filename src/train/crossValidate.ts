import { checkInteger } from '../core/check.js';
import { ShapeError } from '../core/errors.js';
import { confusionCounts, f1Of, precisionOf, recallOf } from '../evaluate/confusion.js';
import { logLoss } from '../evaluate/logLoss.js';
import { rocAuc } from '../evaluate/ranking.js';
import { calibrate } from '../model/calibrator.js';
import { UNSEEN } from '../model/feature.js';
import type { Link } from '../model/forest.js';
import { margins } from '../model/margin.js';
import type { Predictor } from '../model/model.js';
import { selectTraining } from './selectTraining.js';
import type { TrainingMatrix } from './trainingMatrix.js';

const SCORE_NAMES = ['rocAuc', 'precision', 'recall', 'f1', 'logLoss'] as const;

/** Scores of one held-out fold; precision, recall and F1 at probability 0.5. Rows count once, whatever their weight. */
export type FoldScores = Record<(typeof SCORE_NAMES)[number], number>;

/** Mean over the folds, and the standard deviation between them (divisor folds - 1). */
export interface Spread {
  mean: number;
  sd: number;
}

export interface CrossValidation {
  /** out of fold: the margin of each row, by the predictor that did not see it */
  margins: Float64Array;
  link: Link;
  folds: FoldScores[];
  summary: Record<keyof FoldScores, Spread>;
}

export interface CrossValidationInput {
  data: TrainingMatrix;
  /** the fold of each row, in [0, foldCount) */
  folds: Uint8Array;
  /** in [2, 255] */
  foldCount: number;
  /** fits everything that is fitted, preprocessing included, on the rows it is given */
  fit: (data: TrainingMatrix) => Predictor;
  /** called after each fold */
  onFold?: (fold: number, scores: FoldScores) => void;
}

/**
 * Fits on all folds but one, predicts that one, for each. A category level that the other folds do not have is unseen to
 * their predictor, as it would be in production.
 * @throws {ShapeError} when `folds` does not fit the rows.
 */
export function crossValidate(input: CrossValidationInput): CrossValidation {
  const { data, folds, foldCount, fit, onFold } = input;
  checkInteger('foldCount', foldCount, 2, 255);
  if (folds.length !== data.rowCount) {
    throw new ShapeError(`${folds.length} folds for ${data.rowCount} rows`);
  }
  const outOfFold = new Float64Array(data.rowCount);
  const scores: FoldScores[] = [];
  let link: Link = 'logit';
  for (let fold = 0; fold < foldCount; fold++) {
    const rows = Uint32Array.from(folds.keys());
    const heldOutRows = rows.filter((row) => folds[row] === fold);
    if (heldOutRows.length === 0) throw new ShapeError(`fold ${fold} has no rows`);
    const training = selectTraining(
      data,
      rows.filter((row) => folds[row] !== fold),
    );
    const heldOut = selectTraining(data, heldOutRows);
    hideUnseenLevels(heldOut, training);
    const predictor = fit(training);
    link = predictor.link;
    const marginOfRow = margins(predictor, heldOut.matrix, heldOut.rowCount, data.featureCount);
    heldOutRows.forEach((row, i) => {
      outOfFold[row] = marginOfRow[i]!;
    });
    scores.push(scoreFold(Uint8Array.from(heldOut.target), marginOfRow, link));
    onFold?.(fold, scores[fold]!);
  }
  return { margins: outOfFold, link, folds: scores, summary: summarise(scores) };
}

/** The index of the candidate with the greatest mean ROC-AUC; of equals the first, so list the simpler first. */
export function selectCandidate(candidates: readonly Pick<CrossValidation, 'summary'>[]): number {
  let best = 0;
  candidates.forEach(({ summary }, index) => {
    if (summary.rocAuc.mean > candidates[best]!.summary.rocAuc.mean) best = index;
  });
  return best;
}

/** Replaces the category codes of `heldOut` that `training` lacks. Mutates `heldOut.matrix`. */
function hideUnseenLevels(heldOut: TrainingMatrix, training: TrainingMatrix): void {
  const { featureCount } = training;
  for (const feature of training.categorical ?? []) {
    const seen = new Set<number>();
    for (let at = feature; at < training.matrix.length; at += featureCount) {
      seen.add(training.matrix[at]!);
    }
    for (let at = feature; at < heldOut.matrix.length; at += featureCount) {
      const code = heldOut.matrix[at]!;
      if (code === code && !seen.has(code)) heldOut.matrix[at] = UNSEEN;
    }
  }
}

function scoreFold(labels: Uint8Array, marginOfRow: Float64Array, link: Link): FoldScores {
  const probabilities = marginOfRow.map((margin) => calibrate({ kind: 'none' }, link, margin));
  const confusion = confusionCounts(labels, probabilities, 0.5);
  return {
    rocAuc: rocAuc(labels, marginOfRow),
    precision: precisionOf(confusion),
    recall: recallOf(confusion),
    f1: f1Of(confusion),
    logLoss: logLoss(labels, probabilities),
  };
}

function summarise(folds: readonly FoldScores[]): CrossValidation['summary'] {
  const spreads = SCORE_NAMES.map((name) => [name, spreadOf(folds.map((scores) => scores[name]))]);
  return Object.fromEntries(spreads) as CrossValidation['summary'];
}

function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0);
  return { mean, sd: Math.sqrt(squares / (values.length - 1)) };
}
