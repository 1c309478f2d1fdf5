import { totalOf } from '../counts/exactSum.js';
import type { CategoryState, NumericState } from '../counts/state.js';
import type { CategoryReference, NumericReference } from '../reference/reference.js';
import { type Comparison, compareCounts } from '../statistics/compareCounts.js';
import type { DriftOptions } from './driftOptions.js';
import type { DistributionChange } from './driftReport.js';
import { materialRate, undecided } from './rateChange.js';

/** Numbers held against those of training: by bins, and by the mean; not yet decided. */
export function numericChange(
  reference: NumericReference,
  field: NumericState,
  options: DriftOptions,
): DistributionChange {
  const missing = { current: field.missing, reference: reference.missing };
  const comparison = compareCounts(field.counts, reference.counts, missing, true);
  const change: DistributionChange = {
    name: reference.name,
    type: 'number',
    ...comparison,
    ...undecided(comparison.pValue, materialDistance(comparison, options)),
  };
  if (field.finite === 0) return change;
  const scale = reference.standardDeviation || 1;
  const zScore = totalOf(field.sum) / field.finite;
  const variance = totalOf(field.sumOfSquares) / field.finite - zScore * zScore;
  change.zScore = zScore;
  change.mean = reference.mean + zScore * scale;
  change.standardDeviation = Math.sqrt(Math.max(0, variance)) * scale;
  change.minimum = field.minimum;
  change.maximum = field.maximum;
  change.referenceMean = reference.mean;
  change.referenceStandardDeviation = reference.standardDeviation;
  if (Math.abs(zScore) >= options.driftZscoreThreshold) change.material = true;
  return change;
}

/** Levels held against those of training; not yet decided. */
export function categoryChange(
  reference: CategoryReference,
  field: CategoryState,
  options: DriftOptions,
): DistributionChange {
  const missing = { current: field.missing, reference: reference.missing };
  const counts = [...reference.counts, reference.otherCount];
  return countsChange(reference.name, field.counts, counts, missing, options);
}

/** Counts of unordered kinds, levels or classes, held against those of training; not yet decided. */
export function countsChange(
  name: string,
  current: ArrayLike<number>,
  reference: ArrayLike<number>,
  missing: { current: number; reference: number },
  options: DriftOptions,
): DistributionChange {
  const comparison = compareCounts(current, reference, missing, false);
  return {
    name,
    type: 'category',
    ...comparison,
    ...undecided(comparison.pValue, materialDistance(comparison, options)),
  };
}

function materialDistance(comparison: Comparison, options: DriftOptions): boolean {
  const { psi, jensenShannon, share } = comparison;
  if (psi >= options.psiThreshold || jensenShannon >= options.jensenShannonThreshold) return true;
  return share !== undefined && materialRate(share.current, share.reference, options);
}
