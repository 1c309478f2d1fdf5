import type { DriftOptions } from '../monitorOptions.js';
import { type Alternative, type Proportion, proportionTest } from '../statistics/proportionTest.js';
import type { RateChange, Verdict } from './driftReport.js';

/**
 * A rate held against that of training: its p-value and whether it is material; not yet decided.
 * @param alternative - `greater`: a rate below that of training is nothing to speak of
 */
export function rateChange(
  current: Proportion,
  reference: Proportion,
  alternative: Alternative,
  options: DriftOptions,
): RateChange {
  const rate = current.rowCount === 0 ? 0 : current.hits / current.rowCount;
  const referenceRate = reference.hits / reference.rowCount;
  return {
    rate,
    referenceRate,
    ...undecided(
      proportionTest(current, reference, alternative),
      (alternative === 'different' || rate > referenceRate) &&
        materialRate(rate, referenceRate, options),
    ),
  };
}

/**
 * {@link rateChange} of rows without a value. That a field which is hardly ever there becomes rarer still is material only when a
 * twentieth of all rows lost it.
 */
export function missingChange(
  current: Proportion,
  reference: Proportion,
  options: DriftOptions,
): RateChange {
  const change = rateChange(current, reference, 'greater', options);
  const { rate, referenceRate } = change;
  if (rate < options.rateRatioThreshold * referenceRate && shiftOf(change) < LOST_SHARE) {
    change.material = false;
  }
  return change;
}

const LOST_SHARE = 0.05;

/** {@link rateChange} of predictions: a shift of `classRateShiftThreshold` is material whatever its factor. */
export function predictedRateChange(
  current: Proportion,
  reference: Proportion,
  options: DriftOptions,
): RateChange {
  const change = rateChange(current, reference, 'different', options);
  if (shiftOf(change) >= options.classRateShiftThreshold) change.material = true;
  return change;
}

/** |rate - training rate| */
export function shiftOf({ rate, referenceRate }: RateChange): number {
  return Math.abs(rate - referenceRate);
}

/** Both the difference and the factor count, the factor of the rate or of its complement. */
export function materialRate(a: number, b: number, options: DriftOptions): boolean {
  const low = Math.min(a, b);
  const high = Math.max(a, b);
  if (!(high - low >= options.rateChangeThreshold)) return false;
  const ratio = options.rateRatioThreshold;
  return high >= ratio * low || 1 - low >= ratio * (1 - high);
}

/** A verdict that waits for the p-values of the whole assessment. */
export function undecided(pValue: number, material: boolean): Verdict {
  return { pValue, adjustedPValue: 1, significant: false, material, changed: false };
}
