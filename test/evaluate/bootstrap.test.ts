import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../src/core/random.js';
import { bootstrapIntervals } from '../../src/evaluate/bootstrap.js';
import { evaluatePredictions, METRIC_NAMES } from '../../src/evaluate/metrics.js';

/** Calibrated predictions, rounded so that some tie. */
function draw(rowCount: number, seed: number) {
  const random = createRandom(seed);
  const probabilities = Float64Array.from({ length: rowCount }, () => {
    return Math.round(1000 * random.uniform() ** 2) / 1000;
  });
  const labels = Uint8Array.from(probabilities, (p) => (random.uniform() < p ? 1 : 0));
  return { labels, probabilities, threshold: 0.5 };
}

/** The slow twin: builds each resample and evaluates it from the beginning. */
function resampledMetrics(sample: ReturnType<typeof draw>, resamples: number, seed: number) {
  const { labels, probabilities, threshold } = sample;
  const random = createRandom(seed);
  return Array.from({ length: resamples }, () => {
    const rows = Array.from(labels, () => random.integer(labels.length));
    return evaluatePredictions(
      Uint8Array.from(rows, (row) => labels[row]!),
      Float64Array.from(rows, (row) => probabilities[row]!),
      threshold,
    );
  });
}

test('equals resampling row by row', () => {
  const sample = draw(257, 1);
  const fast = bootstrapIntervals({ ...sample, resamples: 41, level: 0.9, seed: 3 });
  const slow = resampledMetrics(sample, 41, 3);
  for (const name of METRIC_NAMES) {
    const sorted = slow.map((metrics) => metrics[name]).sort((a, b) => a - b);
    // with 41 resamples the 5 % and 95 % quantiles are the third from each end
    assert.ok(Math.abs(fast[name].lower - sorted[2]!) < 1e-12, name);
    assert.ok(Math.abs(fast[name].upper - sorted[38]!) < 1e-12, name);
  }
});

test('the value is the metric itself, the interval holds it', () => {
  const sample = draw(1000, 2);
  const metrics = evaluatePredictions(sample.labels, sample.probabilities, sample.threshold);
  const intervals = bootstrapIntervals({ ...sample, resamples: 200 });
  for (const name of METRIC_NAMES) {
    assert.is(intervals[name].value, metrics[name]);
    if (name === 'calibrationError') continue; // resampling adds noise, so its interval lies above
    assert.ok(intervals[name].lower < metrics[name] && metrics[name] < intervals[name].upper, name);
  }
});

test('95 of 100 intervals cover the truth, give or take', () => {
  // calibrated predictions p = u², so that the Brier score is E p(1 - p) = 1/3 - 1/5
  let covered = 0;
  for (let seed = 0; seed < 100; seed++) {
    const { brierScore } = bootstrapIntervals({ ...draw(400, 100 + seed), resamples: 200, seed });
    if (brierScore.lower <= 2 / 15 && 2 / 15 <= brierScore.upper) covered++;
  }
  assert.ok(covered >= 88 && covered <= 100, String(covered));
});

test('a higher level is wider; more rows are narrower', () => {
  const width = (rowCount: number, level: number): number => {
    const { rocAuc } = bootstrapIntervals({ ...draw(rowCount, 5), level, resamples: 300 });
    return rocAuc.upper - rocAuc.lower;
  };
  assert.ok(width(500, 0.99) > width(500, 0.8));
  assert.ok(width(2000, 0.95) < width(200, 0.95));
});

test('the seed decides', () => {
  const sample = draw(100, 6);
  assert.equal(bootstrapIntervals(sample), bootstrapIntervals({ ...sample, seed: 0 }));
  assert.not.equal(bootstrapIntervals(sample), bootstrapIntervals({ ...sample, seed: 1 }));
});

test('a single positive is always among a resample', () => {
  const labels = Uint8Array.from({ length: 30 }, (_, row) => (row === 7 ? 1 : 0));
  const probabilities = Float64Array.from(labels, (_, row) => row / 30);
  const { rocAuc } = bootstrapIntervals({ labels, probabilities, threshold: 0.5 });
  assert.ok(rocAuc.lower >= 0 && rocAuc.upper <= 1);
});

test('one class has no ROC-AUC, but the rest', () => {
  const labels = new Uint8Array(20);
  const probabilities = new Float64Array(20).fill(0.1);
  const intervals = bootstrapIntervals({ labels, probabilities, threshold: 0.5, resamples: 10 });
  assert.ok(Number.isNaN(intervals.rocAuc.lower));
  assert.is(intervals.accuracy.lower, 1);
});

test('wrong options are named', () => {
  const sample = draw(10, 1);
  assert.throws(() => bootstrapIntervals({ ...sample, level: 1 }), /"level" expected/);
  assert.throws(() => bootstrapIntervals({ ...sample, resamples: 0 }), /"resamples" expected/);
  const misspelt = { ...sample, resample: 10 } as Parameters<typeof bootstrapIntervals>[0];
  assert.throws(() => bootstrapIntervals(misspelt), /did you mean "resamples"/);
});

test.run();
