import { totalOf } from '../counts/exactSum.js';
import { type CategoryState, finiteCount, type NumericState } from '../counts/state.js';
import type { DriftOptions } from '../monitorOptions.js';
import type { CategoryReference, NumericReference } from '../reference/reference.js';
import { type Comparison, compareCounts } from '../statistics/compareCounts.js';
import type { DistributionChange, LevelShare, Moments } from './driftReport.js';
import { gridDistance } from './gridDistance.js';
import { materialRate, undecided } from './rateChange.js';

/** Levels that a change names. */
const LEVELS_NAMED = 3;

/** What stands for levels that have no name of their own: those of training, and those that training has not seen. */
export const OTHER_LEVELS = 'all others';
export const UNSEEN_LEVELS = 'never seen in training';

/** Numbers held against those of training: by bins, and by the mean; not yet decided. */
export function numericChange(
  reference: NumericReference,
  field: NumericState,
  options: DriftOptions,
): DistributionChange {
  const missing = { current: field.missing, reference: reference.missing };
  const bins = comparedBins(reference, field);
  const comparison = compareCounts(bins.current, bins.reference, missing, true);
  const moments = momentsOf(reference, field);
  const grid = gridDistance(reference, field.counts);
  const change: DistributionChange = {
    name: reference.name,
    type: 'number',
    ...comparison,
    ...undecided(comparison.pValue, materialDistance(comparison, options)),
    ...(moments && { moments }),
    ...(grid && { grid }),
  };
  if (moments && Math.abs(moments.zScore) >= options.driftZscoreThreshold) change.material = true;
  return change;
}

/** The reference's bins. What was the same in every training row has but one: there it is that value, less and more. */
function comparedBins(
  { edges, counts }: NumericReference,
  field: NumericState,
): { current: ArrayLike<number>; reference: ArrayLike<number> } {
  if (edges.length > 0) return { current: field.counts, reference: counts };
  const { below, above } = field;
  return {
    current: [below, field.counts[0]! - below - above, above],
    reference: [0, counts[0]!, 0],
  };
}

function momentsOf(reference: NumericReference, field: NumericState): Moments | undefined {
  const finite = finiteCount(field);
  if (finite === 0) return undefined;
  const scale = reference.standardDeviation || 1;
  const zScore = totalOf(field.sum, 0) / finite;
  const variance = totalOf(field.sumOfSquares, 0) / finite - zScore * zScore;
  return {
    zScore,
    mean: reference.mean + zScore * scale,
    standardDeviation: Math.sqrt(Math.max(0, variance)) * scale,
    minimum: field.minimum,
    maximum: field.maximum,
    referenceMean: reference.mean,
    referenceStandardDeviation: reference.standardDeviation,
    referenceMinimum: reference.minimum,
    referenceMaximum: reference.maximum,
  };
}

/** Levels held against those of training; not yet decided. */
export function categoryChange(
  reference: CategoryReference,
  field: CategoryState,
  options: DriftOptions,
): DistributionChange {
  const missing = { current: field.missing, reference: reference.missing };
  const compared = withoutRareLevels(reference, field.counts);
  const comparison = compareCounts(compared.current, compared.reference, missing, false);
  const named = reference.levels.length;
  const shown = [
    ...field.counts.subarray(0, named),
    field.counts[named]! - field.unseen,
    field.unseen,
  ];
  return unorderedChange(
    reference.name,
    comparison,
    movedLevels([...reference.levels, OTHER_LEVELS, UNSEEN_LEVELS], shown, [
      ...reference.counts,
      reference.otherCount,
      0,
    ]),
    options,
  );
}

// training rows from which on a level of a field with a long tail is compared by itself
const KNOWN_ROWS = 20;

/**
 * Counts to compare, all other levels last. Where training has met a tail of rare levels, those that it met twice rather than never are
 * the ones that it met too often for what they are, and would be found to have become rarer in rows that have not changed. So they
 * are compared together with what training met once or not at all.
 */
function withoutRareLevels(
  { counts, otherCount, singletons }: CategoryReference,
  current: Float64Array,
): { current: number[]; reference: number[] } {
  const hasTail = otherCount > 0 || singletons > 0;
  const compared = { current: [] as number[], reference: [] as number[] };
  const others = { current: current[counts.length]!, reference: otherCount };
  counts.forEach((count, level) => {
    if (hasTail && count < KNOWN_ROWS) {
      others.current += current[level]!;
      others.reference += count;
    } else {
      compared.current.push(current[level]!);
      compared.reference.push(count);
    }
  });
  compared.current.push(others.current);
  compared.reference.push(others.reference);
  return compared;
}

/** Counts of classes held against those of training; not yet decided. */
export function classesChange(
  name: string,
  classes: readonly string[],
  current: ArrayLike<number>,
  reference: ArrayLike<number>,
  options: DriftOptions,
): DistributionChange {
  const none = { current: 0, reference: 0 };
  return unorderedChange(
    name,
    compareCounts(current, reference, none, false),
    movedLevels(classes, current, reference),
    options,
  );
}

function unorderedChange(
  name: string,
  comparison: Comparison,
  moved: LevelShare[],
  options: DriftOptions,
): DistributionChange {
  return {
    name,
    type: 'category',
    ...comparison,
    ...undecided(comparison.pValue, materialDistance(comparison, options)),
    movedLevels: moved,
  };
}

function movedLevels(
  levels: readonly string[],
  current: ArrayLike<number>,
  reference: ArrayLike<number>,
): LevelShare[] {
  const n = sum(current);
  const m = sum(reference);
  if (n === 0 || m === 0) return [];
  const moved = (share: LevelShare): number => Math.abs(share.rate - share.referenceRate);
  return levels
    .map((level, i) => ({ level, rate: current[i]! / n, referenceRate: reference[i]! / m }))
    .filter((share) => moved(share) > 0)
    .sort((a, b) => moved(b) - moved(a))
    .slice(0, LEVELS_NAMED);
}

function materialDistance(comparison: Comparison, options: DriftOptions): boolean {
  const { psi, jensenShannon, share } = comparison;
  if (psi >= options.psiThreshold || jensenShannon >= options.jensenShannonThreshold) return true;
  return share !== undefined && materialRate(share.current, share.reference, options);
}

function sum(counts: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i]!;
  return total;
}
