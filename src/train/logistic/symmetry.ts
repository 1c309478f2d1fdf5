import type { LogisticProblem } from './problem.js';

/**
 * With several classes, a constant added to all weights of a column changes no probability. Picks one of the equal minima where
 * the penalty leaves a choice: for the intercepts, and for the weights when there is no penalty, those of mean 0; with l1
 * alone those of which a middle one is 0, and of the two ways of an even number of classes the one of least Σw².
 * (With l2 there is no choice.)
 * @param parameters - changed in place
 */
export function chooseRepresentative(
  { outputCount, parameterCount, penalisedCount, l1, l2 }: LogisticProblem,
  parameters: Float64Array,
): void {
  if (outputCount === 1) return;
  for (let start = 0; start < parameterCount; start += outputCount) {
    const weights = parameters.subarray(start, start + outputCount);
    if (start < penalisedCount && l2 > 0) continue;
    const mean = weights.reduce((sum, weight) => sum + weight, 0) / outputCount;
    const shift = start < penalisedCount && l1 > 0 ? medianNearest(weights, mean) : mean;
    for (let k = 0; k < outputCount; k++) weights[k]! -= shift;
  }
}

/** The median; of the two middle values of an even number the one nearer to the mean, the lower when both are. */
function medianNearest(values: Float64Array, mean: number): number {
  const sorted = values.slice().sort();
  const upper = sorted[values.length >> 1]!;
  const lower = sorted[(values.length - 1) >> 1]!;
  return upper - mean < mean - lower ? upper : lower;
}
