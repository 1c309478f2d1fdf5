import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../src/core/random.js';
import { pairedRatio, summarizeLatency } from '../../src/optimize/latencySummary.js';
import { percentile } from '../../src/optimize/percentile.js';

test('percentiles interpolate between order statistics', () => {
  assert.is(percentile([1, 2, 3, 4, 5], 50), 3);
  assert.is(percentile([1, 2, 3, 4], 50), 2.5);
  assert.is(percentile([10, 20], 95), 19.5);
  assert.is(percentile([7], 99), 7);
  assert.is(percentile([1, 2, 3], 0), 1);
  assert.is(percentile([1, 2, 3], 100), 3);
  assert.ok(Number.isNaN(percentile([], 50)));
});

test('percentiles lie within the data and do not fall with the rank', () => {
  const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 });
  const ranks = fc.tuple(fc.double({ min: 0, max: 100, noNaN: true }), fc.nat(100));
  fc.assert(
    fc.property(values, ranks, (numbers, [a, b]) => {
      const sorted = numbers.sort((x, y) => x - y);
      const [low, high] = [percentile(sorted, Math.min(a, b)), percentile(sorted, Math.max(a, b))];
      assert.ok(low <= high + 1e-9 * high);
      assert.ok(low >= sorted[0]! * (1 - 1e-12) && high <= sorted.at(-1)! * (1 + 1e-12));
    }),
  );
});

/** Rounds of calls around a typical time, in milliseconds, slower by a factor that differs a round. */
function noisyRounds(seed: number, typical: number, slow: readonly number[]): Float64Array[] {
  const random = createRandom(seed);
  return slow.map((factor) =>
    Float64Array.from(
      { length: 20 },
      () => typical * factor * (1 + 0.01 * Math.abs(random.normal())),
    ),
  );
}

test('a summary is in microseconds, with intervals around the values', () => {
  const summary = summarizeLatency(
    noisyRounds(1, 0.5, new Array(15).fill(1)),
    100,
    8,
    createRandom(2),
  );
  assert.ok(summary.p50.value >= 500 && summary.p50.value < 510);
  assert.ok(summary.p50.value <= summary.p95.value && summary.p95.value <= summary.p99.value);
  assert.ok(Math.abs(summary.rowsPerSecond.value / 198_000 - 1) < 0.02);
  assert.is(summary.sampleCount, 300);
  assert.is(summary.callsPerSample, 8);
  for (const key of ['p50', 'p95', 'p99', 'rowsPerSecond'] as const) {
    const { lower, value, upper } = summary[key];
    assert.ok(lower <= value && value <= upper, key);
  }
});

test('equal seeds give equal intervals', () => {
  const rounds = noisyRounds(3, 2, [1, 1.1, 1.3, 1, 1.2]);
  const summarize = (seed: number) => summarizeLatency(rounds, 1, 1, createRandom(seed));
  assert.equal(summarize(4), summarize(4));
});

test('rounds are resampled whole: slow rounds widen the interval of the median', () => {
  const width = (slow: readonly number[]): number => {
    const { lower, upper } = summarizeLatency(noisyRounds(5, 1, slow), 1, 1, createRandom(6)).p50;
    return upper - lower;
  };
  const steady = new Array(20).fill(1);
  const disturbed = steady.map((_, i) => (i % 2 === 0 ? 1 : 1.5));
  assert.ok(width(disturbed) > 20 * width(steady));
});

test('what slows a whole round cancels in the paired ratio', () => {
  const slow = Array.from({ length: 20 }, (_, i) => 1 + (i % 5));
  const { value, lower, upper } = pairedRatio(
    noisyRounds(7, 1, slow),
    noisyRounds(8, 12, slow),
    createRandom(9),
  );
  assert.ok(Math.abs(value - 12) < 0.1);
  assert.ok(lower > 11.8 && upper < 12.2);
});

test.run();
