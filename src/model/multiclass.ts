import { exp, sigmoid } from '../core/elementary.js';
import type { Link } from './forest.js';

/**
 * The probabilities of several classes from their margins, in float64; see {@link Link}.
 * @param margins - row-major, `outputCount` a row
 * @returns the same shape; the probabilities of a row add up to 1
 */
export function classProbabilities(
  link: Link,
  margins: Float64Array,
  outputCount: number,
): Float64Array {
  const out = new Float64Array(margins.length);
  for (let start = 0; start < margins.length; start += outputCount) {
    classProbabilitiesInto(link, margins, start, outputCount, out, start);
  }
  return out;
}

/** {@link classProbabilities} of the row that begins at `start`, written from `at` on; `out` may be `margins`. */
export function classProbabilitiesInto(
  link: Link,
  margins: ArrayLike<number>,
  start: number,
  outputCount: number,
  out: Float64Array,
  at: number,
): void {
  let greatest = -Infinity;
  for (let k = 0; k < outputCount; k++) greatest = Math.max(greatest, margins[start + k]!);
  let sum = 0;
  for (let k = 0; k < outputCount; k++) {
    const margin = margins[start + k]!;
    let value: number;
    if (link === 'logit') value = sigmoid(margin);
    else if (link === 'identity') value = Math.max(0, margin);
    else value = exp(margin - greatest);
    out[at + k] = value;
    sum += value;
  }
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
