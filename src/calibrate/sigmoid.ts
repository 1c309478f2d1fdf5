import { exp, log, sigmoid } from '../core/elementary.js';
import type { Calibrator } from '../model/calibrator.js';

const MAX_ITERATIONS = 100;
/** mean gradient at which the search ends */
const TOLERANCE = 1e-10;

/**
 * Platt scaling: `sigmoid(slope * margin + intercept)` of least log loss (Platt 1999). The labels are first pulled in to
 * (N₊ + 1)/(N₊ + 2) and 1/(N₋ + 2), which keeps separable margins from an infinite slope. Newton's method with
 * backtracking, in the stable form of Lin, Lin and Weng (2007). O(rows) an iteration.
 * @param margins - one a row, finite
 * @param labels - 0 or 1 a row
 */
export function fitSigmoid(
  margins: Float64Array,
  labels: Uint8Array,
): Extract<Calibrator, { kind: 'sigmoid' }> {
  const targets = priorCorrected(labels);
  const rowCount = margins.length;
  let slope = 0;
  let intercept = 0;
  let loss = meanLoss(margins, targets, slope, intercept);
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    let [g, gx, h, hx, hxx] = [0, 0, 0, 0, 0];
    for (let row = 0; row < rowCount; row++) {
      const x = margins[row]!;
      const p = sigmoid(slope * x + intercept);
      const residual = p - targets[row]!;
      const curvature = p * (1 - p);
      g += residual;
      gx += residual * x;
      h += curvature;
      hx += curvature * x;
      hxx += curvature * x * x;
    }
    if (Math.max(Math.abs(g), Math.abs(gx)) <= TOLERANCE * rowCount) break;
    // the ridge keeps equal margins, whose slope is free, solvable
    const ridge = 1e-12 * (h + hxx) + Number.MIN_VALUE;
    const determinant = (h + ridge) * (hxx + ridge) - hx * hx;
    const slopeStep = -((h + ridge) * gx - hx * g) / determinant;
    const interceptStep = -((hxx + ridge) * g - hx * gx) / determinant;
    let t = 1;
    let tried = loss;
    for (; t > 1e-10; t /= 2) {
      tried = meanLoss(margins, targets, slope + t * slopeStep, intercept + t * interceptStep);
      if (tried < loss) break;
    }
    if (!(tried < loss)) break;
    slope += t * slopeStep;
    intercept += t * interceptStep;
    loss = tried;
  }
  return { kind: 'sigmoid', slope, intercept };
}

function priorCorrected(labels: Uint8Array): Float64Array {
  let positiveCount = 0;
  for (let row = 0; row < labels.length; row++) positiveCount += labels[row]!;
  const high = (positiveCount + 1) / (positiveCount + 2);
  const low = 1 / (labels.length - positiveCount + 2);
  return Float64Array.from(labels, (label) => (label === 1 ? high : low));
}

function meanLoss(
  margins: Float64Array,
  targets: Float64Array,
  slope: number,
  intercept: number,
): number {
  let total = 0;
  for (let row = 0; row < margins.length; row++) {
    const x = slope * margins[row]! + intercept;
    total += Math.max(x, 0) - targets[row]! * x + log(1 + exp(-Math.abs(x)));
  }
  return total / margins.length;
}
