import { type BoundedTotals, boundedPairScore } from './boundedGain.js';
import { type ExactCounts, enough } from './scanColumn.js';

/**
 * {@link scanColumn} for a leaf whose values have bounds, or a column with a direction; the twin of `assembly/train/boundedSplits.ts`,
 * which also takes exact counts.
 * @param direction - -1, 0 or 1: how the right child's value may differ from the left one's
 * @param record - index of the split record in `doubles` (OUT): score (-Infinity for none, and it may be negative), left gradient,
 *   left hessian, 2 * bin + missingLeft
 */
export function scanBoundedColumn(
  doubles: Float64Array,
  first: number,
  valueBins: number,
  hasMissing: boolean,
  direction: number,
  totals: BoundedTotals,
  record: number,
  exact?: ExactCounts,
): void {
  doubles.fill(0, record, record + 4);
  doubles[record] = -Infinity;
  const { hessian, minHessian } = totals;
  const missing = first + 2 * valueBins;
  for (let side = 0; side <= (hasMissing ? 1 : 0); side++) {
    let leftG = side ? doubles[missing]! : 0;
    let leftH = side ? doubles[missing + 1]! : 0;
    let leftCount = side && exact ? exact.counts[valueBins]! : 0;
    for (let boundary = 0; boundary < valueBins - 1; boundary++) {
      leftG += doubles[first + 2 * boundary]!;
      leftH += doubles[first + 2 * boundary + 1]!;
      if (exact) leftCount += exact.counts[boundary]!;
      if (!(leftH >= minHessian && hessian - leftH >= minHessian)) continue;
      if (exact && !enough(exact, leftCount)) continue;
      const score = boundedPairScore(leftG, leftH, direction, totals);
      if (!(score > doubles[record]!)) continue;
      doubles[record] = score;
      doubles[record + 1] = leftG;
      doubles[record + 2] = leftH;
      doubles[record + 3] = 2 * boundary + side;
    }
  }
}
