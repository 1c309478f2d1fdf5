import type { CalibrationCounts } from '../reference/calibrationTable.js';
import type { DriftReference, ErrorCounts } from '../reference/reference.js';

/** Predictions that are kept for their labels; those with one are counted as the training rows were. */
export type Outcomes = { tracked: number; labelled: number } & (
  | { task: 'binary'; calibration: CalibrationCounts }
  | {
      task: 'multiclass';
      calibration: CalibrationCounts;
      /** labelled rows that each class was predicted for, that were right, and that are of the class */
      predictedClassCounts: number[];
      rightClassCounts: number[];
      classCounts: number[];
    }
  | { task: 'regression'; counts: number[]; errors: ErrorCounts }
);

/** No outcome at all. */
export function emptyOutcomes(reference: DriftReference): Outcomes {
  const none = { tracked: 0, labelled: 0 };
  const zeros = (length: number): number[] => new Array<number>(length).fill(0);
  if (reference.task === 'regression') {
    const { length } = reference.score.counts;
    const errors = { absolute: zeros(length), squared: zeros(length), fourth: zeros(length) };
    return { ...none, task: 'regression', counts: zeros(length), errors };
  }
  const { length } = reference.calibration.rows;
  const calibration = { rows: zeros(length), hits: zeros(length), predicted: zeros(length) };
  if (reference.task === 'binary') return { ...none, task: 'binary', calibration };
  const classCount = reference.classes.length;
  return {
    ...none,
    task: 'multiclass',
    calibration,
    predictedClassCounts: zeros(classCount),
    rightClassCounts: zeros(classCount),
    classCounts: zeros(classCount),
  };
}
