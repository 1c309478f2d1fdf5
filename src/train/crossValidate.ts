import { checkInteger } from '../core/check.js';
import { ShapeError } from '../core/errors.js';
import { UNSEEN } from '../model/feature.js';
import type { Link } from '../model/forest.js';
import { margins } from '../model/margin.js';
import { outputCountOf, type Predictor, type Task } from '../model/model.js';
import {
  FOLD_SCORE_NAMES,
  type FoldScoreName,
  type FoldScores,
  SELECTION_SCORES,
  scoreFold,
} from './foldScores.js';
import { selectTraining } from './selectTraining.js';
import type { TrainingMatrix } from './trainingMatrix.js';

/** Mean over the folds, and the standard deviation between them (divisor folds - 1). */
export interface Spread {
  mean: number;
  sd: number;
}

export interface CrossValidation<T extends Task = 'binary'> {
  /** out of fold: the margins of each row, row-major, by the predictor that did not see it */
  margins: Float64Array;
  link: Link;
  /** margins a row: the number of classes of a multiclass target, else 1 */
  outputCount: number;
  folds: FoldScores<T>[];
  summary: Record<keyof FoldScores<T>, Spread>;
}

export interface CrossValidationInput<T extends Task = 'binary'> {
  /** what the predictors predict, and so what the folds are scored by; default binary */
  task?: T;
  data: TrainingMatrix;
  /** the fold of each row, in [0, foldCount) */
  folds: Uint8Array;
  /** in [2, 255] */
  foldCount: number;
  /** fits everything that is fitted, preprocessing included, on the rows it is given */
  fit: (data: TrainingMatrix) => Predictor;
  /** called after each fold */
  onFold?: (fold: number, scores: FoldScores<T>) => void;
}

/**
 * Fits on all folds but one, predicts that one, for each. A category level that the other folds do not have is unseen to
 * their predictor, as it would be in production.
 * @throws {ShapeError} when `folds` does not fit the rows.
 */
export function crossValidate<T extends Task = 'binary'>(
  input: CrossValidationInput<T>,
): CrossValidation<T> {
  const { data, folds, foldCount, fit, onFold } = input;
  const task = input.task ?? ('binary' as T);
  checkInteger('foldCount', foldCount, 2, 255);
  if (folds.length !== data.rowCount) {
    throw new ShapeError(`${folds.length} folds for ${data.rowCount} rows`);
  }
  let outOfFold = new Float64Array(0);
  const scores: FoldScores<T>[] = [];
  let link: Link = 'logit';
  let outputCount = 1;
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
    outputCount = outputCountOf(predictor);
    const marginOfRow = margins(predictor, heldOut.matrix, heldOut.rowCount, data.featureCount);
    if (fold === 0) outOfFold = new Float64Array(data.rowCount * outputCount);
    heldOutRows.forEach((row, i) => {
      const own = marginOfRow.subarray(i * outputCount, (i + 1) * outputCount);
      outOfFold.set(own, row * outputCount);
    });
    scores.push(scoreFold(task, heldOut.target, marginOfRow, link, outputCount));
    onFold?.(fold, scores[fold]!);
  }
  const summary = summarise(task, scores);
  return { margins: outOfFold, link, outputCount, folds: scores, summary };
}

/**
 * The index of the best candidate by the mean of its {@link SELECTION_SCORES}: the greatest ROC-AUC (binary), the least log
 * loss (multiclass) or the least RMSE (regression); of equals the first, so list the simpler first.
 */
export function selectCandidate<T extends Task = 'binary'>(
  candidates: readonly Pick<CrossValidation<T>, 'summary'>[],
  task: T = 'binary' as T,
): number {
  const { name, greaterIsBetter } = SELECTION_SCORES[task];
  const scores = candidates.map(({ summary }) => {
    const { mean } = (summary as Record<FoldScoreName, Spread>)[name];
    return greaterIsBetter ? mean : -mean;
  });
  let best = 0;
  scores.forEach((score, index) => {
    if (score > scores[best]!) best = index;
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

function summarise<T extends Task>(
  task: T,
  folds: readonly FoldScores<T>[],
): CrossValidation<T>['summary'] {
  const spreads = FOLD_SCORE_NAMES[task].map((name) => [
    name,
    spreadOf(folds.map((scores) => (scores as Record<FoldScoreName, number>)[name])),
  ]);
  return Object.fromEntries(spreads) as CrossValidation<T>['summary'];
}

function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0);
  return { mean, sd: Math.sqrt(squares / (values.length - 1)) };
}
