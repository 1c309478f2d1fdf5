import { sigmoid } from '../core/elementary.js';
import type { Link } from './forest.js';

/**
 * From the margin to a calibrated probability.
 *
 * - none: the link itself (logistic function, or the margin clamped to [0, 1]).
 * - sigmoid: `sigmoid(slope * margin + intercept)` (Platt 1999).
 * - isotonic: piecewise linear through the knots `(x, y)`, flat outside; `x` strictly ascending, `y` non-decreasing.
 */
export type Calibrator =
  | { kind: 'none' }
  | { kind: 'sigmoid'; slope: number; intercept: number }
  | { kind: 'isotonic'; x: number[]; y: number[] };

/** The probability of the positive class, in float64. */
export function calibrate(calibrator: Calibrator, link: Link, margin: number): number {
  switch (calibrator.kind) {
    case 'none':
      return link === 'logit' ? sigmoid(margin) : Math.min(1, Math.max(0, margin));
    case 'sigmoid':
      return sigmoid(calibrator.slope * margin + calibrator.intercept);
    case 'isotonic':
      return interpolate(calibrator.x, calibrator.y, margin);
  }
}

function interpolate(x: readonly number[], y: readonly number[], at: number): number {
  const last = x.length - 1;
  if (!(at > x[0]!)) return y[0]!;
  if (at >= x[last]!) return y[last]!;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle]! <= at) low = middle;
    else high = middle;
  }
  const slope = (y[high]! - y[low]!) / (x[high]! - x[low]!);
  return y[low]! + slope * (at - x[low]!);
}
