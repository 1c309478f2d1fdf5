import { SHARE_MARGIN } from '../calibrate';
import { exp, log } from './elementary';

// @ts-ignore: decorator
@inline
function pullIn(share: f64, classCount: f64): f64 {
  return share * (1 - classCount * SHARE_MARGIN) + SHARE_MARGIN;
}

/** The scalar twin of `costsInPlace` in ../calibrate.ts. */
export function costsInPlace(margins: usize, rowCount: i32, isShare: bool, a: f64, b: f64): void {
  for (const end = margins + 8 * rowCount; margins < end; margins += 8) {
    const margin = load<f64>(margins);
    let up: f64;
    let down: f64;
    if (isShare) {
      const share = pullIn(min<f64>(1, max<f64>(0, margin)), 2);
      up = -log(1 - share);
      down = -log(share);
    } else {
      const rest = log(1 + exp(-abs(margin)));
      up = max<f64>(margin, 0) + rest;
      down = max<f64>(-margin, 0) + rest;
    }
    store<f64>(margins, (b == 0 ? 0 : b * up) - (a == 0 ? 0 : a * down));
  }
}

/** The scalar twin of `shareLogsInPlace` in ../calibrate.ts. */
export function shareLogsInPlace(
  margins: usize,
  stride: usize,
  rowCount: i32,
  classCount: i32,
): void {
  const length = stride * <usize>classCount;
  for (const lastRow = margins + 8 * rowCount; margins < lastRow; margins += 8) {
    const end = margins + length;
    let sum: f64 = 0;
    for (let at = margins; at < end; at += stride) sum += max<f64>(0, load<f64>(at));
    for (let at = margins; at < end; at += stride) {
      const share = sum > 0 ? max<f64>(0, load<f64>(at)) / sum : 1 / <f64>classCount;
      store<f64>(at, log(pullIn(share, classCount)));
    }
  }
}
