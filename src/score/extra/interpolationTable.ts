import type { Calibrator } from '../../model/calibrator.js';

/** The knots of an isotonic calibration as assembly/score/interpolate.ts reads them. */
export interface InterpolationTable {
  values: Float64Array;
  knotCount: number;
  /** of a binary search */
  steps: number;
}

/**
 * Lays the knots out, with the slope from each to the next: the division of `calibrate`, done once.
 * @returns undefined for knots that the table cannot do with the same bits: so close that a slope is no finite number, or a -0
 * that a sum would turn into 0. Their rows are interpolated in JavaScript.
 */
export function layInterpolation({
  x,
  y,
}: Extract<Calibrator, { kind: 'isotonic' }>): InterpolationTable | undefined {
  const knotCount = x.length;
  const steps = Math.ceil(Math.log2(knotCount));
  const first = 2 ** steps;
  const values = new Float64Array(first + 2 * knotCount).fill(Infinity, 0, first);
  for (let knot = 0; knot < knotCount; knot++) {
    const isLast = knot + 1 === knotCount;
    const slope = isLast ? 0 : (y[knot + 1]! - y[knot]!) / (x[knot + 1]! - x[knot]!);
    if (!Number.isFinite(slope) || Object.is(y[knot], -0)) return undefined;
    values[knot] = x[knot]!;
    values[first + 2 * knot] = y[knot]!;
    values[first + 2 * knot + 1] = slope;
  }
  return { values, knotCount, steps };
}
