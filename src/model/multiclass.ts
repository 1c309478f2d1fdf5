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
    let greatest = -Infinity;
    for (let i = start; i < start + outputCount; i++) greatest = Math.max(greatest, margins[i]!);
    let sum = 0;
    for (let i = start; i < start + outputCount; i++) {
      const margin = margins[i]!;
      if (link === 'logit') out[i] = sigmoid(margin);
      else if (link === 'identity') out[i] = Math.max(0, margin);
      else out[i] = exp(margin - greatest);
      sum += out[i]!;
    }
    for (let i = start; i < start + outputCount; i++) {
      out[i] = sum > 0 ? out[i]! / sum : 1 / outputCount;
    }
  }
  return out;
}
