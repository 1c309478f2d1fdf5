/** What every learner is fitted on. */
export interface TrainingMatrix {
  /** row-major float32, length rowCount * featureCount; NaN is missing */
  matrix: Float32Array;
  rowCount: number;
  featureCount: number;
  /** length rowCount; 0 or 1 for a binary target, class codes from 0 for a multiclass one, else numbers */
  target: ArrayLike<number>;
  /** length rowCount, >= 0; all 1 when absent */
  weight?: ArrayLike<number>;
  /** rows a query, in order, for a ranking objective; they add up to rowCount */
  group?: ArrayLike<number>;
  /** length featureCount; f0, f1, … when absent */
  featureNames?: string[];
  /** indices of the features that hold category codes: integers >= 0, -1 for unseen, NaN for missing */
  categorical?: number[];
}
