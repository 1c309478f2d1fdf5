import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  chooseThreshold,
  type ThresholdGoal,
  theoreticalThreshold,
} from '../../src/calibrate/chooseThreshold.js';
import { nextDown32 } from '../../src/core/float.js';
import { createRandom } from '../../src/core/random.js';
import { confusionCounts, f1Of, precisionOf, recallOf } from '../../src/evaluate/confusion.js';
import type { Costs } from '../../src/model/threshold.js';

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
    fc.property(samples, fc.constantFrom(0, 0.3, 0.5, 0.8, 1), (sample, target) => {
      const { reached, precision, recall } = bestByTrying(sample, target);
      const threshold = chooseThreshold({ ...sample, goal: { policy: 'targetPrecision', target } });
      assert.equal(
        [threshold.reached, threshold.precision, threshold.recall],
        [reached, precision, recall],
      );
      assert.is(threshold.target, target);
      assert.is(threshold.policy, 'targetPrecision');
    }),
    { numRuns: 500 },
  );
});

/** Every cut there is: each probability, and a threshold that none reaches. */
function everyCut({ labels, probabilities }: Sample, withNone: boolean) {
  const values = [...probabilities].map(Math.fround).sort((a, b) => b - a);
  if (withNone && values[0]! < 1) values.unshift(1);
  return values.map((value) => {
    const counts = confusionCounts(labels, probabilities, value);
    const { truePositives, falsePositives, trueNegatives, falseNegatives } = counts;
    const precision = precisionOf(counts);
    return {
      precision,
      recall: recallOf(counts),
      f1: f1Of(counts),
      costOf: (costs: Costs) =>
        (truePositives * costs.truePositive +
          falsePositives * costs.falsePositive +
          falseNegatives * costs.falseNegative +
          trueNegatives * costs.trueNegative) /
        labels.length,
    };
  });
}

test('target recall equals trying every threshold', () => {
  fc.assert(
    fc.property(samples, fc.constantFrom(0, 0.3, 0.8, 1), (sample, target) => {
      const cuts = everyCut(sample, false);
      const reaching = cuts.filter(({ recall }) => recall >= target);
      const [expected] = (reaching.length > 0 ? reaching : cuts).sort(
        (a, b) => b.precision - a.precision || b.recall - a.recall,
      );
      const threshold = chooseThreshold({ ...sample, goal: { policy: 'targetRecall', target } });
      assert.equal(
        [threshold.reached, threshold.precision, threshold.recall, threshold.target],
        [reaching.length > 0, expected!.precision, expected!.recall, target],
      );
      // only a sample without positives cannot reach a recall
      assert.is(threshold.reached, target === 0 || sample.labels.includes(1));
    }),
    { numRuns: 300 },
  );
});

test('the greatest F1 equals trying every threshold', () => {
  fc.assert(
    fc.property(samples, (sample) => {
      const threshold = chooseThreshold({ ...sample, goal: { policy: 'maxF1' } });
      assert.is(threshold.f1, Math.max(...everyCut(sample, false).map(({ f1 }) => f1)));
      assert.is(threshold.reached, undefined);
    }),
    { numRuns: 300 },
  );
});

const costMatrices = fc
  .array(fc.integer({ min: 0, max: 12 }), { minLength: 4, maxLength: 4 })
  .map(([tp, fp, fn, tn]) => ({
    truePositive: tp! - 6,
    falsePositive: tn! - 6 + fp! + 1,
    falseNegative: tp! - 6 + fn! + 1,
    trueNegative: tn! - 6,
  }));

test('the least mean cost equals trying every threshold, none positive included', () => {
  fc.assert(
    fc.property(samples, costMatrices, (sample, costs) => {
      const { meanCost } = chooseThreshold({ ...sample, goal: { policy: 'costMatrix', costs } });
      const expected = Math.min(...everyCut(sample, true).map(({ costOf }) => costOf(costs)));
      assert.is(meanCost, expected);
    }),
    { numRuns: 500 },
  );
});

test('with calibrated probabilities the least cost is near the theoretical threshold', () => {
  const random = createRandom(4);
  const probabilities = Float64Array.from({ length: 40_000 }, () => random.uniform());
  const labels = Uint8Array.from(probabilities, (p) => (random.uniform() < p ? 1 : 0));
  const costs = { truePositive: -1, falsePositive: 2, falseNegative: 7, trueNegative: 0 };
  const threshold = chooseThreshold({
    probabilities,
    labels,
    goal: { policy: 'costMatrix', costs },
  });
  assert.is(threshold.theoretical, 0.2);
  assert.is(theoreticalThreshold(costs), 0.2);
  assert.ok(Math.abs(threshold.value - 0.2) < 0.03, String(threshold.value));
  assert.equal(threshold.costs, costs);
});

test('where labelling anything positive costs too much, nothing is; a probability of 1 always is', () => {
  const labels = Uint8Array.of(0, 0, 1, 0);
  const costs = { truePositive: 0, falsePositive: 9, falseNegative: 1, trueNegative: 0 };
  const choose = (probabilities: number[]) =>
    chooseThreshold({ labels, probabilities, goal: { policy: 'costMatrix', costs } });
  const none = choose([0.5, 0.4, 0.3, 0.2]);
  assert.equal([none.value, none.recall, none.meanCost], [0.75, 0, 0.25]);
  const below = choose([nextDown32(1), 0.4, 0.3, 0.2]);
  assert.equal([below.value, below.meanCost], [1, 0.25]);
  const certain = choose([1, 0.4, 0.3, 0.2]);
  assert.equal([certain.value, certain.meanCost], [Math.fround(0.7), 2.5]);
});

test('of equals the threshold that labels the fewest rows positive', () => {
  // F1 of 2/3 after one row and after four
  const labels = Uint8Array.of(1, 0, 0, 1);
  const probabilities = [0.75, 0.5, 0.25, 0.125];
  const { value } = chooseThreshold({ labels, probabilities, goal: { policy: 'maxF1' } });
  assert.is(value, 0.625);
});

test('a fixed threshold is rounded to float32 and measured', () => {
  const labels = Uint8Array.of(0, 1);
  const goal = { policy: 'fixed', value: 0.1 } as const;
  const threshold = chooseThreshold({ labels, probabilities: [0.05, 0.1], goal });
  assert.equal(threshold, {
    value: Math.fround(0.1),
    policy: 'fixed',
    precision: 1,
    recall: 1,
    f1: 1,
  });
});

test('the value is float32, in [0, 1], and splits the rows as recorded', () => {
  fc.assert(
    fc.property(samples, (sample) => {
      const { value, precision, recall } = chooseThreshold({
        ...sample,
        goal: { policy: 'targetPrecision', target: 0.6 },
      });
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
  const { value, recall } = chooseThreshold({
    labels,
    probabilities,
    goal: { policy: 'targetPrecision', target: 1 },
  });
  assert.equal([value, recall], [0.375, 1]);
});

test('neighbouring floats have nothing between them', () => {
  const upper = Math.fround(0.1);
  const probabilities = [upper, upper - 2 ** -27];
  const threshold = chooseThreshold({
    labels: Uint8Array.of(1, 0),
    probabilities,
    goal: { policy: 'targetPrecision', target: 1 },
  });
  assert.is(threshold.value, upper);
});

test('a target out of reach gives the most precise threshold, and says so', () => {
  const labels = Uint8Array.of(0, 1, 1, 0, 0);
  const probabilities = [0.9, 0.8, 0.7, 0.6, 0.5];
  const threshold = chooseThreshold({
    labels,
    probabilities,
    goal: { policy: 'targetPrecision', target: 0.9 },
  });
  assert.is(threshold.reached, false);
  assert.equal([threshold.precision, threshold.recall], [2 / 3, 1]);
});

test('with every row labelled positive the value is the least probability', () => {
  const labels = Uint8Array.of(0, 1);
  const threshold = chooseThreshold({
    labels,
    probabilities: [0.5, 0.25],
    goal: { policy: 'targetPrecision', target: 0.5 },
  });
  assert.is(threshold.value, 0.25);
});

test('wrong input is named', () => {
  const labels = Uint8Array.of(0, 1);
  const choose = (probabilities: number[], target: number) => () =>
    chooseThreshold({ labels, probabilities, goal: { policy: 'targetPrecision', target } });
  assert.throws(choose([0.1, 1.1], 0.5), /row 1: expected a probability/);
  assert.throws(choose([0.1, 0.2], 1.5), /"goal.target" expected/);
  assert.throws(
    () =>
      chooseThreshold({
        labels: new Uint8Array(0),
        probabilities: [],
        goal: { policy: 'targetPrecision', target: 0.5 },
      }),
    /at least one row/,
  );
  const goals: [object, RegExp][] = [
    [{ policy: 'best' }, /"goal\.policy" expected one of .*got "best"/],
    [{ policy: 'maxF1', target: 1 }, /unknown goal of maxF1 "target"/],
    [{ policy: 'targetRecall' }, /"goal\.target" expected a number in \[0, 1\], got undefined/],
    [{ policy: 'fixed', value: 2 }, /"goal\.value" expected/],
    [{ policy: 'costMatrix' }, /"costs\.truePositive" expected/],
    [
      {
        policy: 'costMatrix',
        costs: { truePositive: 0, falsePositive: 0, falseNegative: 1, trueNegative: 0 },
      },
      /falsePositive above trueNegative .* got truePositive 0, falsePositive 0/,
    ],
  ];
  for (const [goal, message] of goals) {
    assert.throws(
      () => chooseThreshold({ labels, probabilities: [0, 1], goal: goal as ThresholdGoal }),
      message,
    );
  }
});

test.run();
