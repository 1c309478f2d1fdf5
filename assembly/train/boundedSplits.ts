import { boundedScore } from './boundedScore';
import { RECORD_STRIDE, TABLE_STRIDE } from './layout';

/**
 * {@link findNumericSplits} where leaf values have bounds and columns a direction (in the column table). One boundary at a time, missing
 * right in one lane and missing left in the other.
 * @param lower - values of both children are held within [lower, upper]
 * @param records - a split record a column; score -Infinity where no split is allowed (OUT)
 */
export function findBoundedSplits(
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
  records: usize,
): void {
  const g = f64x2.splat(gradient);
  const h = f64x2.splat(hessian);
  const least = f64x2.splat(minHessian);
  const lasso = f64x2.splat(l1);
  const ridge = f64x2.splat(l2);
  const low = f64x2.splat(lower);
  const high = f64x2.splat(upper);
  for (let i: usize = 0; i < columnCount; i++) {
    const table = columnTable + <usize>load<u32>(columns + (i << 2)) * TABLE_STRIDE;
    const record = records + i * RECORD_STRIDE;
    let bin = histogram + load<u32>(table);
    const valueBins = <i32>load<u32>(table, 4);
    const direction = f64x2.splat(<f64>load<i32>(table, 12));
    let leftG = f64x2.splat(0);
    let leftH = f64x2.splat(0);
    if (load<u32>(table, 8)) {
      const missing = bin + (<usize>valueBins << 4);
      leftG = f64x2.replace_lane(leftG, 1, load<f64>(missing));
      leftH = f64x2.replace_lane(leftH, 1, load<f64>(missing, 8));
    }
    let best = f64x2.splat(-Infinity);
    let bestG = f64x2.splat(0);
    let bestH = f64x2.splat(0);
    let bestBin = f64x2.splat(0);
    for (let boundary = 0; boundary + 1 < valueBins; boundary++, bin += 16) {
      leftG = f64x2.add(leftG, v128.load64_splat(bin));
      leftH = f64x2.add(leftH, v128.load64_splat(bin, 8));
      const allowed = f64x2.ge(f64x2.pmin(leftH, f64x2.sub(h, leftH)), least);
      if (!v128.any_true(allowed)) continue;
      const score = boundedScore(leftG, leftH, g, h, lasso, ridge, low, high, direction);
      const better = v128.and(allowed, f64x2.gt(score, best));
      if (!v128.any_true(better)) continue;
      best = v128.bitselect(score, best, better);
      bestG = v128.bitselect(leftG, bestG, better);
      bestH = v128.bitselect(leftH, bestH, better);
      bestBin = v128.bitselect(f64x2.splat(<f64>boundary), bestBin, better);
    }
    // of equal scores missing goes right; without missing values both lanes are the same
    if (f64x2.extract_lane(best, 1) > f64x2.extract_lane(best, 0)) {
      store<f64>(record, f64x2.extract_lane(best, 1));
      store<f64>(record, f64x2.extract_lane(bestG, 1), 8);
      store<f64>(record, f64x2.extract_lane(bestH, 1), 16);
      store<f64>(record, 2 * f64x2.extract_lane(bestBin, 1) + 1, 24);
    } else {
      store<f64>(record, f64x2.extract_lane(best, 0));
      store<f64>(record, f64x2.extract_lane(bestG, 0), 8);
      store<f64>(record, f64x2.extract_lane(bestH, 0), 16);
      store<f64>(record, 2 * f64x2.extract_lane(bestBin, 0), 24);
    }
  }
}
