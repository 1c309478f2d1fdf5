import type { NumericState } from '../counts/state.js';
import type { NumericReference } from '../reference/reference.js';

/** Where two distributions differ the most: the share of values above a number, now and in training. */
export interface QuantileShift {
  /** an edge of the reference's bins */
  above: number;
  /** share of the values seen that are greater */
  rate: number;
  referenceRate: number;
}

/**
 * The edge at which the shares above differ the most, the first of equal ones: the Kolmogorov-Smirnov distance, on the bins
 * of the reference. Missing values are left out.
 * @returns undefined when the reference has one bin only, or there are no values on either side.
 */
export function quantileShift(
  { edges, counts: then }: NumericReference,
  { counts: now }: NumericState,
): QuantileShift | undefined {
  const rowCount = now.reduce((sum, count) => sum + count, 0);
  const referenceRowCount = then.reduce((sum, count) => sum + count, 0);
  if (rowCount === 0 || referenceRowCount === 0) return undefined;
  let rowsAbove = rowCount;
  let referenceRowsAbove = referenceRowCount;
  let best: QuantileShift | undefined;
  for (const [bin, above] of edges.entries()) {
    rowsAbove -= now[bin]!;
    referenceRowsAbove -= then[bin]!;
    const shift = {
      above,
      rate: rowsAbove / rowCount,
      referenceRate: referenceRowsAbove / referenceRowCount,
    };
    if (!best || distanceOf(shift) > distanceOf(best)) best = shift;
  }
  return best;
}

/** |rate - training rate|, in [0, 1]; 0 when there is no shift to speak of. */
export function distanceOf(shift: QuantileShift | undefined): number {
  return shift ? Math.abs(shift.rate - shift.referenceRate) : 0;
}
