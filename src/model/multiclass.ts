import { exp, log, sigmoid } from '../core/elementary.js';
import { type ClassCalibrator, pullIn } from './calibrator.js';
import type { Link } from './forest.js';

const NONE: ClassCalibrator = /* @__PURE__ */ Object.freeze({ kind: 'none' });

/**
 * The probabilities of several classes from their margins, in float64; see {@link Link}.
 *
 * A temperature divides the margins first: softmax `exp(m / T)`, one-vs-all `sigmoid(m / T)`, and shares, whose margins are
 * their logarithms, `p^(1/T)`, each divided by the sum over the classes. A share is pulled off 0 and 1 before its logarithm.
 * @param margins - row-major, `outputCount` a row
 * @returns the same shape; the probabilities of a row add up to 1
 */
export function classProbabilities(
  link: Link,
  margins: Float64Array,
  outputCount: number,
  calibrator: ClassCalibrator = NONE,
): Float64Array {
  const out = new Float64Array(margins.length);
  for (let start = 0; start < margins.length; start += outputCount) {
    classProbabilitiesInto(link, margins, start, outputCount, calibrator, out, start);
  }
  return out;
}

/** {@link classProbabilities} of the row that begins at `start`, written from `at` on; `out` may be `margins`. */
export function classProbabilitiesInto(
  link: Link,
  margins: ArrayLike<number>,
  start: number,
  outputCount: number,
  calibrator: ClassCalibrator,
  out: Float64Array,
  at: number,
): void {
  const scale = calibrator.kind === 'temperature' ? 1 / calibrator.temperature : 1;
  let greatest = -Infinity;
  for (let k = 0; k < outputCount; k++) greatest = Math.max(greatest, margins[start + k]!);
  for (let k = 0; k < outputCount; k++) {
    const margin = margins[start + k]!;
    if (link === 'softmax') out[at + k] = exp(scale * (margin - greatest));
    else out[at + k] = link === 'identity' ? Math.max(0, margin) : sigmoid(scale * margin);
  }
  divideBySum(out, at, outputCount);
  if (link !== 'identity' || calibrator.kind === 'none') return;
  for (let i = at; i < at + outputCount; i++) out[i] = log(pullIn(out[i]!, outputCount));
  classProbabilitiesInto('softmax', out, at, outputCount, calibrator, out, at);
}

/** All zero, or NaN, gives every class the same probability. */
function divideBySum(out: Float64Array, at: number, outputCount: number): void {
  let sum = 0;
  for (let i = at; i < at + outputCount; i++) sum += out[i]!;
  for (let i = at; i < at + outputCount; i++) out[i] = sum > 0 ? out[i]! / sum : 1 / outputCount;
}

/** The class of the greatest of the `classCount` probabilities from `start` on; of equal ones the lowest class. */
export function greatestClass(
  probabilities: ArrayLike<number>,
  start: number,
  classCount: number,
): number {
  let best = 0;
  for (let k = 1; k < classCount; k++) {
    if (probabilities[start + k]! > probabilities[start + best]!) best = k;
  }
  return best;
}
