import type { RegressionState } from '../counts/state.js';
import { undecided } from '../drift/rateChange.js';
import type { ErrorCounts } from '../reference/reference.js';
import { type Drops, zTest } from './drops.js';
import type { Outcomes } from './outcomes.js';
import type { Estimate, PerformanceDrop, PerformanceMetric } from './performanceReport.js';

/** What is said about a power of the error, a bin at a time. */
interface Moments {
  /** rows that the errors are known of */
  rows: ArrayLike<number>;
  sums: ArrayLike<number>;
  sumsOfSquares: ArrayLike<number>;
}

/**
 * Mean absolute and root mean squared error. Without labels an error is expected to be what it was in training for predictions
 * as great: each bin of the predictions keeps its mean error, and the bins are weighed as they occur now.
 */
export function regressionPerformance(
  { reference, score }: RegressionState,
  outcomes: Extract<Outcomes, { task: 'regression' }>,
): { metrics: PerformanceMetric[]; drops: Drops } {
  const { counts } = reference.score;
  const then = {
    absolute: momentsOf(counts, reference.errors, 'absolute'),
    squared: momentsOf(counts, reference.errors, 'squared'),
  };
  const labels = {
    absolute: momentsOf(outcomes.counts, outcomes.errors, 'absolute'),
    squared: momentsOf(outcomes.counts, outcomes.errors, 'squared'),
  };
  const training = {
    absolute: countedMean(then.absolute),
    squared: countedMean(then.squared),
  };
  const { unevenness } = reference.errors;
  const estimated = expectedMean(then.absolute, score.counts, unevenness.absolute);
  const realised = countedMean(labels.absolute);
  const promised = expectedMean(then.absolute, outcomes.counts, unevenness.absolute);
  return {
    metrics: [
      {
        metric: 'meanAbsoluteError',
        training: training.absolute?.value,
        estimated,
        realised,
      },
      {
        metric: 'rootMeanSquaredError',
        training: rootOf(training.squared)?.value,
        estimated: rootOf(expectedMean(then.squared, score.counts, unevenness.squared)),
        realised: rootOf(countedMean(labels.squared)),
      },
    ],
    drops: [
      growth('estimated', training.absolute, spreadOut(estimated, then.absolute, score.counts)),
      growth('realised', training.absolute, realised),
      growth('concept', promised, realised),
    ],
  };
}

function momentsOf(
  rows: ArrayLike<number>,
  { absolute, squared, fourth }: ErrorCounts,
  power: 'absolute' | 'squared',
): Moments {
  return power === 'absolute'
    ? { rows, sums: absolute, sumsOfSquares: squared }
    : { rows, sums: squared, sumsOfSquares: fourth };
}

/** The mean over all bins, as it was counted. */
function countedMean({ rows, sums, sumsOfSquares }: Moments): Estimate | undefined {
  const n = total(rows);
  if (n === 0) return undefined;
  const value = total(sums) / n;
  const variance = Math.max(0, total(sumsOfSquares) / n - value * value);
  return { value, standardError: Math.sqrt(variance / n) };
}

// labelled rows that an estimate without labels is worth at the most, as for shares
const MOST_ROWS = 2500;

/**
 * The mean to be expected when the bins occur as often as `now`; undefined when a bin that occurs has no errors.
 * @param unevenness - how far off the mean is in parts of the training rows, as a share of it
 */
function expectedMean(
  { rows, sums, sumsOfSquares }: Moments,
  now: ArrayLike<number>,
  unevenness: number,
): Estimate | undefined {
  const n = total(now);
  if (n === 0) return undefined;
  let value = 0;
  let variance = 0;
  let square = 0;
  for (let bin = 0; bin < now.length; bin++) {
    const m = rows[bin]!;
    const share = now[bin]! / n;
    if (share === 0) continue;
    if (m === 0) return undefined;
    const mean = sums[bin]! / m;
    const spread = Math.max(0, sumsOfSquares[bin]! / m - mean * mean);
    value += share * mean;
    square += (share * sumsOfSquares[bin]!) / m;
    variance += (share * spread) / n + (share * share * spread) / m;
  }
  variance += Math.max(0, square - value * value) / MOST_ROWS + (unevenness * value) ** 2;
  return { value, standardError: Math.sqrt(variance) };
}

/** From a mean square to its root, by the delta method. */
function rootOf(square: Estimate | undefined): Estimate | undefined {
  if (!square) return undefined;
  const value = Math.sqrt(square.value);
  return { value, standardError: value > 0 ? square.standardError / (2 * value) : 0 };
}

/** An estimate as uncertain as one of other rows of the same kind, and not of these very rows. */
function spreadOut(
  estimated: Estimate | undefined,
  then: Moments,
  now: ArrayLike<number>,
): Estimate | undefined {
  const before = countedMean(then);
  if (!estimated || !before) return estimated;
  const sampling = before.standardError * Math.sqrt(total(then.rows) / total(now));
  return { ...estimated, standardError: Math.max(estimated.standardError, sampling) };
}

function growth(
  kind: PerformanceDrop['kind'],
  before: Estimate | undefined,
  after: Estimate | undefined,
): PerformanceDrop | undefined {
  if (!before || !after) return undefined;
  const deviation = Math.sqrt(before.standardError ** 2 + after.standardError ** 2);
  const pValue = zTest(after.value - before.value, deviation);
  const metric = 'meanAbsoluteError';
  return { kind, metric, from: before.value, to: after.value, ...undecided(pValue, false) };
}

function total(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}
