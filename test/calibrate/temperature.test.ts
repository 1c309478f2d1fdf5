import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fitBinaryTemperature, fitTemperature } from '../../src/calibrate/temperature.js';
import { calibrate } from '../../src/model/calibrator.js';
import type { Link } from '../../src/model/forest.js';
import { classProbabilities } from '../../src/model/multiclass.js';

interface Case {
  link: Link | 'binary';
  margins: number[][];
  labels: number[];
  temperature: number;
  /** of the first rows */
  probabilities: number[][];
}

const cases = JSON.parse(
  readFileSync(new URL('fixtures/temperature.json', import.meta.url), 'utf8'),
) as Case[];

cases.forEach(({ link, margins, labels, temperature, probabilities }, index) => {
  test(`agrees with scipy: case ${index}, ${link}`, () => {
    const flat = Float64Array.from(margins.flat());
    const fitted =
      link === 'binary'
        ? fitBinaryTemperature(flat, Uint8Array.from(labels), 'logit')
        : fitTemperature(flat, labels, 4, link);
    // a bounded search by function values alone finds a minimum to the square root of the precision
    assert.ok(Math.abs(fitted.temperature / temperature - 1) < 1e-6, String(fitted.temperature));
    if (link === 'binary') return;
    const expected = probabilities.flat();
    const actual = classProbabilities(link, flat.subarray(0, expected.length), 4, {
      kind: 'temperature',
      temperature,
    });
    expected.forEach((p, i) => {
      assert.ok(Math.abs(actual[i]! - p) < 1e-12, `${i}: ${actual[i]}, expected ${p}`);
    });
  });
});

test('one margin a row and the softmax of two are the same', () => {
  const margins = Float64Array.from({ length: 200 }, (_, row) => 3 * Math.sin(row));
  const labels = Uint8Array.from(margins, (margin, row) =>
    margin + 2 * Math.cos(row) > 0 ? 1 : 0,
  );
  const both = Float64Array.from({ length: 400 }, (_, i) => (i % 2 ? margins[i >> 1]! : 0));
  const one = fitBinaryTemperature(margins, labels, 'logit');
  const two = fitTemperature(both, labels, 2, 'softmax');
  assert.ok(Math.abs(one.temperature / two.temperature - 1) < 1e-9);
  const shares = margins.map((margin) => 1 / (1 + Math.exp(-margin)));
  const pairs = Float64Array.from({ length: 400 }, (_, i) =>
    i % 2 ? shares[i >> 1]! : 1 - shares[i >> 1]!,
  );
  const ofShares = fitBinaryTemperature(shares, labels, 'identity');
  const ofPairs = fitTemperature(pairs, labels, 2, 'identity');
  assert.ok(Math.abs(ofShares.temperature / ofPairs.temperature - 1) < 1e-9);
  const pair = classProbabilities('identity', pairs, 2, ofPairs);
  shares.forEach((share, row) => {
    assert.ok(Math.abs(calibrate(ofShares, 'identity', share) - pair[2 * row + 1]!) < 1e-9);
  });
});

test('separable, reversed and meaningless margins stay in the range', () => {
  const margins = Float64Array.of(2, 0, 0, 0, 2, 0, 0, 0, 2);
  const right = fitTemperature(margins, [0, 1, 2], 3, 'softmax').temperature;
  const wrong = fitTemperature(margins, [1, 2, 0], 3, 'softmax').temperature;
  // the loss is 0 to the last bit long before the end of the range
  assert.ok(right >= 0.01 && right < 0.06, String(right));
  assert.ok(wrong > 99 && wrong <= 100 + 1e-9, String(wrong));
  assert.is(fitTemperature(new Float64Array(9), [0, 1, 2], 3, 'logit').temperature, 1);
});

test('wrong input is named', () => {
  const fit = (margins: number[], labels: number[]) => () =>
    fitTemperature(Float64Array.from(margins), labels, 3, 'softmax');
  assert.throws(fit([1, 2], [0]), /2 margins, but 1 labels of 3 outputs/);
  assert.throws(fit([1, 2, NaN], [0]), /row 0: expected a finite margin, got NaN/);
  assert.throws(fit([1, 2, 3], [3]), /row 0: expected a class in \[0, 2\], got 3/);
});

test.run();
