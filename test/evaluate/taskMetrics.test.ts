import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exp } from '../../src/core/elementary.js';
import {
  averagePrecision,
  brierScore,
  confusionMatrix,
  evalMetric,
  evaluateMulticlass,
  evaluateRegression,
  gammaDeviance,
  huberLoss,
  logLoss,
  MULTICLASS_METRIC_NAMES,
  type MulticlassMetrics,
  meanAveragePrecision,
  multiclassBrierScore,
  multiclassLogLoss,
  ndcg,
  pinballLoss,
  poissonDeviance,
  REGRESSION_METRIC_NAMES,
  type RegressionMetrics,
  rocAuc,
  topClasses,
  topLabelCalibrationError,
  tweedieDeviance,
} from '../../src/evaluate/index.js';

interface Rows {
  name: string;
  target: number[];
  predictions: number[];
  weight: number[] | null;
}

type BinaryCase = Rows &
  Record<'rocAuc' | 'averagePrecision' | 'logLoss' | 'brierScore' | 'accuracy', number>;
type MulticlassCase = Rows & {
  classCount: number;
  metrics: MulticlassMetrics;
  scikitAuc?: number;
};
type RegressionCase = Rows &
  RegressionMetrics & { counts: number[] } & Record<
    | 'pinball'
    | 'huber'
    | 'poisson'
    | 'gamma'
    | 'tweedie0'
    | 'tweedie1.3'
    | 'tweedie1.8'
    | 'tweedie3',
    number
  >;
type RankingCase = {
  name: string;
  relevance: number[];
  scores: number[];
  groups: number[];
} & Record<'ndcg' | 'ndcg3' | 'linear' | 'linear5' | 'map', number>;

const cases = JSON.parse(
  readFileSync(new URL('fixtures/taskMetrics.json', import.meta.url), 'utf8'),
) as {
  binary: BinaryCase[];
  multiclass: MulticlassCase[];
  regression: RegressionCase[];
  ranking: RankingCase[];
};

/** Agreement to 1e-12, relative above 1. */
function near(actual: number, expected: number, what: string): void {
  const tolerance = 1e-12 * Math.max(1, Math.abs(expected));
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual}, expected ${expected}`);
}

cases.binary.forEach(({ target, predictions, weight, ...expected }, index) => {
  test(`binary with weights agrees with scikit-learn: ${index}`, () => {
    const labels = Uint8Array.from(target);
    near(rocAuc(labels, predictions, weight!), expected.rocAuc, 'rocAuc');
    near(averagePrecision(labels, predictions, weight!), expected.averagePrecision, 'ap');
    near(logLoss(labels, predictions, weight!), expected.logLoss, 'logLoss');
    near(brierScore(labels, predictions, weight!), expected.brierScore, 'brierScore');
    for (const name of ['rocAuc', 'averagePrecision', 'logLoss', 'accuracy'] as const) {
      near(evalMetric(name).evaluate(target, predictions, 1, weight!), expected[name], name);
    }
    const error = evalMetric('error').evaluate(target, predictions, 1, weight!);
    near(error, 1 - expected.accuracy, 'error');
  });
});

for (const {
  name,
  target,
  predictions,
  classCount,
  weight,
  metrics,
  scikitAuc,
} of cases.multiclass) {
  test(`several classes agree with scikit-learn: ${name}`, () => {
    const actual = evaluateMulticlass({
      labels: target,
      probabilities: predictions,
      classCount,
      weight: weight ?? undefined,
    });
    for (const metric of MULTICLASS_METRIC_NAMES) near(actual[metric], metrics[metric], metric);
    metrics.confusion.forEach((row, k) => {
      row.forEach((count, other) => {
        near(actual.confusion[k]![other]!, count, `confusion ${k} ${other}`);
      });
    });
    if (scikitAuc !== undefined) near(actual.rocAuc, scikitAuc, 'macro one-vs-rest AUC');
    for (const metric of ['rocAuc', 'logLoss', 'accuracy'] as const) {
      const { evaluate } = evalMetric(metric);
      near(
        evaluate(target, predictions, classCount, weight ?? undefined),
        metrics[metric],
        `eval ${metric}`,
      );
    }
  });
}

for (const { name, target, counts, predictions, weight: given, ...expected } of cases.regression) {
  test(`numbers agree with scikit-learn: ${name}`, () => {
    const weight = given ?? undefined;
    const actual = evaluateRegression(target, predictions, weight);
    for (const metric of REGRESSION_METRIC_NAMES) near(actual[metric], expected[metric], metric);
    near(pinballLoss(target, predictions, 0.8, weight), expected.pinball, 'pinball');
    near(huberLoss(target, predictions, 0.7, weight), expected.huber, 'huber');
    near(poissonDeviance(counts, predictions, weight), expected.poisson, 'poisson');
    near(gammaDeviance(target, predictions, weight), expected.gamma, 'gamma');
    for (const [power, of] of [
      [0, target],
      [1.3, counts],
      [1.8, counts],
      [3, target],
    ] as const) {
      const deviance = tweedieDeviance(of, predictions, power, weight);
      near(deviance, expected[`tweedie${power}` as 'tweedie3'], `tweedie ${power}`);
    }
    const evaluated = (metric: string, options: object, of: number[]): number =>
      evalMetric(metric, options).evaluate(of, predictions, 1, weight);
    near(evaluated('rmse', {}, target), expected.rmse, 'eval rmse');
    near(evaluated('mae', {}, target), expected.mae, 'eval mae');
    near(evaluated('mape', {}, target), expected.mape, 'eval mape');
    near(evaluated('quantile', { alpha: 0.8 }, target), expected.pinball, 'eval quantile');
    near(evaluated('huber', { delta: 0.7 }, target), expected.huber, 'eval huber');
    near(evaluated('poisson', {}, counts), expected.poisson, 'eval poisson');
    near(evaluated('gamma', {}, target), expected.gamma, 'eval gamma');
    near(evaluated('tweedie', { power: 1.3 }, counts), expected['tweedie1.3'], 'eval tweedie');
  });
}

for (const { name, relevance, scores, groups, ...expected } of cases.ranking) {
  test(`ranked groups agree with scikit-learn: ${name}`, () => {
    const input = { relevance, scores, groups };
    near(ndcg(input), expected.ndcg, 'ndcg');
    near(ndcg(input, { k: 3 }), expected.ndcg3, 'ndcg@3');
    near(ndcg(input, { gain: 'linear' }), expected.linear, 'linear ndcg');
    near(ndcg(input, { gain: 'linear', k: 5 }), expected.linear5, 'linear ndcg@5');
    near(meanAveragePrecision(input), expected.map, 'map');
    const { evaluate } = evalMetric('ndcg', { k: 3 });
    near(evaluate(relevance, scores, 1, undefined, groups), expected.ndcg3, 'eval ndcg');
  });
}

const weightedRows = fc.array(
  fc.record({
    label: fc.integer({ min: 0, max: 2 }),
    scores: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 3, maxLength: 3 }),
    target: fc.integer({ min: 1, max: 9 }),
    weight: fc.integer({ min: 0, max: 3 }),
  }),
  { minLength: 1, maxLength: 25 },
);

test('a weight of n is n rows', () => {
  const close = (left: number, right: number, what: string): void => {
    if (Number.isNaN(left) && Number.isNaN(right)) return;
    assert.ok(
      Math.abs(left - right) < 1e-9 * Math.max(1, Math.abs(right)),
      `${what} ${left} ${right}`,
    );
  };
  fc.assert(
    fc.property(weightedRows, (rows) => {
      fc.pre(rows.some(({ weight }) => weight > 0));
      const repeated = rows.flatMap((row) => Array.from({ length: row.weight }, () => row));
      const classesOf = (of: typeof rows) => ({
        labels: of.map(({ label }) => label),
        probabilities: of.flatMap(({ scores }) => {
          const powers = scores.map((score) => exp(score));
          const sum = powers[0]! + powers[1]! + powers[2]!;
          return powers.map((power) => power / sum);
        }),
        classCount: 3,
      });
      const weight = rows.map((row) => row.weight);
      const weighted = evaluateMulticlass({ ...classesOf(rows), weight });
      const plain = evaluateMulticlass(classesOf(repeated));
      for (const name of MULTICLASS_METRIC_NAMES) {
        if (name !== 'calibrationError') close(weighted[name], plain[name], name);
      }
      const numbersOf = (of: typeof rows) =>
        [of.map(({ target }) => target), of.map(({ scores }) => scores[0]! + 0.5)] as const;
      const left = evaluateRegression(...numbersOf(rows), weight);
      const right = evaluateRegression(...numbersOf(repeated));
      for (const name of REGRESSION_METRIC_NAMES) close(left[name], right[name], name);
    }),
    { numRuns: 200 },
  );
});

test('two classes are the binary metrics', () => {
  const { target, predictions } = cases.binary[1]!;
  const labels = Uint8Array.from(target);
  const both = { labels, probabilities: predictions.flatMap((p) => [1 - p, p]), classCount: 2 };
  near(multiclassLogLoss(both), logLoss(labels, predictions), 'log loss');
  near(multiclassBrierScore(both), 2 * brierScore(labels, predictions), 'Brier');
  near(evaluateMulticlass(both).rocAuc, rocAuc(labels, predictions), 'AUC');
});

test('the order of the rows of a group does not matter, ties included', () => {
  fc.assert(
    fc.property(weightedRows, (rows) => {
      const of = (items: typeof rows) => ({
        relevance: items.map(({ label }) => label),
        scores: items.map(({ scores }) => scores[0]!),
      });
      const [forward, backward] = [of(rows), of([...rows].reverse())].map((input) =>
        ndcg(input, { k: 4 }),
      ) as [number, number];
      const nothing = rows.every(({ label }) => label === 0);
      assert.ok(nothing ? Number.isNaN(forward) : Math.abs(forward - backward) < 1e-12);
      assert.ok(nothing || (forward >= 0 && forward <= 1 + 1e-12));
    }),
  );
});

test('classes of equal probability: the first; a perfect prediction has no calibration error', () => {
  assert.equal(topClasses([0.4, 0.4, 0.2, 0.1, 0.45, 0.45], 3), Uint16Array.of(0, 1));
  const sure = { labels: [0, 1], probabilities: [1, 0, 0, 0, 1, 0], classCount: 3 };
  assert.is(topLabelCalibrationError(sure), 0);
  assert.equal(confusionMatrix([0, 1, 1], [1, 1, 0], 2), Float64Array.of(0, 1, 1, 1));
});

test('certain and wrong is finite; a single number has no spread', () => {
  const wrong = { labels: [0], probabilities: [0, 1, 0], classCount: 3 };
  near(multiclassLogLoss(wrong), -Math.log(2 ** -52), 'log loss');
  assert.equal(evaluateRegression([2], [2]), {
    rmse: 0,
    mae: 0,
    medianAbsoluteError: 0,
    mape: 0,
    r2: 1,
  });
});

test('wrong input is named', () => {
  const classes = (labels: number[], probabilities: number[], weight?: number[]) => () =>
    evaluateMulticlass({ labels, probabilities, classCount: 2, weight });
  const numbers = (target: number[], predictions: number[], weight?: number[]) => () =>
    evaluateRegression(target, predictions, weight);
  const table: [() => unknown, RegExp][] = [
    [classes([0], [1]), /1 labels of 2 classes, but 1 probabilities/],
    [classes([2], [1, 0]), /row 0: expected a class in \[0, 1\], got 2/],
    [
      classes([0, 1], [1, 0, NaN, 1]),
      /row 1, class 0: expected a probability in \[0, 1\], got NaN/,
    ],
    [classes([0], [0.5, 0.4]), /row 0: expected probabilities that add up to 1, got 0\.9/],
    [classes([], []), /at least one row/],
    [classes([0], [1, 0], [1, 1]), /1 labels, but 2 weights/],
    [numbers([1, 2], [1]), /2 targets, but 1 predictions/],
    [numbers([], []), /at least one row/],
    [numbers([1, Infinity], [1, 1]), /row 1: expected a finite number in targets, got Infinity/],
    [numbers([1], [NaN]), /row 0: expected a finite number in predictions, got NaN/],
    [numbers([1, 2], [1, 2], [1, -1]), /row 1: expected a finite weight >= 0, got -1/],
    [numbers([1], [1], [0]), /weights that are not all zero/],
    [() => rocAuc(Uint8Array.of(0, 1), [0, 1], [1]), /2 labels, but 1 weights/],
    [() => poissonDeviance([-1], [1]), /row 0: expected a target >= 0, got -1/],
    [() => gammaDeviance([0], [1]), /row 0: expected a target above 0, got 0/],
    [() => poissonDeviance([1], [0]), /row 0: expected a prediction above 0, got 0/],
    [() => tweedieDeviance([1], [1], 0.5), /"power" expected 0 or a number from 1 on, got 0\.5/],
    [() => pinballLoss([1], [1], 1), /"alpha" expected/],
    [() => huberLoss([1], [1], 0), /"delta" expected/],
    [
      () => ndcg({ relevance: [1, 0], scores: [1, 0], groups: [1] }),
      /2 rows, but the groups hold 1/,
    ],
    [() => ndcg({ relevance: [-1], scores: [1] }), /row 0: expected a relevance in \[0, 1000\]/],
    [() => ndcg({ relevance: [1], scores: [1] }, { k: 0 }), /"k" expected/],
    [() => ndcg({ relevance: [1], scores: [1] }, { gains: 1 } as object), /unknown ndcg option/],
    [() => evalMetric('auc'), /"metric" expected one of rocAuc, .*got "auc"/],
    [() => evalMetric('rmse', { alpha: 0.5 }), /unknown option of rmse "alpha"/],
    [() => evalMetric('quantile', { alpha: 2 }), /"alpha" expected/],
    [() => evalMetric('tweedie', { power: 2 }), /"power" expected/],
    [() => evalMetric('rocAuc').evaluate([0.5], [1], 1), /row 0: expected a label of 0 or 1/],
    [() => evalMetric('ndcg').evaluate([1], [1], 1, [1]), /"ndcg" takes no weights/],
  ];
  for (const [call, message] of table) assert.throws(call, message);
});

test.run();
