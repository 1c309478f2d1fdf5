import type { NumericReference } from '../reference/reference.js';

/** Where two distributions differ the most: the share of values above a number, now and in training. */
export interface QuantileShift {
  /** an edge of the reference's bins */
  above: number;
  /** share of the values seen that are greater */
  rate: number;
  referenceRate: number;
}

/** How far two distributions of numbers are apart, seen through the bins of the reference. Missing values are left out. */
export interface GridDistance {
  /** the greatest difference of the two distribution functions at an edge (Kolmogorov-Smirnov), in [0, 1] */
  kolmogorovSmirnov: number;
  /** how far a value moved on average (the Wasserstein or earth mover's distance), in training standard deviations */
  wasserstein: number;
  /** the greatest differences of either sign: of the shares above an edge that grew, and of those that shrank; >= 0 */
  rise: number;
  fall: number;
  /** the edge of the greatest difference, the first of equal ones */
  shift: QuantileShift;
}

/**
 * Distances on the reference's bins. A value stands for the mean of the training values of its bin, so a single wild value
 * moves no distance further than its bin is. O(bins).
 * @param counts - rows a bin
 * @returns undefined when the reference has one bin only, or there are no values on either side.
 */
export function gridDistance(
  { edges, counts: then, centers, standardDeviation }: NumericReference,
  counts: ArrayLike<number>,
): GridDistance | undefined {
  const rowCount = sum(counts);
  const referenceRowCount = sum(then);
  if (rowCount === 0 || referenceRowCount === 0 || edges.length === 0) return undefined;
  let rowsAbove = rowCount;
  let referenceRowsAbove = referenceRowCount;
  let rise = 0;
  let fall = 0;
  let area = 0;
  let shift: QuantileShift | undefined;
  for (const [bin, above] of edges.entries()) {
    rowsAbove -= counts[bin]!;
    referenceRowsAbove -= then[bin]!;
    const here = {
      above,
      rate: rowsAbove / rowCount,
      referenceRate: referenceRowsAbove / referenceRowCount,
    };
    const difference = here.rate - here.referenceRate;
    rise = Math.max(rise, difference);
    fall = Math.max(fall, -difference);
    area += Math.abs(difference) * (centers[bin + 1]! - centers[bin]!);
    if (!shift || Math.abs(difference) > distanceOf(shift)) shift = here;
  }
  return {
    kolmogorovSmirnov: Math.max(rise, fall),
    wasserstein: area / (standardDeviation || 1),
    rise,
    fall,
    shift: shift!,
  };
}

/** |rate - training rate|, in [0, 1]; 0 when there is no shift to speak of. */
export function distanceOf(shift: QuantileShift | undefined): number {
  return shift ? Math.abs(shift.rate - shift.referenceRate) : 0;
}

function sum(counts: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i]!;
  return total;
}
