/** What a leaf is divided within: sums, the least hessian of a child, penalties and the bounds of its values. */
export interface BoundedTotals {
  gradient: number;
  hessian: number;
  minHessian: number;
  l1: number;
  l2: number;
  lower: number;
  upper: number;
}

/**
 * What two children take away together, `-(2 G w + (H + l2) w² + 2 l1 |w|)` each at its best value w within the bounds;
 * -Infinity when `direction` forbids it. The twin of `boundedScore` in `assembly/train/boundedScore.ts`: comparisons stand
 * where it has pmin and pmax.
 */
export function boundedPairScore(
  leftG: number,
  leftH: number,
  direction: number,
  { gradient, hessian, l1, l2, lower, upper }: BoundedTotals,
): number {
  const rightG = gradient - leftG;
  const leftD = leftH + l2;
  const rightD = hessian - leftH + l2;
  const left = clamp(-(leftG - clamp(leftG, -l1, l1)) / leftD, lower, upper);
  const right = clamp(-(rightG - clamp(rightG, -l1, l1)) / rightD, lower, upper);
  if (!(direction * (right - left) >= 0)) return -Infinity;
  const leftLoss = left * (2 * leftG + leftD * left) + 2 * l1 * Math.abs(left);
  const rightLoss = right * (2 * rightG + rightD * right) + 2 * l1 * Math.abs(right);
  return -(leftLoss + rightLoss);
}

function clamp(x: number, lower: number, upper: number): number {
  const below = x < upper ? x : upper;
  return lower < below ? below : lower;
}
