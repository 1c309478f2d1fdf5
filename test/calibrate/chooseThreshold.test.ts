import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseThreshold } from '../../src/calibrate/chooseThreshold.js';
import { confusionCounts, precisionOf, recallOf } from '../../src/evaluate/confusion.js';

interface Sample {
  labels: Uint8Array;
  probabilities: Float64Array;
}

/** The slow twin: tries every probability as a threshold. */
function bestByTrying({ labels, probabilities }: Sample, target: number) {
  const tried = Array.from(probabilities, (p) => {
    const counts = confusionCounts(labels, probabilities, Math.fround(p));
    return { precision: precisionOf(counts), recall: recallOf(counts) };
  });
  const reaching = tried.filter(({ precision }) => precision >= target);
  const reached = reaching.length > 0;
  const [first] = (reached ? reaching : tried).sort((a, b) =>
    reached
      ? b.recall - a.recall || b.precision - a.precision
      : b.precision - a.precision || b.recall - a.recall,
  );
  return { reached, ...first! };
}

const samples = fc
  .array(
    fc.tuple(
      fc.integer({ min: 0, max: 1 }),
      fc.oneof(
        fc.integer({ min: 0, max: 10 }).map((step) => step / 10),
        fc.double({ min: 0, max: 1, noNaN: true }),
      ),
    ),
    { minLength: 1, maxLength: 40 },
  )
  .map((rows) => ({
    labels: Uint8Array.from(rows, ([label]) => label),
    probabilities: Float64Array.from(rows, ([, probability]) => probability),
  }));

test('equals trying every threshold', () => {
  fc.assert(
    fc.property(samples, fc.constantFrom(0, 0.3, 0.5, 0.8, 1), (sample, targetPrecision) => {
      const { reached, precision, recall } = bestByTrying(sample, targetPrecision);
      const threshold = chooseThreshold({ ...sample, targetPrecision });
      assert.equal(
        [threshold.reached, threshold.precision, threshold.recall],
        [reached, precision, recall],
      );
      assert.is(threshold.target, targetPrecision);
      assert.is(threshold.policy, 'targetPrecision');
    }),
    { numRuns: 500 },
  );
});

test('the value is float32, in [0, 1], and splits the rows as recorded', () => {
  fc.assert(
    fc.property(samples, (sample) => {
      const { value, precision, recall } = chooseThreshold({ ...sample, targetPrecision: 0.6 });
      assert.is(Math.fround(value), value);
      assert.ok(value >= 0 && value <= 1);
      const counts = confusionCounts(sample.labels, sample.probabilities, value);
      assert.equal([precision, recall], [precisionOf(counts), recallOf(counts)]);
    }),
  );
});

test('lies half-way to the next lower probability', () => {
  const labels = Uint8Array.of(1, 1, 0, 0);
  const probabilities = [0.75, 0.5, 0.25, 0.125];
  const { value, recall } = chooseThreshold({ labels, probabilities, targetPrecision: 1 });
  assert.equal([value, recall], [0.375, 1]);
});

test('neighbouring floats have nothing between them', () => {
  const upper = Math.fround(0.1);
  const probabilities = [upper, upper - 2 ** -27];
  const threshold = chooseThreshold({
    labels: Uint8Array.of(1, 0),
    probabilities,
    targetPrecision: 1,
  });
  assert.is(threshold.value, upper);
});

test('a target out of reach gives the most precise threshold, and says so', () => {
  const labels = Uint8Array.of(0, 1, 1, 0, 0);
  const probabilities = [0.9, 0.8, 0.7, 0.6, 0.5];
  const threshold = chooseThreshold({ labels, probabilities, targetPrecision: 0.9 });
  assert.is(threshold.reached, false);
  assert.equal([threshold.precision, threshold.recall], [2 / 3, 1]);
});

test('with every row labelled positive the value is the least probability', () => {
  const labels = Uint8Array.of(0, 1);
  const threshold = chooseThreshold({ labels, probabilities: [0.5, 0.25], targetPrecision: 0.5 });
  assert.is(threshold.value, 0.25);
});

test('wrong input is named', () => {
  const labels = Uint8Array.of(0, 1);
  const choose = (probabilities: number[], targetPrecision: number) => () =>
    chooseThreshold({ labels, probabilities, targetPrecision });
  assert.throws(choose([0.1, 1.1], 0.5), /row 1: expected a probability/);
  assert.throws(choose([0.1, 0.2], 1.5), /"targetPrecision" expected/);
  assert.throws(
    () => chooseThreshold({ labels: new Uint8Array(0), probabilities: [], targetPrecision: 0.5 }),
    /at least one row/,
  );
});

test.run();
