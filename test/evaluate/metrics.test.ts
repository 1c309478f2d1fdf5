import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { brierScore } from '../../src/evaluate/brierScore.js';
import { calibrationCurve, expectedCalibrationError } from '../../src/evaluate/calibrationError.js';
import { confusionCounts } from '../../src/evaluate/confusion.js';
import { logLoss } from '../../src/evaluate/logLoss.js';
import { evaluatePredictions, METRIC_NAMES, type Metrics } from '../../src/evaluate/metrics.js';
import { averagePrecision, rocAuc } from '../../src/evaluate/ranking.js';

interface Case {
  name: string;
  /** label, probability */
  rows: [number, number][];
  threshold: number;
  metrics: Metrics;
  curve: { meanProbability: number; positiveRate: number; rowCount: number }[];
  logLossFloat32: number;
}

const cases = JSON.parse(
  readFileSync(new URL('fixtures/metrics.json', import.meta.url), 'utf8'),
) as Case[];

function near(actual: number, expected: number, what: string, tolerance = 1e-12): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual}, expected ${expected}`);
}

/** Labels and probabilities, with many ties. */
const predictions = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 20 })), {
    minLength: 1,
    maxLength: 60,
  })
  .map((rows) => ({
    labels: Uint8Array.from(rows, ([label]) => label),
    probabilities: Float64Array.from(rows, ([, step]) => step / 20),
  }));

for (const { name, rows, threshold, metrics, curve, logLossFloat32 } of cases) {
  test(`agrees with scikit-learn: ${name}`, () => {
    const y = Uint8Array.from(rows, ([label]) => label);
    const probabilities = rows.map(([, probability]) => probability);
    const actual = evaluatePredictions(y, probabilities, threshold);
    for (const metric of METRIC_NAMES) near(actual[metric], metrics[metric], metric);
    assert.equal(actual.confusion, metrics.confusion);
    assert.equal(confusionCounts(y, probabilities, threshold), metrics.confusion);
    const bins = calibrationCurve(y, probabilities);
    assert.is(bins.length, curve.length);
    bins.forEach((bin, i) => {
      near(bin.meanProbability, curve[i]!.meanProbability, 'meanProbability');
      near(bin.positiveRate, curve[i]!.positiveRate, 'positiveRate');
      assert.is(bin.rowCount, curve[i]!.rowCount);
    });
    near(logLoss(y, Float32Array.from(probabilities)), logLossFloat32, 'float32', 1e-5);
  });
}

test('each metric alone is what it is among all', () => {
  fc.assert(
    fc.property(predictions, ({ labels, probabilities }) => {
      const all = evaluatePredictions(labels, probabilities, 0.5);
      assert.ok(Object.is(rocAuc(labels, probabilities), all.rocAuc));
      assert.is(averagePrecision(labels, probabilities), all.averagePrecision);
      assert.is(logLoss(labels, probabilities), all.logLoss);
      assert.is(brierScore(labels, probabilities), all.brierScore);
      near(expectedCalibrationError(labels, probabilities), all.calibrationError, 'ece');
      assert.equal(confusionCounts(labels, probabilities, 0.5), all.confusion);
    }),
  );
});

test('the area under the ROC curve is the share of pairs in the right order', () => {
  fc.assert(
    fc.property(predictions, ({ labels, probabilities }) => {
      let pairs = 0;
      let wins = 0;
      for (let i = 0; i < labels.length; i++) {
        for (let j = 0; j < labels.length; j++) {
          if (labels[i] !== 1 || labels[j] !== 0) continue;
          pairs++;
          if (probabilities[i]! > probabilities[j]!) wins++;
          else if (probabilities[i] === probabilities[j]) wins += 0.5;
        }
      }
      const auc = rocAuc(labels, probabilities);
      if (pairs === 0) assert.ok(Number.isNaN(auc));
      else near(auc, wins / pairs, 'auc');
    }),
  );
});

test('ranking does not change under a rising function, nor with the order of the rows', () => {
  fc.assert(
    fc.property(predictions, ({ labels, probabilities }) => {
      const stretched = probabilities.map((p) => 100 * p * p - 7);
      assert.ok(Object.is(rocAuc(labels, stretched), rocAuc(labels, probabilities)));
      assert.is(averagePrecision(labels, stretched), averagePrecision(labels, probabilities));
      const backwards = averagePrecision(labels.slice().reverse(), stretched.slice().reverse());
      assert.is(backwards, averagePrecision(labels, probabilities));
    }),
  );
});

test('margins may be infinite, -0 ties with 0', () => {
  const labels = Uint8Array.of(0, 1, 0, 1);
  assert.is(rocAuc(labels, [-Infinity, Infinity, -1e300, 1e300]), 1);
  assert.is(rocAuc(labels, [0, -0, -0, 0]), 0.5);
});

test('a bin is closed on the right', () => {
  const edges = Array.from({ length: 11 }, (_, k) => k / 10);
  const labels = new Uint8Array(11);
  const counts = calibrationCurve(labels, edges).map((bin) => bin.rowCount);
  assert.equal(counts, [2, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
});

test('quantile bins hold equally many rows', () => {
  const probabilities = Array.from({ length: 1000 }, (_, i) => (i / 1000) ** 3);
  const bins = calibrationCurve(new Uint8Array(1000), probabilities, {
    strategy: 'quantile',
    binCount: 8,
  });
  assert.equal(
    bins.map((bin) => bin.rowCount),
    Array.from({ length: 8 }, () => 125),
  );
});

test('a row is labelled by its float32 probability', () => {
  const threshold = Math.fround(0.1);
  assert.ok(0.1 < threshold);
  assert.is(confusionCounts(Uint8Array.of(1), [0.1], threshold).truePositives, 1);
});

test('wrong input is named', () => {
  const labels = Uint8Array.of(0, 1);
  assert.throws(() => rocAuc(labels, [1]), /2 labels, but 1 scores/);
  assert.throws(() => rocAuc(labels, [0, NaN]), /row 1: the score is NaN/);
  assert.throws(
    () => rocAuc(Uint8Array.of(0, 2), [0, 1]),
    /row 1: expected a label of 0 or 1, got 2/,
  );
  assert.throws(
    () => logLoss(labels, [0, 1.5]),
    /row 1: expected a probability in \[0, 1\], got 1.5/,
  );
  assert.throws(() => evaluatePredictions(labels, [0, 1], 2), /"threshold" expected a number/);
  assert.throws(() => calibrationCurve(labels, [0, 1], { binCount: 0 }), /"binCount" expected/);
});

test.run();
