import { OTHER_LEVELS, UNSEEN_LEVELS } from '../drift/distributionChange.js';
import type { DistributionChange, LevelShare, Moments } from '../drift/driftReport.js';
import type { GridDistance } from '../drift/gridDistance.js';

/** A share as people write it: `12 %`, `3.4 %`, `0.25 %`. */
export function percent(rate: number): string {
  const value = 100 * rate;
  if (value === 0 || value === 100) return `${value} %`;
  if (value > 99.9) return '> 99.9 %';
  if (value < 0.01) return '< 0.01 %';
  if (value < 1) return `${Number(value.toPrecision(2))} %`;
  return `${value < 10 || value > 99 ? Number(value.toFixed(1)) : Math.round(value)} %`;
}

/** A number with four digits that count, whole numbers whole: `1999`, `0.0123`, `12.35`. */
export function figure(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return String(value);
  return String(Number(value.toPrecision(4)));
}

/** `12 % (in training 3 %)` */
export function beside({
  rate,
  referenceRate,
}: Pick<LevelShare, 'rate' | 'referenceRate'>): string {
  return `${percent(rate)} (in training ${percent(referenceRate)})`;
}

/** What a distribution did, as the end of a sentence that begins with its name. */
export function movement(change: DistributionChange): string {
  const { grid, moments, movedLevels = [], share } = change;
  if (change.type === 'category') return levels(movedLevels);
  if (moments && moments.minimum === moments.maximum && moments.referenceStandardDeviation > 0) {
    const { minimum, referenceMinimum: least, referenceMaximum: greatest } = moments;
    return `is ${figure(minimum)} in every row (in training ${figure(least)} to ${figure(greatest)})`;
  }
  if (moments && moments.referenceMinimum === moments.referenceMaximum) {
    const { minimum, maximum, referenceMinimum: only } = moments;
    return `is ${figure(minimum)} to ${figure(maximum)} (in training ${figure(only)} in every row)`;
  }
  if (!grid) return 'is distributed otherwise';
  if (share) return `is above ${figure(grid.shift.above)} in ${beside(grid.shift)}`;
  return moments && isSpread(grid)
    ? spread(moments)
    : `is ${grid.rise > grid.fall ? 'higher' : 'lower'}: above ${figure(grid.shift.above)} in ${beside(grid.shift)}`;
}

/** Whether values moved both ways rather than one. */
function isSpread({ rise, fall }: GridDistance): boolean {
  return Math.min(rise, fall) > Math.max(rise, fall) / 2;
}

function spread({ standardDeviation, referenceStandardDeviation: before }: Moments): string {
  if (standardDeviation > 1.1 * before) {
    return `is spread wider: standard deviation ${figure(standardDeviation)} (in training ${figure(before)})`;
  }
  if (standardDeviation < before / 1.1) {
    return `is spread less: standard deviation ${figure(standardDeviation)} (in training ${figure(before)})`;
  }
  return 'is distributed otherwise, with about the same mean and spread';
}

function levels(moved: readonly LevelShare[]): string {
  if (moved.length === 0) return 'is distributed otherwise';
  return moved.map((share) => `${quoted(share.level)} ${beside(share)}`).join(', ');
}

function quoted(level: string): string {
  return level === OTHER_LEVELS || level === UNSEEN_LEVELS ? level : JSON.stringify(level);
}
