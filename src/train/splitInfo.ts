/** The best split of a leaf. */
export interface SplitInfo {
  /** loss reduction: `½` is left out, as in LightGBM */
  gain: number;
  /** column of the binned matrix */
  column: number;
  /** numeric: bins up to this one go left; -1 at a categorical split */
  bin: number;
  /** categorical: the bins that go left; empty at a numeric split */
  leftBins: readonly number[];
  /** numeric: whether missing goes left; at a categorical split whatever is not listed goes right */
  missingLeft: boolean;
  leftGradient: number;
  leftHessian: number;
  /** the l2 that the values of both children are regularised with */
  l2: number;
}

/** Sums over the rows of a leaf. */
export interface LeafSums {
  gradient: number;
  hessian: number;
  /** rows */
  count: number;
}

/** What a split must meet and how it is judged. */
export interface SplitOptions {
  minChildSamples: number;
  minChildWeight: number;
  minSplitGain: number;
  l1: number;
  l2: number;
  maxCatThreshold: number;
  catSmooth: number;
  catL2: number;
  maxCatToOnehot: number;
  minDataPerGroup: number;
}

/** `T(G)² / (H + l2)`, T the soft threshold by l1: twice the loss that the best value of a leaf takes away. */
export function leafScore(gradient: number, hessian: number, l1: number, l2: number): number {
  const rest = Math.max(0, Math.abs(gradient) - l1);
  return (rest * rest) / (hessian + l2);
}

/** `-T(G) / (H + l2)`: the best value of a leaf. */
export function leafValue(gradient: number, hessian: number, l1: number, l2: number): number {
  const rest = Math.max(0, Math.abs(gradient) - l1);
  return rest === 0 ? 0 : (-Math.sign(gradient) * rest) / (hessian + l2);
}
