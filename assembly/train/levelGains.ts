import { boundedScore } from './boundedScore';
import { TABLE_STRIDE } from './layout';

/**
 * Adds what one leaf of a level gains at each threshold of some numeric columns to the gains of the level; nothing where the leaf would
 * stay whole. Missing right is one lane, missing left the other.
 * @param ownScore - what the leaf takes away undivided
 * @param leastGain - what a division must gain over that to be made
 * @param gains - laid out as a histogram, with a pair of gains a bin: missing right, missing left (IN and OUT)
 */
export function addLevelGains(
  histogram: usize,
  columnTable: usize,
  columns: usize,
  columnCount: usize,
  gradient: f64,
  hessian: f64,
  minHessian: f64,
  l1: f64,
  l2: f64,
  lower: f64,
  upper: f64,
  ownScore: f64,
  leastGain: f64,
  gains: usize,
): void {
  const g = f64x2.splat(gradient);
  const h = f64x2.splat(hessian);
  const least = f64x2.splat(minHessian);
  const lasso = f64x2.splat(l1);
  const ridge = f64x2.splat(l2);
  const low = f64x2.splat(lower);
  const high = f64x2.splat(upper);
  const own = f64x2.splat(ownScore);
  const noise = f64x2.splat(leastGain);
  for (let i: usize = 0; i < columnCount; i++) {
    const table = columnTable + <usize>load<u32>(columns + (i << 2)) * TABLE_STRIDE;
    const offset = <usize>load<u32>(table);
    const valueBins = <i32>load<u32>(table, 4);
    const direction = f64x2.splat(<f64>load<i32>(table, 12));
    let bin = histogram + offset;
    let at = gains + offset;
    let leftG = f64x2.splat(0);
    let leftH = f64x2.splat(0);
    if (load<u32>(table, 8)) {
      const missing = bin + (<usize>valueBins << 4);
      leftG = f64x2.replace_lane(leftG, 1, load<f64>(missing));
      leftH = f64x2.replace_lane(leftH, 1, load<f64>(missing, 8));
    }
    for (let boundary = 0; boundary + 1 < valueBins; boundary++, bin += 16, at += 16) {
      leftG = f64x2.add(leftG, v128.load64_splat(bin));
      leftH = f64x2.add(leftH, v128.load64_splat(bin, 8));
      const allowed = f64x2.ge(f64x2.pmin(leftH, f64x2.sub(h, leftH)), least);
      if (!v128.any_true(allowed)) continue;
      const score = boundedScore(leftG, leftH, g, h, lasso, ridge, low, high, direction);
      const gain = f64x2.sub(score, own);
      const counted = v128.and(v128.and(gain, allowed), f64x2.gt(gain, noise));
      v128.store(at, f64x2.add(v128.load(at), counted));
    }
  }
}
