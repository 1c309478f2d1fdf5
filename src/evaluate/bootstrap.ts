import { checkInteger, checkNumber, withDefaults } from '../core/check.js';
import { createRandom, type Random } from '../core/random.js';
import { METRIC_NAMES, type MetricName, preparePredictions } from './metrics.js';
import type { Recount } from './recount.js';
import type { GroupedRows, ScoreGroups } from './scoreGroups.js';

export interface BootstrapOptions {
  /** number of resamples, in [1, 100000]; 500 place the ends of a 95 % interval within about a tenth of its width */
  resamples: number;
  /** share of the resamples inside the interval, in (0, 1) */
  level: number;
  /** of the random numbers, any 32-bit integer */
  seed: number;
}

export const BOOTSTRAP_DEFAULTS: Readonly<BootstrapOptions> = Object.freeze({
  resamples: 500,
  level: 0.95,
  seed: 0,
});

export interface BootstrapInput extends Partial<BootstrapOptions> {
  /** 0 or 1 a row */
  labels: Uint8Array;
  /** of the positive class, one a row, in [0, 1] */
  probabilities: ArrayLike<number>;
  /** float32, in [0, 1] */
  threshold: number;
}

/** A metric on the rows as they are, and the ends of its interval. */
export interface Interval {
  value: number;
  lower: number;
  upper: number;
}

export type MetricIntervals<Name extends string = MetricName> = Record<Name, Interval>;

/**
 * Percentile bootstrap intervals (Efron 1979) of each metric, over resamples of the rows.
 *
 * Rows are drawn as they come, not a class at a time: how many positives a test set happens to have is part of the
 * uncertainty of precision, accuracy and log loss. A resample that lost one of the classes has no ROC-AUC and is drawn
 * again. Percentiles, because they stay inside the range of each metric and need no jackknife, whose cost grows with
 * the square of the rows; for metrics of thousands of rows the bias correction of BCa is far below the width.
 *
 * The rows are sorted once; a resample counts how often each score was drawn. O(resamples * rows).
 * @throws {ConfigError} on a wrong option.
 */
export function bootstrapIntervals(input: BootstrapInput): MetricIntervals {
  const { labels, probabilities, threshold, ...given } = input;
  const { resamples, level, seed } = checkOptions(given);
  const { groups, evaluate } = preparePredictions(labels, probabilities, threshold);
  const random = createRandom(seed);
  const counts: ScoreGroups = {
    scores: groups.scores,
    positives: new Float64Array(groups.scores.length),
    negatives: new Float64Array(groups.scores.length),
  };
  return intervalsOf(METRIC_NAMES, evaluate(groups), resamples, level, () => {
    resampleInto(counts, groups, labels, random);
    return evaluate(counts);
  });
}

/**
 * {@link bootstrapIntervals} of the metrics of several classes or of numbers: `bootstrapRecount(recountRegression(…))`.
 * A resample without a metric that the rows themselves have (one class only has no ROC-AUC) is drawn again.
 * O(resamples) recounts.
 * @throws {ConfigError} on a wrong option.
 */
export function bootstrapRecount<Name extends string>(
  { names, rowCount, evaluate }: Recount<Name>,
  options: Partial<BootstrapOptions> = {},
): MetricIntervals<Name> {
  const { resamples, level, seed } = checkOptions(options);
  const random = createRandom(seed);
  const times = new Float64Array(rowCount).fill(1);
  const whole = evaluate(times);
  const defined = names.filter((name) => !Number.isNaN(whole[name]));
  return intervalsOf(names, whole, resamples, level, () => {
    let metrics: Record<Name, number>;
    do {
      times.fill(0);
      for (let draw = 0; draw < rowCount; draw++) times[random.integer(rowCount)]!++;
      metrics = evaluate(times);
    } while (defined.some((name) => Number.isNaN(metrics[name])));
    return metrics;
  });
}

function checkOptions(given: Partial<BootstrapOptions>): BootstrapOptions {
  const options = withDefaults('bootstrap option', BOOTSTRAP_DEFAULTS, given);
  checkInteger('resamples', options.resamples, 1, 100_000);
  checkNumber('level', options.level, Number.EPSILON, 1 - Number.EPSILON);
  return options;
}

function intervalsOf<Name extends string>(
  names: readonly Name[],
  whole: Record<Name, number>,
  resamples: number,
  level: number,
  resample: () => Record<Name, number>,
): MetricIntervals<Name> {
  const samples = names.map(() => new Float64Array(resamples));
  for (let i = 0; i < resamples; i++) {
    const metrics = resample();
    names.forEach((name, index) => {
      samples[index]![i] = metrics[name];
    });
  }
  const tail = (1 - level) / 2;
  const intervals = names.map((name, index): [Name, Interval] => {
    const sorted = samples[index]!.sort();
    const [lower, upper] = [quantile(sorted, tail), quantile(sorted, 1 - tail)];
    return [name, { value: whole[name], lower, upper }];
  });
  return Object.fromEntries(intervals) as MetricIntervals<Name>;
}

/** Draws as many rows as there are, with replacement, until both classes (where there are both) are among them. */
function resampleInto(
  counts: ScoreGroups,
  groups: GroupedRows,
  labels: Uint8Array,
  random: Random,
): void {
  const { positives, negatives } = counts;
  const { groupOf } = groups;
  const rowCount = labels.length;
  const hasBoth = labels.includes(0) && labels.includes(1);
  let positiveCount: number;
  do {
    positives.fill(0);
    negatives.fill(0);
    positiveCount = 0;
    for (let draw = 0; draw < rowCount; draw++) {
      const row = random.integer(rowCount);
      if (labels[row] === 1) {
        positiveCount++;
        positives[groupOf[row]!]!++;
      } else negatives[groupOf[row]!]!++;
    }
  } while (hasBoth && (positiveCount === 0 || positiveCount === rowCount));
}

/** Linear interpolation between the order statistics (Hyndman and Fan's type 7). NaN sorts last, and spreads. */
function quantile(sorted: Float64Array, q: number): number {
  const position = q * (sorted.length - 1);
  const low = Math.floor(position);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (position - low) * (sorted[high]! - sorted[low]!);
}
