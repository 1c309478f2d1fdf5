import { TABLE_STRIDE } from './layout';

/**
 * What no division of the levels of each of some categorical columns scores above, in one leaf: `(Σ G)² / Σ H <= Σ G² / H`, so that
 * the best would be every bin by itself, but for the bins that are never listed, which stay together. Two bins at a time, a lane each.
 * @param columns - `columnCount` column numbers, uint32
 * @param mostSingles - columns of at most so many bins have one level split off: all of their levels may be listed, and nothing shrinks
 * @param listed - the least hessian of a bin that is listed
 * @param least - the least hessian of a bin that is divided by
 * @param shrinkage - what the penalty of grouped levels leaves of a bound
 * @param bounds - float64 a column (OUT)
 */
export function categoryBounds(
  histogram: usize,
  columnTable: usize,
  columns: usize,
  columnCount: usize,
  mostSingles: u32,
  listed: f64,
  least: f64,
  shrinkage: f64,
  bounds: usize,
): void {
  for (let i: usize = 0; i < columnCount; i++) {
    const table = columnTable + <usize>load<u32>(columns + (i << 2)) * TABLE_STRIDE;
    const first = histogram + load<u32>(table);
    // the shared bin comes after those of the levels
    const binCount = load<u32>(table, 4) + 1;
    const isGrouped = binCount > mostSingles;
    const bound = boundOf(first, binCount, isGrouped ? listed : -Infinity, least);
    store<f64>(bounds + (i << 3), isGrouped ? bound * shrinkage : bound);
  }
}

// @ts-ignore: decorator
@inline
function boundOf(bin: usize, binCount: u32, listed: f64, least: f64): f64 {
  const paired = bin + (<usize>(binCount & ~1) << 4);
  const limit = f64x2.splat(listed);
  const floor = f64x2.splat(least);
  let sum = f64x2.splat(0);
  let restG = f64x2.splat(0);
  let restH = f64x2.splat(0);
  for (; bin < paired; bin += 32) {
    const a = v128.load(bin);
    const b = v128.load(bin, 16);
    const g = v128.shuffle<f64>(a, b, 0, 2);
    const h = v128.shuffle<f64>(a, b, 1, 3);
    const rest = f64x2.lt(h, limit);
    restG = f64x2.add(restG, v128.and(g, rest));
    restH = f64x2.add(restH, v128.and(h, rest));
    const score = f64x2.div(f64x2.mul(g, g), f64x2.pmax(h, floor));
    sum = f64x2.add(sum, v128.andnot(score, rest));
  }
  let total = f64x2.extract_lane(sum, 0);
  let restGradient = f64x2.extract_lane(restG, 0);
  let restHessian = f64x2.extract_lane(restH, 0);
  if (binCount & 1) {
    const g = load<f64>(bin);
    const h = load<f64>(bin, 8);
    if (h < listed) {
      restGradient += g;
      restHessian += h;
    } else {
      total += (g * g) / (h < least ? least : h);
    }
  }
  total += f64x2.extract_lane(sum, 1);
  restGradient += f64x2.extract_lane(restG, 1);
  restHessian += f64x2.extract_lane(restH, 1);
  return total + (restGradient * restGradient) / (restHessian < least ? least : restHessian);
}
