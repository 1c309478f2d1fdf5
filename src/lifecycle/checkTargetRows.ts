import { show } from '../core/check.js';
import { DataError } from '../core/errors.js';
import type { Task } from '../model/model.js';
import type { Target } from '../model/schema.js';

/** Rows of a class, at least, among those that are trained on: one to learn from while the other is held out. */
const LEAST_CLASS_ROWS = 2;

/** The encoded target, and what is to be done with it. */
export interface TargetRows {
  /** of all rows */
  values: Float64Array;
  /** of the rows that are trained on */
  trained: Float64Array;
  /** of the cross-validation */
  folds: number;
  /** is told of classes that are small but not too small */
  report: (message: string) => void;
}

/**
 * Checks that a target can be trained on and cross-validated.
 * @throws {DataError} saying how many rows there are of what, and how many are needed.
 */
export function checkTargetRows(task: Task, target: Target, rows: TargetRows): void {
  if (task === 'binary') checkBothClasses(target, rows);
  else if (task === 'multiclass') checkClassRows(target, rows);
  else checkNumbers(target, rows);
}

/** A fold without one of two classes has no ROC-AUC, so there must be a row of each in every fold. */
function checkBothClasses({ name }: Target, { values, folds }: TargetRows): void {
  const positives = values.reduce((sum, label) => sum + label, 0);
  const smaller = Math.min(positives, values.length - positives);
  if (smaller >= folds) return;
  throw new DataError(
    `target ${show(name)} expected at least ${folds} rows of each class (one a fold), got ${smaller}`,
  );
}

/** Of several classes the small ones are missing from some folds, which is told; but every fit must have seen each. */
function checkClassRows(
  { name, classes }: Target,
  { values, trained, folds, report }: TargetRows,
): void {
  const [all, training] = [values, trained].map((codes) => {
    const counts = new Uint32Array(classes.length);
    for (const code of codes) counts[code]!++;
    return counts;
  }) as [Uint32Array, Uint32Array];
  const tooSmall = classes.findIndex((_, code) => training[code]! < LEAST_CLASS_ROWS);
  if (tooSmall >= 0) {
    throw new DataError(
      `target ${show(name)} expected at least ${LEAST_CLASS_ROWS} rows of each class to train on, ` +
        `got ${training[tooSmall]} of class ${show(classes[tooSmall])} (${all[tooSmall]} in the data); ` +
        'leave its rows out or join it with another class',
    );
  }
  const small = classes.filter((_, code) => training[code]! < folds);
  if (small.length === 0) return;
  const listed = small.slice(0, 10).map((label) => {
    return `${show(label)} (${training[classes.indexOf(label)]})`;
  });
  const more = small.length > 10 ? ` and ${small.length - 10} more` : '';
  report(
    `warning: classes with fewer rows than the ${folds} folds, and so missing from some: ${listed.join(', ')}${more}`,
  );
}

function checkNumbers({ name }: Target, { trained, folds }: TargetRows): void {
  if (trained.length < folds) {
    throw new DataError(
      `target ${show(name)} expected at least ${folds} rows to train on (one a fold), got ${trained.length}`,
    );
  }
  if (trained.some((value) => value !== trained[0])) return;
  throw new DataError(
    `target ${show(name)} expected different values in the rows to train on, got ${trained[0]} in all of them`,
  );
}
