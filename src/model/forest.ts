/**
 * Decision trees whose leaf values add up to a margin: gradient boosting, random forest or a single tree.
 *
 * Struct of arrays. A child or root `i >= 0` is node `i`; `i < 0` is leaf `~i`. Nodes and leaves of a tree stand together and
 * in tree order; a child node has a higher index than its parent.
 *
 * A row goes left at a numeric node when `x <= threshold`, at a category node when its code is in the node's set;
 * a missing value, and at a category node a level that training has not seen, goes to the node's default side.
 */
export interface Forest {
  kind: 'forest';
  link: Link;
  /** per output: added to its leaf values, in margin space */
  baseScores: Float64Array;
  /** per tree */
  roots: Int32Array;
  /** per tree: the output that its leaf values are added to */
  treeOutput: Int32Array;
  /** per node: column of the feature matrix */
  featureIndex: Int32Array;
  /** per node: float32-representable unless `precision` of the model is float64; NaN at category nodes */
  threshold: Float64Array;
  /** per node: index into `categorySets`, -1 at numeric nodes */
  categorySet: Int32Array;
  /** per node */
  left: Int32Array;
  /** per node */
  right: Int32Array;
  /** per node: 1 when missing goes left */
  defaultLeft: Uint8Array;
  /** per node: loss reduction of the split (0 where unknown) */
  gain: Float64Array;
  /** per node: training rows that reached it (0 where unknown) */
  cover: Float64Array;
  /** per leaf */
  leafValue: Float64Array;
  /** per leaf: training rows that reached it (0 where unknown) */
  leafCover: Float64Array;
  /** ascending level codes that go left */
  categorySets: number[][];
}

/**
 * From margins to predictions.
 *
 * - logit: the margin is a log-odds. With several outputs one-vs-all: the logistic function of each, divided by their sum.
 * - identity: the margin is the prediction: a number, or a share of a class (random forest, single tree).
 *   With several outputs the shares are clamped at 0 and divided by their sum.
 * - log: the prediction is `exp(margin)` (Poisson, gamma, Tweedie).
 * - softmax: several outputs, `exp(margin)` of each divided by their sum.
 */
export type Link = 'logit' | 'identity' | 'log' | 'softmax';

/** The leaf of one tree that a row of features falls into. O(depth). */
export function findLeaf(
  forest: Forest,
  tree: number,
  matrix: ArrayLike<number>,
  offset: number,
): number {
  let at = forest.roots[tree]!;
  while (at >= 0)
    at = goesLeft(forest, at, matrix[offset + forest.featureIndex[at]!]!)
      ? forest.left[at]!
      : forest.right[at]!;
  return ~at;
}

/** The branch that a feature value takes at a node. */
export function goesLeft(forest: Forest, node: number, x: number): boolean {
  const set = forest.categorySet[node]!;
  if (set < 0) return x !== x ? forest.defaultLeft[node] === 1 : x <= forest.threshold[node]!;
  // NaN is missing, negative is unseen
  if (!(x >= 0)) return forest.defaultLeft[node] === 1;
  return forest.categorySets[set]!.includes(x);
}
