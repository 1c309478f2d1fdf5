/** Sums of a leaf and what its children must meet. */
export interface ScanTotals {
  gradient: number;
  hessian: number;
  /** the least hessian sum of a child */
  minHessian: number;
  l1: number;
  l2: number;
}

/** Rows a bin, where the estimate from hessians was not good enough. */
export interface ExactCounts {
  /** per bin of the column, missing last */
  counts: Uint32Array;
  /** rows of the leaf */
  rowCount: number;
  /** the least rows of a child */
  minCount: number;
}

/**
 * Best threshold of one numeric column, missing right and missing left; the twin of `scan` in `assembly/train/splits.ts`
 * (two boundaries a step, so that it gives up at the same one), which also takes exact counts.
 * @param doubles - holds the histogram and the record
 * @param first - index of the column's first bin in `doubles`
 * @param record - index of the split record in `doubles` (OUT): score (-1 for none), left gradient, left hessian, 2 * bin + missingLeft
 */
export function scanColumn(
  doubles: Float64Array,
  first: number,
  valueBins: number,
  hasMissing: boolean,
  totals: ScanTotals,
  record: number,
  exact?: ExactCounts,
): void {
  doubles[record] = -1;
  scan(doubles, first, valueBins, false, totals, record, exact);
  if (hasMissing) scan(doubles, first, valueBins, true, totals, record, exact);
}

function scan(
  doubles: Float64Array,
  first: number,
  valueBins: number,
  missingLeft: boolean,
  { gradient, hessian, minHessian, l1, l2 }: ScanTotals,
  record: number,
  exact: ExactCounts | undefined,
): void {
  const boundaryCount = valueBins - 1;
  const missing = first + 2 * valueBins;
  let leftG = missingLeft ? doubles[missing]! : 0;
  let leftH = missingLeft ? doubles[missing + 1]! : 0;
  let leftCount = missingLeft && exact ? exact.counts[valueBins]! : 0;
  let best = doubles[record]!;
  let allowedInPair = false;
  let leftHOfPair = 0;
  for (let boundary = 0; boundary < boundaryCount; boundary++) {
    leftG += doubles[first + 2 * boundary]!;
    leftH += doubles[first + 2 * boundary + 1]!;
    if (exact) leftCount += exact.counts[boundary]!;
    if ((boundary & 1) === 0) {
      allowedInPair = false;
      leftHOfPair = leftH;
    }
    const rightH = hessian - leftH;
    if (leftH >= minHessian && rightH >= minHessian) {
      allowedInPair = true;
      if (exact && !enough(exact, leftCount)) continue;
      const rightG = gradient - leftG;
      const l = soft(leftG, l1);
      const r = soft(rightG, l1);
      const leftD = leftH + l2;
      const rightD = rightH + l2;
      const score = (l * l * rightD + r * r * leftD) / (leftD * rightD);
      if (score > best) {
        best = score;
        doubles[record] = score;
        doubles[record + 1] = leftG;
        doubles[record + 2] = leftH;
        doubles[record + 3] = 2 * boundary + (missingLeft ? 1 : 0);
      }
    } else if ((boundary & 1) === 1 && !allowedInPair && leftHOfPair >= minHessian) {
      // the left side only grows, so from here on the right one is too small
      return;
    }
  }
}

/** Soft threshold without its sign, which squaring loses anyway. */
function soft(gradient: number, l1: number): number {
  return Math.max(0, Math.abs(gradient) - l1);
}

/** Whether both children have the rows they need. */
export function enough({ rowCount, minCount }: ExactCounts, leftCount: number): boolean {
  return leftCount >= minCount && rowCount - leftCount >= minCount;
}
