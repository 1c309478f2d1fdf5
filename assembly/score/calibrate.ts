import { expOf, logOf } from './elementary';

/** how far shares are kept off 0 and 1, see src/model/calibrator.ts */
export const SHARE_MARGIN: f64 = 1.0 / 1024.0;

/** A share of one of `classCount` classes, moved off 0 and 1. */
// @ts-ignore: decorator
@inline
function pullIn(share: v128, classCount: f64): v128 {
  return f64x2.add(
    f64x2.mul(share, f64x2.splat(1 - classCount * SHARE_MARGIN)),
    f64x2.splat(SHARE_MARGIN),
  );
}

/**
 * Replaces margins by `b * -log(1 - p) - a * -log p`, p being the logistic function of the margin or, of shares, the margin
 * itself: a beta calibration but for its constant, and the log-odds where a and b are 1. A term with the factor 0 stays out.
 * Reads and writes up to the next multiple of two rows.
 */
export function costsInPlace(margins: usize, rowCount: i32, isShare: bool, a: f64, b: f64): void {
  const zero = f64x2.splat(0);
  const one = f64x2.splat(1);
  for (const end = margins + 8 * rowCount; margins < end; margins += 16) {
    const margin = v128.load(margins);
    let up: v128;
    let down: v128;
    if (isShare) {
      const share = pullIn(f64x2.min(one, f64x2.max(zero, margin)), 2);
      up = f64x2.neg(logOf(f64x2.sub(one, share)));
      down = f64x2.neg(logOf(share));
    } else {
      const rest = logOf(f64x2.add(one, expOf(f64x2.neg(f64x2.abs(margin)))));
      up = f64x2.add(f64x2.max(margin, zero), rest);
      down = f64x2.add(f64x2.max(f64x2.neg(margin), zero), rest);
    }
    up = b == 0 ? zero : f64x2.mul(f64x2.splat(b), up);
    down = a == 0 ? zero : f64x2.mul(f64x2.splat(a), down);
    v128.store(margins, f64x2.sub(up, down));
  }
}

/**
 * Replaces the margins of classes by the logarithms of their shares: clamped at 0, divided by their sum, pulled off 0 and 1.
 * Reads and writes up to the next multiple of two rows.
 */
export function shareLogsInPlace(
  margins: usize,
  stride: usize,
  rowCount: i32,
  classCount: i32,
): void {
  const zero = f64x2.splat(0);
  const length = stride * <usize>classCount;
  const equal = f64x2.splat(1 / <f64>classCount);
  for (const lastRow = margins + 8 * rowCount; margins < lastRow; margins += 16) {
    const end = margins + length;
    let sum = zero;
    for (let at = margins; at < end; at += stride) {
      sum = f64x2.add(sum, f64x2.max(zero, v128.load(at)));
    }
    const isPositive = f64x2.gt(sum, zero);
    for (let at = margins; at < end; at += stride) {
      const share = f64x2.div(f64x2.max(zero, v128.load(at)), sum);
      v128.store(at, logOf(pullIn(v128.bitselect(share, equal, isPositive), classCount)));
    }
  }
}
