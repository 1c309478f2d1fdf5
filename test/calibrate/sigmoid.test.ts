import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fitSigmoid } from '../../src/calibrate/sigmoid.js';

interface Case {
  /** margin, label */
  rows: [number, number][];
  slope: number;
  intercept: number;
}

const cases = JSON.parse(
  readFileSync(new URL('fixtures/sigmoid.json', import.meta.url), 'utf8'),
) as Case[];

cases.forEach(({ rows, slope, intercept }, index) => {
  test(`agrees with scikit-learn: case ${index}`, () => {
    const margins = Float64Array.from(rows, ([margin]) => margin);
    const labels = Uint8Array.from(rows, ([, label]) => label);
    const fitted = fitSigmoid(margins, labels);
    assert.ok(Math.abs(fitted.slope - slope) < 1e-6, `${fitted.slope}, expected ${slope}`);
    assert.ok(Math.abs(fitted.intercept - intercept) < 1e-6, `${fitted.intercept}`);
  });
});

test('the scale of the margins does not matter', () => {
  const margins = Float64Array.from({ length: 60 }, (_, row) => Math.sin(row * 7));
  const labels = Uint8Array.from(margins, (margin, row) => (margin + Math.sin(row) > 0 ? 1 : 0));
  const one = fitSigmoid(margins, labels);
  for (const factor of [1e-3, 1e3, 1e5]) {
    const other = fitSigmoid(
      margins.map((margin) => margin * factor),
      labels,
    );
    assert.ok(Math.abs(other.slope * factor - one.slope) < 1e-5, String(factor));
    assert.ok(Math.abs(other.intercept - one.intercept) < 1e-5, String(factor));
  }
});

test('equal margins, and one class, give the corrected base rate', () => {
  const { slope, intercept } = fitSigmoid(
    new Float64Array(10),
    Uint8Array.of(1, 1, 1, 0, 0, 0, 0, 0, 0, 0),
  );
  // targets 4/5 for three rows and 1/9 for seven
  const rate = (3 * (4 / 5) + 7 / 9) / 10;
  assert.is(slope, 0);
  assert.ok(Math.abs(intercept - Math.log(rate / (1 - rate))) < 1e-8);
  const onlyNegatives = fitSigmoid(Float64Array.of(-1, 0, 1), new Uint8Array(3));
  assert.ok(Math.abs(onlyNegatives.intercept - Math.log(1 / 4)) < 1e-6);
});

test.run();
