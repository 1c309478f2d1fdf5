import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fitBeta } from '../../src/calibrate/beta.js';
import { calibrate } from '../../src/model/calibrator.js';
import type { Link } from '../../src/model/forest.js';

interface Case {
  name: string;
  link: Link;
  /** margin, label */
  rows: [number, number][];
  /** a, b, c of the same objective */
  scipy: [number, number, number];
  /** a, b, c of betacal, whose solver stops at 1e-4 */
  betacal: [number, number, number];
}

const cases = JSON.parse(
  readFileSync(new URL('fixtures/beta.json', import.meta.url), 'utf8'),
) as Case[];

for (const { name, link, rows, scipy, betacal } of cases) {
  test(`agrees with scipy and betacal: ${name}`, () => {
    const margins = Float64Array.from(rows, ([margin]) => margin);
    const labels = Uint8Array.from(rows, ([, label]) => label);
    const { a, b, c } = fitBeta(margins, labels, link);
    [a, b, c].forEach((value, i) => {
      assert.ok(Math.abs(value - scipy[i]!) < 1e-6, `${i}: ${value}, scipy ${scipy[i]}`);
      assert.ok(Math.abs(value - betacal[i]!) < 4e-3, `${i}: ${value}, betacal ${betacal[i]}`);
    });
    // a term that is dropped is exactly 0
    assert.equal(
      [a === 0, b === 0],
      scipy.slice(0, 2).map((value) => value === 0),
    );
  });
}

const labelled = fc.array(
  fc.tuple(fc.double({ min: -40, max: 40, noNaN: true }), fc.integer({ min: 0, max: 1 })),
  { minLength: 1, maxLength: 40 },
);

test('never falls, and is finite on any sample', () => {
  fc.assert(
    fc.property(labelled, fc.constantFrom<Link>('logit', 'identity'), (rows, link) => {
      const toMargin = (margin: number): number => (link === 'logit' ? margin : (margin + 40) / 80);
      const margins = Float64Array.from(rows, ([margin]) => toMargin(margin));
      const calibrator = fitBeta(
        margins,
        Uint8Array.from(rows, ([, label]) => label),
        link,
      );
      const { a, b, c } = calibrator;
      assert.ok(a >= 0 && b >= 0 && Number.isFinite(a + b + c), JSON.stringify(calibrator));
      let before = 0;
      for (const margin of [-1e308, -1000, -40, -1, 0, 1e-9, 0.5, 1, 40, 1000, 1e308]) {
        const p = calibrate(calibrator, link, margin);
        assert.ok(p >= before && p <= 1, `${margin}: ${p} after ${before}`);
        before = p;
      }
    }),
    { numRuns: 200 },
  );
});

test('shares of exactly 0 and 1, and infinite margins, have a probability', () => {
  const beta = { kind: 'beta', a: 1.5, b: 0.5, c: 0.1 } as const;
  for (const p of [0, 1].map((share) => calibrate(beta, 'identity', share))) {
    assert.ok(p > 0 && p < 1);
  }
  assert.is(calibrate(beta, 'logit', Infinity), 1);
  assert.is(calibrate(beta, 'logit', -Infinity), 0);
  const dropped = { kind: 'beta', a: 0, b: 0.5, c: 0 } as const;
  assert.is(calibrate(dropped, 'logit', -Infinity), 0.5);
});

test('a = b is a line in the log-odds, also where p rounds to 0 or 1', () => {
  const beta = { kind: 'beta', a: 0.5, b: 0.5, c: 0.25 } as const;
  const line = { kind: 'sigmoid', slope: 0.5, intercept: 0.25 } as const;
  for (const margin of [-700, -60, -3, 0, 2, 50, 600]) {
    const [left, right] = [beta, line].map((kind) => calibrate(kind, 'logit', margin));
    assert.ok(Math.abs(left! - right!) <= 1e-12 * right!, `${margin}: ${left}, ${right}`);
  }
});

test.run();
