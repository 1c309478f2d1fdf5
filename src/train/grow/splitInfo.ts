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

/** The range that the values of a leaf, and of every leaf that it is divided into, may lie in. */
export interface ValueBounds {
  lower: number;
  upper: number;
}

/** Sums over the rows of a leaf. */
export interface LeafSums {
  gradient: number;
  hessian: number;
  /** rows */
  count: number;
  /** set by monotone constraints above it; absent where there are none */
  bounds?: ValueBounds | undefined;
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

// a gain below this share of the leaf's own score and hessian is rounding: a pure leaf is not split by noise
const NOISE = 1e-10;
const NOISE_HESSIAN = 1e-15;

/** What a gain must exceed to be more than rounding. @param ownScore - of the leaf undivided */
export function gainNoise(ownScore: number, hessian: number): number {
  return NOISE * Math.abs(ownScore) + NOISE_HESSIAN * hessian;
}

/**
 * The least hessian sum of a child where rows are not counted but taken to share the leaf's hessian evenly:
 * at least `minChildSamples` of them, rounded.
 */
export function minHessianOf(
  leaf: LeafSums,
  { minChildSamples, minChildWeight }: SplitOptions,
): number {
  return Math.max(minChildWeight, ((minChildSamples - 0.5) / leaf.count) * leaf.hessian);
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

/** {@link leafValue} held within its bounds: still the best value, as what it minimises is convex. */
export function boundedLeafValue(
  gradient: number,
  hessian: number,
  l1: number,
  l2: number,
  bounds: ValueBounds | undefined,
): number {
  const value = leafValue(gradient, hessian, l1, l2);
  return bounds ? Math.max(bounds.lower, Math.min(bounds.upper, value)) : value;
}

/** `-(2 G w + (H + l2) w² + 2 l1 |w|)`: what the value w of a leaf takes away; {@link leafScore} at the best one. */
export function scoreAt(
  value: number,
  gradient: number,
  hessian: number,
  l1: number,
  l2: number,
): number {
  return -(value * (2 * gradient + (hessian + l2) * value) + 2 * l1 * Math.abs(value));
}

/** What the best value within bounds takes away; below 0 where bounds force a value on a leaf that it were better without. */
export function boundedScore(
  gradient: number,
  hessian: number,
  l1: number,
  l2: number,
  bounds: ValueBounds | undefined,
): number {
  if (!bounds) return leafScore(gradient, hessian, l1, l2);
  const value = boundedLeafValue(gradient, hessian, l1, l2, bounds);
  return scoreAt(value, gradient, hessian, l1, l2);
}

/**
 * The bounds of the two children of a leaf. A column with a direction parts them at the middle of their values, so that nothing
 * that happens below can set one side against the other ("basic" in LightGBM, and what XGBoost does). Whatever values they are held
 * to, the order holds.
 */
export function boundsOfChildren(
  leaf: LeafSums,
  { leftGradient, leftHessian, l2 }: SplitInfo,
  direction: number,
  l1: number,
): { left: ValueBounds | undefined; right: ValueBounds | undefined } {
  const { gradient, hessian, bounds } = leaf;
  if (direction === 0) return { left: bounds, right: bounds };
  const left = boundedLeafValue(leftGradient, leftHessian, l1, l2, bounds);
  const [rightG, rightH] = [gradient - leftGradient, hessian - leftHessian];
  const right = boundedLeafValue(rightG, rightH, l1, l2, bounds);
  const middle = left / 2 + right / 2;
  const { lower, upper } = bounds ?? { lower: -Infinity, upper: Infinity };
  const below = { lower, upper: middle };
  const above = { lower: middle, upper };
  return direction > 0 ? { left: below, right: above } : { left: above, right: below };
}
