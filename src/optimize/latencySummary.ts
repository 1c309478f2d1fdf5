import type { Random } from '../core/random.js';
import type { Interval } from '../evaluate/index.js';
import { median, percentile } from './percentile.js';

/** Resamples behind an interval: enough that its ends are stable to a few percent of its width. */
const RESAMPLES = 500;
const LOWER_RANK = 2.5;
const UPPER_RANK = 97.5;

/** How long a call takes, in microseconds, each with its 95 % bootstrap interval. */
export interface LatencySummary {
  p50: Interval;
  p95: Interval;
  p99: Interval;
  /** rows scored a second: rows over the time of all calls */
  rowsPerSecond: Interval;
  /** timed samples behind the numbers */
  sampleCount: number;
  /** calls in a sample, whose mean counts as the time of one; above 1 when a call is shorter than the clock can tell */
  callsPerSample: number;
}

/**
 * Summarises samples that were taken in rounds. What disturbs one call disturbs its neighbours, so the bootstrap draws whole
 * rounds, not calls; intervals over single calls would be too narrow.
 * @param rounds - milliseconds a call; rounds of equal length (IN)
 */
export function summarizeLatency(
  rounds: readonly Float64Array[],
  rowsPerCall: number,
  callsPerSample: number,
  random: Random,
): LatencySummary {
  const statistics = [
    (sorted: Float64Array) => 1000 * percentile(sorted, 50),
    (sorted: Float64Array) => 1000 * percentile(sorted, 95),
    (sorted: Float64Array) => 1000 * percentile(sorted, 99),
    (sorted: Float64Array) => (1000 * rowsPerCall * sorted.length) / sum(sorted),
  ] as const;
  const [p50, p95, p99, rowsPerSecond] = bootstrap(rounds.length, random, (picked) => {
    const sorted = pool(rounds, picked).sort();
    return statistics.map((statistic) => statistic(sorted));
  }) as [Interval, Interval, Interval, Interval];
  const sampleCount = rounds.reduce((count, round) => count + round.length, 0);
  return { p50, p95, p99, rowsPerSecond, sampleCount, callsPerSample };
}

/**
 * How many times longer a call of the peer takes: in each round the ratio of the two medians, then the median over the rounds.
 * What slows a whole round slows both, and cancels.
 * @returns the ratio with its 95 % bootstrap interval over rounds.
 */
export function pairedRatio(
  subject: readonly Float64Array[],
  peer: readonly Float64Array[],
  random: Random,
): Interval {
  const ratios = subject.map((round, i) => median(peer[i]!) / median(round));
  const [ratio] = bootstrap(ratios.length, random, (picked) => [
    median(Float64Array.from(picked, (round) => ratios[round]!)),
  ]);
  return ratio!;
}

/** Percentile bootstrap (Efron 1979) of several statistics of the same rounds. */
function bootstrap(
  roundCount: number,
  random: Random,
  statisticsOf: (picked: Uint32Array) => number[],
): Interval[] {
  const picked = Uint32Array.from({ length: roundCount }, (_, round) => round);
  const values = statisticsOf(picked);
  const resampled = values.map(() => new Float64Array(RESAMPLES));
  for (let resample = 0; resample < RESAMPLES; resample++) {
    for (let i = 0; i < roundCount; i++) picked[i] = random.integer(roundCount);
    statisticsOf(picked).forEach((value, k) => {
      resampled[k]![resample] = value;
    });
  }
  return values.map((value, k) => {
    const sorted = resampled[k]!.sort();
    return {
      value,
      lower: percentile(sorted, LOWER_RANK),
      upper: percentile(sorted, UPPER_RANK),
    };
  });
}

function pool(rounds: readonly Float64Array[], picked: Uint32Array): Float64Array {
  const length = rounds[0]!.length;
  const all = new Float64Array(picked.length * length);
  picked.forEach((round, i) => {
    all.set(rounds[round]!, i * length);
  });
  return all;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
