/** What a set asks a learner for. */
export type Task = 'binary' | 'multiclass' | 'regression' | 'ranking';

/** Rows to train or to test on. */
export interface Part {
  rowCount: number;
  /** row-major, length rowCount * featureCount; NaN is missing, a category is the code of its level */
  matrix: Float32Array;
  /** length rowCount: the number, 0 or 1, the class, or the relevance */
  target: Float64Array;
  /** ranking only: rows of each query, in the order of the rows */
  group?: Int32Array;
}

/** A set that every contestant gets in the same form. */
export interface SplitData {
  name: string;
  task: Task;
  /** 2 or more for classes, 0 otherwise */
  classCount: number;
  featureCount: number;
  /** ascending indices of the features that hold category codes; -1 is a level that training has not seen */
  categorical: number[];
  train: Part;
  test: Part;
}
