import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fitIsotonic } from '../../src/calibrate/isotonic.js';
import { sigmoid } from '../../src/core/elementary.js';
import { createRandom } from '../../src/core/random.js';
import { rocAuc } from '../../src/evaluate/ranking.js';
import { calibrate } from '../../src/model/calibrator.js';

/** Margins whose true probability is sigmoid(2 · margin - 1). */
function draw(rowCount: number, seed: number) {
  const random = createRandom(seed);
  const margins = Float64Array.from({ length: rowCount }, () => 2 * random.normal());
  const labels = Uint8Array.from(margins, (m) => (random.uniform() < sigmoid(2 * m - 1) ? 1 : 0));
  return { margins, labels };
}

const steepest = { logit: 1, identity: 4 };

test('knots ascend, stay off 0 and 1, are float32 and no steeper than allowed', () => {
  const row = fc.tuple(fc.double({ min: -3, max: 3, noNaN: true }), fc.integer({ min: 0, max: 1 }));
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 400 }),
      fc.constantFrom('logit', 'identity'),
      (rows, link) => {
        const { x, y } = fitIsotonic(
          Float64Array.from(rows, ([margin]) => margin),
          Uint8Array.from(rows, ([, label]) => label),
          link,
        );
        assert.is(x.length, y.length);
        assert.ok(x.length >= 1);
        for (let i = 0; i < x.length; i++) {
          assert.ok(y[i]! > 0 && y[i]! < 1, `y ${y[i]}`);
          assert.is(Math.fround(x[i]!), x[i]);
          assert.is(Math.fround(y[i]!), y[i]);
          if (i === 0) continue;
          assert.ok(x[i]! > x[i - 1]! && y[i]! > y[i - 1]!);
          const slope = (y[i]! - y[i - 1]!) / (x[i]! - x[i - 1]!);
          assert.ok(slope <= steepest[link] * (1 + 1e-3), `slope ${slope}`);
        }
      },
    ),
  );
});

test('finds the true curve', () => {
  const { margins, labels } = draw(20_000, 1);
  const calibrator = fitIsotonic(margins, labels, 'logit');
  let total = 0;
  for (const margin of margins) {
    total += Math.abs(calibrate(calibrator, 'logit', margin) - sigmoid(2 * margin - 1));
  }
  assert.ok(total / margins.length < 0.01, String(total / margins.length));
});

test('keeps the ranking, ties included', () => {
  const { margins, labels } = draw(3000, 2);
  const calibrator = fitIsotonic(margins, labels, 'logit');
  const calibrated = margins.map((margin) => calibrate(calibrator, 'logit', margin));
  assert.is(new Set(calibrated).size, new Set(margins).size);
  assert.ok(Math.abs(rocAuc(labels, calibrated) - rocAuc(labels, margins)) < 1e-12);
});

test('a step that is too steep is not followed', () => {
  const margins = Float64Array.from({ length: 400 }, (_, row) => row / 400 / 100);
  const labels = Uint8Array.from(margins, (_, row) => (row < 200 ? 0 : 1));
  assert.equal(fitIsotonic(margins, labels, 'logit').y, [0.5]);
  const wide = fitIsotonic(
    margins.map((margin) => 500 * margin),
    labels,
    'logit',
  );
  assert.ok(wide.y[0]! < 0.01 && wide.y.at(-1)! > 0.99);
});

test('margins that rank the wrong way round, or not at all, give the base rate', () => {
  const labels = Uint8Array.from({ length: 100 }, (_, row) => (row < 30 ? 1 : 0));
  const falling = Float64Array.from(labels, (_, row) => row);
  assert.equal(fitIsotonic(falling, labels, 'logit').y, [Math.fround(0.3)]);
  assert.equal(fitIsotonic(new Float64Array(100), labels, 'logit').y, [Math.fround(0.3)]);
});

test('few rows are one block', () => {
  const { y } = fitIsotonic(Float64Array.of(-1, 1), Uint8Array.of(0, 1), 'logit');
  assert.equal(y, [0.5]);
});

test.run();
