import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exp, log, logit, sigmoid } from '../../src/core/elementary.js';

/** |a - b| in units of the last place of b. */
function ulps(a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  const ulp = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(b))), -1022) - 52);
  return Math.abs(a - b) / ulp;
}

test('exp is within two ulps of the engine over its whole range', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -708, max: 709, noNaN: true }),
      (x) => ulps(exp(x), Math.exp(x)) <= 2,
    ),
    { numRuns: 20_000 },
  );
});

test('exp at its ends', () => {
  assert.is(exp(0), 1);
  assert.is(exp(-0), 1);
  assert.ok(ulps(exp(1), Math.E) <= 1);
  assert.is(exp(Infinity), Infinity);
  assert.is(exp(710), Infinity);
  assert.is(exp(-Infinity), 0);
  assert.is(exp(-709), 0);
  assert.ok(Number.isFinite(exp(709.78)));
  assert.ok(Number.isNaN(exp(NaN)));
});

test('log is within two ulps of the engine, subnormals included', () => {
  fc.assert(
    fc.property(
      fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true }),
      (x) => ulps(log(x), Math.log(x)) <= 2,
    ),
    { numRuns: 20_000 },
  );
  fc.assert(
    fc.property(
      fc.double({ min: 0.5, max: 2, noNaN: true }),
      (x) => ulps(log(x), Math.log(x)) <= 2,
    ),
    { numRuns: 20_000 },
  );
});

test('log at its ends', () => {
  assert.is(log(1), 0);
  assert.is(log(0), -Infinity);
  assert.is(log(Infinity), Infinity);
  assert.ok(Number.isNaN(log(-1)));
  assert.ok(Number.isNaN(log(NaN)));
});

test('sigmoid is symmetric, monotone and never overflows', () => {
  assert.is(sigmoid(0), 0.5);
  assert.is(sigmoid(Infinity), 1);
  assert.is(sigmoid(-Infinity), 0);
  assert.is(sigmoid(-1e9), 0);
  fc.assert(
    fc.property(fc.double({ min: -40, max: 40, noNaN: true }), (x) => {
      return Math.abs(sigmoid(x) + sigmoid(-x) - 1) <= 2 ** -52 && sigmoid(x) <= sigmoid(x + 1e-3);
    }),
    { numRuns: 5000 },
  );
});

test('logit undoes sigmoid', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -10, max: 10, noNaN: true }),
      (x) => Math.abs(logit(sigmoid(x)) - x) < 1e-10,
    ),
  );
});

test.run();
