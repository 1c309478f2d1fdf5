/** What `categoryBounds` takes to judge a column of categories by. */
export interface BoundLimits {
  /** the least hessian of a bin that is listed */
  listed: number;
  /** the least hessian of a bin that is divided by */
  least: number;
}

/**
 * What no division of a column's levels scores above: the twin of `boundOf` in `assembly/train/categoryBounds.ts`, with a sum for
 * the bins at even places and one for those at odd ones.
 * @param first - index of the column's first bin in `doubles`
 */
export function categoryBound(
  doubles: Float64Array,
  first: number,
  binCount: number,
  { listed, least }: BoundLimits,
): number {
  const total = [0, 0];
  const restGradient = [0, 0];
  const restHessian = [0, 0];
  for (let bin = 0; bin < binCount; bin++) {
    const lane = bin & 1;
    const gradient = doubles[first + 2 * bin]!;
    const hessian = doubles[first + 2 * bin + 1]!;
    if (hessian < listed) {
      restGradient[lane]! += gradient;
      restHessian[lane]! += hessian;
    } else total[lane]! += scoreOf(gradient, hessian, least);
  }
  const rest = scoreOf(
    restGradient[0]! + restGradient[1]!,
    restHessian[0]! + restHessian[1]!,
    least,
  );
  return total[0]! + total[1]! + rest;
}

function scoreOf(gradient: number, hessian: number, least: number): number {
  return (gradient * gradient) / (hessian < least ? least : hessian);
}
