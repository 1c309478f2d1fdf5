import { type BoundedTotals, boundedPairScore } from './boundedGain.js';
import { type ExactCounts, enough } from './scanColumn.js';

/** A leaf of a level: what it takes away undivided, and what a division must gain over that to be made. */
export interface LevelTotals extends BoundedTotals {
  ownScore: number;
  leastGain: number;
}

/**
 * Adds what one leaf of a level gains at each threshold of a numeric column to the gains of the level: nothing where the leaf would stay
 * whole. The twin of `assembly/train/levelGains.ts`, which also takes exact counts.
 * @param first - index of the column's first bin in `doubles`
 * @param gains - index of the column's first pair of gains (IN and OUT): per bin, with missing right and with missing left
 */
export function addColumnGains(
  doubles: Float64Array,
  first: number,
  valueBins: number,
  hasMissing: boolean,
  direction: number,
  totals: LevelTotals,
  gains: number,
  exact?: ExactCounts,
): void {
  const { hessian, minHessian, ownScore, leastGain } = totals;
  const missing = first + 2 * valueBins;
  for (let side = 0; side < 2; side++) {
    const missingLeft = hasMissing && side === 1;
    let leftG = missingLeft ? doubles[missing]! : 0;
    let leftH = missingLeft ? doubles[missing + 1]! : 0;
    let leftCount = missingLeft && exact ? exact.counts[valueBins]! : 0;
    for (let boundary = 0; boundary < valueBins - 1; boundary++) {
      leftG += doubles[first + 2 * boundary]!;
      leftH += doubles[first + 2 * boundary + 1]!;
      if (exact) leftCount += exact.counts[boundary]!;
      if (!(leftH >= minHessian && hessian - leftH >= minHessian)) continue;
      if (exact && !enough(exact, leftCount)) continue;
      const gain = boundedPairScore(leftG, leftH, direction, totals) - ownScore;
      if (gain > leastGain) doubles[gains + 2 * boundary + side]! += gain;
    }
  }
}
