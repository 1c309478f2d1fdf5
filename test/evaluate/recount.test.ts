import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../src/core/random.js';
import { bootstrapRecount } from '../../src/evaluate/bootstrap.js';
import {
  evaluateMulticlass,
  MULTICLASS_METRIC_NAMES,
} from '../../src/evaluate/multiclassMetrics.js';
import { type Recount, recountMulticlass, recountRegression } from '../../src/evaluate/recount.js';
import {
  evaluateRegression,
  REGRESSION_METRIC_NAMES,
} from '../../src/evaluate/regressionMetrics.js';

const CLASSES = 3;

/** Probabilities rounded so that some tie, and some are 0. */
function drawClasses(rowCount: number, seed: number) {
  const random = createRandom(seed);
  const probabilities = new Float64Array(rowCount * CLASSES);
  const labels = Float64Array.from({ length: rowCount }, () => random.integer(CLASSES));
  for (let row = 0; row < rowCount; row++) {
    const parts = [random.integer(5), random.integer(5), random.integer(5)];
    parts[labels[row]!]! += random.integer(6);
    const sum = parts.reduce((total, part) => total + part, 0);
    parts.forEach((part, k) => {
      probabilities[row * CLASSES + k] = sum > 0 ? part / sum : 1 / CLASSES;
    });
  }
  return { labels, probabilities, classCount: CLASSES };
}

function drawNumbers(rowCount: number, seed: number) {
  const random = createRandom(seed);
  const target = Float64Array.from({ length: rowCount }, () => Math.round(4 * random.normal()));
  const predictions = target.map((value) => value + Math.round(2 * random.normal()) / 2);
  return { target, predictions };
}

function assertNear(a: number, b: number, what: string): void {
  if (Number.isNaN(a) && Number.isNaN(b)) return;
  assert.ok(Math.abs(a - b) <= 1e-12 * Math.max(1, Math.abs(b)), `${what}: ${a} and ${b}`);
}

/** The rows that a resample drew, in any order. */
function drawnRows(times: Float64Array): number[] {
  return [...times].flatMap((count, row) => new Array<number>(count).fill(row));
}

function resampledClasses(sample: ReturnType<typeof drawClasses>, rows: readonly number[]) {
  return evaluateMulticlass({
    labels: rows.map((row) => sample.labels[row]!),
    probabilities: rows.flatMap((row) => [
      ...sample.probabilities.subarray(row * CLASSES, (row + 1) * CLASSES),
    ]),
    classCount: CLASSES,
  });
}

function resampledNumbers({ target, predictions }: ReturnType<typeof drawNumbers>, rows: number[]) {
  return evaluateRegression(
    rows.map((row) => target[row]!),
    rows.map((row) => predictions[row]!),
  );
}

const times = fc
  .array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 40 })
  .filter((counts) => counts.some((count) => count > 0))
  .map((counts) => Float64Array.from(counts));

test('classes counted anew are the metrics of the drawn rows', () => {
  fc.assert(
    fc.property(times, fc.integer(), (counts, seed) => {
      const sample = drawClasses(counts.length, seed);
      const fast = recountMulticlass(sample).evaluate(counts);
      const slow = resampledClasses(sample, drawnRows(counts));
      for (const name of MULTICLASS_METRIC_NAMES) assertNear(fast[name], slow[name], name);
    }),
  );
});

test('numbers counted anew are the metrics of the drawn rows', () => {
  fc.assert(
    fc.property(times, fc.integer(), (counts, seed) => {
      const sample = drawNumbers(counts.length, seed);
      const fast = recountRegression(sample.target, sample.predictions).evaluate(counts);
      const slow = resampledNumbers(sample, drawnRows(counts));
      for (const name of REGRESSION_METRIC_NAMES) assertNear(fast[name], slow[name], name);
    }),
  );
});

/** With 41 resamples the 5 % and 95 % quantiles are the third from each end. */
function checkIntervals<Name extends string>(
  recount: Recount<Name>,
  slow: (rows: number[]) => Record<Name, number>,
): void {
  const fast = bootstrapRecount(recount, { resamples: 41, level: 0.9, seed: 5 });
  const random = createRandom(5);
  const whole = Array.from({ length: recount.rowCount }, (_, row) => row);
  const drawn = Array.from({ length: 41 }, () =>
    slow(whole.map(() => random.integer(recount.rowCount))),
  );
  for (const name of recount.names) {
    const sorted = drawn.map((metrics) => metrics[name]).sort((a, b) => a - b);
    assertNear(fast[name].value, slow(whole)[name], name);
    assertNear(fast[name].lower, sorted[2]!, name);
    assertNear(fast[name].upper, sorted[38]!, name);
  }
}

test('intervals equal resampling row by row', () => {
  const classes = drawClasses(150, 1);
  checkIntervals(recountMulticlass(classes), (rows) => resampledClasses(classes, rows));
  const numbers = drawNumbers(101, 2);
  checkIntervals(recountRegression(numbers.target, numbers.predictions), (rows) =>
    resampledNumbers(numbers, rows),
  );
});

test('a resample of one class only is drawn again; of one class at all nothing is', () => {
  const labels = Float64Array.from({ length: 6 }, (_, row) => (row === 3 ? 1 : 0));
  const probabilities = Array.from(labels, (_, row) => [0.5, row / 12, 0.5 - row / 12]).flat();
  const rows = { labels, probabilities, classCount: 3 };
  assert.not.ok(Number.isNaN(bootstrapRecount(recountMulticlass(rows)).rocAuc.lower));
  const single = recountMulticlass({ ...rows, labels: new Float64Array(6) });
  const { rocAuc, accuracy } = bootstrapRecount(single, { resamples: 20 });
  assert.ok(Number.isNaN(rocAuc.lower));
  assert.ok(accuracy.lower <= accuracy.value && accuracy.value <= accuracy.upper);
});

test('wrong options are named', () => {
  const recount = recountRegression([1, 2], [1, 3]);
  assert.throws(() => bootstrapRecount(recount, { resamples: 0 }), /"resamples" expected/);
  assert.throws(() => bootstrapRecount(recount, { level: 1 }), /"level" expected/);
});

test.run();
