import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../src/core/random.js';
import { comparePredictions, decisionOf } from '../../src/evaluate/parity.js';
import { modelOf, modelOfTask, randomLinear } from '../onnx/models.js';

const HALF = { task: 'binary', threshold: 0.5 } as const;
const THREE = { task: 'multiclass', classCount: 3 } as const;

test('deltas, the worst row and flips', () => {
  const report = comparePredictions([0.2, 0.5, 0.75], [0.2, 0.25, 0.5], HALF);
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
  const { maxDelta, meanDelta, decisionFlips } = comparePredictions(values, values, HALF);
  assert.equal([maxDelta, meanDelta, decisionFlips], [0, 0, 0]);
});

test('NaN against a number is infinitely far', () => {
  for (const [a, b] of [
    [NaN, 0.5],
    [0.5, NaN],
    [NaN, Infinity],
  ] as const) {
    const report = comparePredictions([0.1, a], [0.1, b], HALF);
    assert.is(report.maxDelta, Infinity);
    assert.is(report.worstRow, 1);
  }
  assert.is(comparePredictions([0.9], [NaN], HALF).decisionFlips, 1);
  assert.is(comparePredictions([0.1], [NaN], HALF).decisionFlips, 0);
});

test('a decision is made on the float32 probability', () => {
  const at = Math.fround(0.1);
  assert.is(comparePredictions([0.1], [at], { task: 'binary', threshold: at }).decisionFlips, 0);
});

test('no rows', () => {
  assert.equal(comparePredictions([], [], HALF), {
    rowCount: 0,
    maxDelta: 0,
    meanDelta: 0,
    decisionFlips: 0,
    worstRow: -1,
  });
  assert.throws(() => comparePredictions([1], [], HALF), /1 reference rows, but 0 candidate rows/);
});

test('classes: the worst value of a row counts, a label is the first of the greatest', () => {
  const reference = [0.5, 0.25, 0.25, 0.25, 0.5, 0.25, 0.375, 0.375, 0.25];
  const candidate = [0.5, 0.25, 0.25, 0.5, 0.25, 0.25, 0.25, 0.5, 0.25];
  assert.equal(comparePredictions(reference, candidate, THREE), {
    rowCount: 3,
    maxDelta: 0.25,
    meanDelta: 0.75 / 9,
    decisionFlips: 2,
    worstRow: 1,
  });
  // a tie of float32 numbers is a tie
  const close = [0.1, Math.fround(0.1), 0.05];
  assert.is(comparePredictions(close, [0.2, 0.1, 0.05], THREE).decisionFlips, 0);
  assert.throws(
    () => comparePredictions([1, 2], [1, 2], THREE),
    /0\.66.* reference rows, but 0\.66.* candidate rows/,
  );
});

test('numbers: differences, and the spread that they are held against', () => {
  const report = comparePredictions([1e9, 1e9 + 2, 1e9 + 4], [1e9, 1e9 + 2, 1e9 + 5], {
    task: 'regression',
  });
  assert.equal(report, {
    rowCount: 3,
    maxDelta: 1,
    meanDelta: 1 / 3,
    decisionFlips: 0,
    worstRow: 2,
    standardDeviation: Math.sqrt(8 / 3),
  });
  const odd = comparePredictions([Infinity, 1, NaN], [Infinity, 1, NaN], { task: 'regression' });
  assert.equal([odd.maxDelta, odd.standardDeviation], [0, 0]);
});

test('a model says how it decides', () => {
  const linear = randomLinear(createRandom(1), true, 'softmax', 4);
  assert.equal(decisionOf(modelOfTask('multiclass', linear)), {
    task: 'multiclass',
    classCount: 4,
  });
  const single = randomLinear(createRandom(1), true);
  assert.equal(decisionOf(modelOf(single, { kind: 'none' }, 0.25)), {
    task: 'binary',
    threshold: 0.25,
  });
  assert.equal(decisionOf(modelOfTask('regression', single)), { task: 'regression' });
});

test.run();
