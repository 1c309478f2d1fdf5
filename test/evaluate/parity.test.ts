import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { comparePredictions } from '../../src/evaluate/parity.js';

test('deltas, the worst row and flips', () => {
  const report = comparePredictions([0.2, 0.5, 0.75], [0.2, 0.25, 0.5], 0.5);
  assert.equal(report, {
    rowCount: 3,
    maxDelta: 0.25,
    meanDelta: 0.5 / 3,
    decisionFlips: 1,
    worstRow: 1,
  });
});

test('equal predictions differ by nothing, NaN and infinities included', () => {
  const values = [NaN, Infinity, -Infinity, 0, -0, 0.5];
  const { maxDelta, meanDelta, decisionFlips } = comparePredictions(values, values, 0.5);
  assert.equal([maxDelta, meanDelta, decisionFlips], [0, 0, 0]);
});

test('NaN against a number is infinitely far', () => {
  for (const [a, b] of [
    [NaN, 0.5],
    [0.5, NaN],
    [NaN, Infinity],
  ] as const) {
    const report = comparePredictions([0.1, a], [0.1, b], 0.5);
    assert.is(report.maxDelta, Infinity);
    assert.is(report.worstRow, 1);
  }
  assert.is(comparePredictions([0.9], [NaN], 0.5).decisionFlips, 1);
  assert.is(comparePredictions([0.1], [NaN], 0.5).decisionFlips, 0);
});

test('a decision is made on the float32 probability', () => {
  const at = Math.fround(0.1);
  assert.is(comparePredictions([0.1], [at], at).decisionFlips, 0);
});

test('no rows', () => {
  assert.equal(comparePredictions([], [], 0.5), {
    rowCount: 0,
    maxDelta: 0,
    meanDelta: 0,
    decisionFlips: 0,
    worstRow: -1,
  });
  assert.throws(() => comparePredictions([1], [], 0.5), /1 reference rows, but 0 candidate rows/);
});

test.run();
