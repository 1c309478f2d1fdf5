import { exp, log } from '../../core/elementary.js';
import type { LogisticProblem } from './problem.js';

/** Σ weight · loss at a point of a line, and how fast it changes along the line. */
export interface LossPoint {
  value: number;
  slope: number;
}

/**
 * The summed loss at `margins + t * stepMargins`. O(rows * outputs), however many columns there are.
 * @param margins - row-major, length rowCount * outputCount (IN)
 * @param stepMargins - of the same shape (IN)
 * @param residuals - weight · ∂loss/∂margin there, of the same shape; overwritten (OUT)
 */
export function lossAlong(
  problem: LogisticProblem,
  margins: Float64Array,
  stepMargins: Float64Array,
  t: number,
  residuals: Float64Array,
): LossPoint {
  return problem.outputCount === 1
    ? binaryLoss(problem, margins, stepMargins, t, residuals)
    : softmaxLoss(problem, margins, stepMargins, t, residuals);
}

function binaryLoss(
  { rowCount, target, weight }: LogisticProblem,
  margins: Float64Array,
  stepMargins: Float64Array,
  t: number,
  residuals: Float64Array,
): LossPoint {
  let value = 0;
  let slope = 0;
  for (let row = 0; row < rowCount; row++) {
    const step = stepMargins[row]!;
    const margin = margins[row]! + t * step;
    const y = target[row]!;
    const w = weight[row]!;
    const e = exp(-Math.abs(margin));
    // of the likelier class 1 / (1 + e), of the other e / (1 + e); the difference to 1 without cancellation
    const less = e / (1 + e);
    const residual = margin < 0 ? (y === 0 ? less : less - 1) : y === 0 ? 1 / (1 + e) : -less;
    value += w * (Math.max(margin, 0) + log(1 + e) - y * margin);
    slope += w * residual * step;
    residuals[row] = w * residual;
  }
  return { value, slope };
}

function softmaxLoss(
  { rowCount, outputCount, target, weight }: LogisticProblem,
  margins: Float64Array,
  stepMargins: Float64Array,
  t: number,
  residuals: Float64Array,
): LossPoint {
  let value = 0;
  let slope = 0;
  let at = 0;
  for (let row = 0; row < rowCount; row++, at += outputCount) {
    let greatest = -Infinity;
    for (let k = at; k < at + outputCount; k++) {
      const margin = margins[k]! + t * stepMargins[k]!;
      residuals[k] = margin;
      if (margin > greatest) greatest = margin;
    }
    const own = at + target[row]!;
    const ownMargin = residuals[own]!;
    let others = 0;
    for (let k = at; k < own; k++) others += residuals[k] = exp(residuals[k]! - greatest);
    for (let k = own + 1; k < at + outputCount; k++) {
      others += residuals[k] = exp(residuals[k]! - greatest);
    }
    const sum = others + exp(ownMargin - greatest);
    // p - 1 without cancellation
    residuals[own] = -others;
    const w = weight[row]!;
    value += w * (greatest - ownMargin + log(sum));
    const scale = w / sum;
    for (let k = at; k < at + outputCount; k++) {
      const residual = residuals[k]! * scale;
      residuals[k] = residual;
      slope += residual * stepMargins[k]!;
    }
  }
  return { value, slope };
}

/**
 * The second derivatives of the mean loss by the margins of two outputs, per row: weight · p_k · ([k = l] - p_l) / W.
 * @param residuals - as {@link lossAlong} leaves them (IN)
 * @param out - overwritten, length rowCount (OUT)
 */
export function curvaturesInto(
  problem: LogisticProblem,
  residuals: Float64Array,
  k: number,
  l: number,
  out: Float64Array,
): void {
  const { rowCount, outputCount, target, weight, totalWeight } = problem;
  for (let row = 0; row < rowCount; row++) {
    const w = weight[row]!;
    // |residual| / weight is p, or 1 - p where the class is the row's own
    const r = Math.abs(residuals[row * outputCount + k]!) / w;
    if (k === l) out[row] = (w * r * (1 - r)) / totalWeight;
    else {
      const s = Math.abs(residuals[row * outputCount + l]!) / w;
      const own = target[row]!;
      out[row] = (-w * (own === k ? 1 - r : r) * (own === l ? 1 - s : s)) / totalWeight;
    }
  }
}
