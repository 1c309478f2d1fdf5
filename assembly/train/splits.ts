import { RECORD_STRIDE, TABLE_STRIDE } from './layout';

/**
 * Finds the best threshold of each of some numeric columns, with missing on the right and on the left.
 * The score of a split is `T(GL)²/(HL + l2) + T(GR)²/(HR + l2)`, T the soft threshold by l1; of equal scores the lowest bin wins.
 * @param columns - `columnCount` column numbers, uint32
 * @param minHessian - a child needs at least this
 * @param records - a split record a column; score -1 where no split is allowed (OUT)
 */
export function findNumericSplits(
  histogram: usize,
  columnTable: usize,
  columns: usize,
  columnCount: usize,
  gradient: f64,
  hessian: f64,
  minHessian: f64,
  l1: f64,
  l2: f64,
  records: usize,
): void {
  for (let i: usize = 0; i < columnCount; i++) {
    const table = columnTable + <usize>load<u32>(columns + (i << 2)) * TABLE_STRIDE;
    const record = records + i * RECORD_STRIDE;
    const first = histogram + load<u32>(table);
    const valueBins = <i32>load<u32>(table, 4);
    store<f64>(record, -1);
    scan(first, valueBins - 1, f64x2.splat(0), 0, gradient, hessian, minHessian, l1, l2, record);
    if (load<u32>(table, 8)) {
      const missing = v128.load(first + (<usize>valueBins << 4));
      scan(first, valueBins - 1, missing, 1, gradient, hessian, minHessian, l1, l2, record);
    }
  }
}

/** One direction of one column; improves `record`. Two boundaries at a time, a lane each. */
// @ts-ignore: decorator
@inline
function scan(
  bin: usize,
  boundaryCount: i32,
  left: v128,
  missingLeft: i32,
  gradient: f64,
  hessian: f64,
  minHessian: f64,
  l1: f64,
  l2: f64,
  record: usize,
): void {
  let best = load<f64>(record);
  const g = f64x2.splat(gradient);
  const h = f64x2.splat(hessian);
  const least = f64x2.splat(minHessian);
  const soft = f64x2.splat(l1);
  const ridge = f64x2.splat(l2);
  const zero = f64x2.splat(0);
  let boundary: i32 = 0;
  for (; boundary + 1 < boundaryCount; boundary += 2, bin += 32) {
    const a = v128.load(bin);
    const b = v128.load(bin, 16);
    // two empty bins score as the last boundary did
    if (boundary > 0 && !v128.any_true(v128.or(a, b))) continue;
    const first = f64x2.add(left, a);
    left = f64x2.add(first, b);
    const leftH = v128.shuffle<f64>(first, left, 1, 3);
    const rightH = f64x2.sub(h, leftH);
    const allowed = f64x2.ge(f64x2.pmin(leftH, rightH), least);
    if (!v128.any_true(allowed)) {
      // the left side only grows, so from here on the right one is too small
      if (f64x2.extract_lane(leftH, 0) >= minHessian) return;
      continue;
    }
    const leftG = v128.shuffle<f64>(first, left, 0, 2);
    const rightG = f64x2.sub(g, leftG);
    const l = f64x2.pmax(zero, f64x2.sub(f64x2.abs(leftG), soft));
    const r = f64x2.pmax(zero, f64x2.sub(f64x2.abs(rightG), soft));
    const leftD = f64x2.add(leftH, ridge);
    const rightD = f64x2.add(rightH, ridge);
    const numerator = f64x2.add(
      f64x2.mul(f64x2.mul(l, l), rightD),
      f64x2.mul(f64x2.mul(r, r), leftD),
    );
    const score = f64x2.div(numerator, f64x2.mul(leftD, rightD));
    const better = v128.and(allowed, f64x2.gt(score, f64x2.splat(best)));
    if (v128.any_true(better)) {
      if (i64x2.extract_lane(better, 0)) {
        best = f64x2.extract_lane(score, 0);
        keep(record, best, first, boundary, missingLeft);
      }
      if (i64x2.extract_lane(better, 1) && f64x2.extract_lane(score, 1) > best) {
        best = f64x2.extract_lane(score, 1);
        keep(record, best, left, boundary + 1, missingLeft);
      }
    }
  }
  if (boundary < boundaryCount) {
    left = f64x2.add(left, v128.load(bin));
    const leftH = f64x2.extract_lane(left, 1);
    const rightH = hessian - leftH;
    if (!(leftH >= minHessian && rightH >= minHessian)) return;
    const leftG = f64x2.extract_lane(left, 0);
    const l = max(0, abs(leftG) - l1);
    const r = max(0, abs(gradient - leftG) - l1);
    const leftD = leftH + l2;
    const rightD = rightH + l2;
    const score = (l * l * rightD + r * r * leftD) / (leftD * rightD);
    if (score > best) keep(record, score, left, boundary, missingLeft);
  }
}

// @ts-ignore: decorator
@inline
function keep(record: usize, score: f64, left: v128, bin: i32, missingLeft: i32): void {
  store<f64>(record, score);
  v128.store(record, left, 8);
  store<f64>(record, <f64>(2 * bin + missingLeft), 24);
}
