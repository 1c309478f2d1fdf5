import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, DataError, ShapeError } from '../../src/core/errors.js';
import { createRandom } from '../../src/core/random.js';
import { averagePrecision, brierScore, logLoss, rocAuc } from '../../src/evaluate/index.js';
import {
  type MetricFunction,
  type PermutationOptions,
  permutationImportance,
} from '../../src/explain/index.js';
import { bareModel } from '../../src/model/bareModel.js';
import type { Forest } from '../../src/model/forest.js';
import { margins, predictions } from '../../src/model/margin.js';
import type { Model } from '../../src/model/model.js';
import { randomCase } from './randomForest.js';

const ROWS = 20_000;

/** The steps `±1.5 if x0 > 0` and `±0.5 if x1 > 0`, nothing of x2: the truth of the synthetic rows. */
function stepModel(): Model {
  const forest: Forest = {
    kind: 'forest',
    link: 'identity',
    baseScores: Float64Array.of(0.25),
    roots: Int32Array.of(0, 1),
    treeOutput: Int32Array.of(0, 0),
    featureIndex: Int32Array.of(0, 1),
    threshold: Float64Array.of(0, 0),
    categorySet: Int32Array.of(-1, -1),
    left: Int32Array.of(~0, ~2),
    right: Int32Array.of(~1, ~3),
    defaultLeft: new Uint8Array(2),
    gain: new Float64Array(2),
    cover: new Float64Array(2),
    leafValue: Float64Array.of(-1.5, 1.5, -0.5, 0.5),
    leafCover: new Float64Array(4),
    categorySets: [],
  };
  const data = { matrix: new Float32Array(3), rowCount: 1, featureCount: 3 };
  return bareModel(data, forest, 'test', 'regression');
}

function stepRows(): { matrix: Float64Array; target: Float64Array } {
  const random = createRandom(6);
  const matrix = Float64Array.from({ length: 3 * ROWS }, () => random.normal());
  const truth = margins(stepModel().predictor, matrix, ROWS, 3);
  return { matrix, target: truth.map((value) => value + 0.2 * random.normal()) };
}

test('drops are the ones that the truth has', () => {
  // a shuffled step of ±a differs from the right one half of the time by 2a: squared error 2a²
  const { matrix, target } = stepRows();
  const result = permutationImportance({ model: stepModel(), matrix, target });
  assert.is(result.metric, 'meanSquaredError');
  assert.ok(Math.abs(result.baseline - 0.04) < 0.002);
  const [first, second, third] = result.features;
  assert.equal([first!.feature, second!.feature, third!.feature], ['f0', 'f1', 'f2']);
  assert.ok(Math.abs(first!.mean - 4.5) < 0.1);
  assert.ok(Math.abs(second!.mean - 0.5) < 0.02);
  assert.equal(third!.drops, [0, 0, 0, 0, 0]);
  assert.ok(first!.deviation > 0 && first!.deviation < 0.1);

  const r2 = permutationImportance({ model: stepModel(), matrix, target, metric: 'r2' });
  assert.ok(r2.greaterIsBetter);
  // of a variance of 2.25 + 0.25 + 0.04
  assert.ok(Math.abs(r2.features[0]!.mean - 4.5 / 2.54) < 0.05);
});

test('only the trees that read a feature are scored again: the same as scoring all', () => {
  for (const [seed, outputCount] of [
    [3, 1],
    [4, 3],
  ] as const) {
    const { model, forest, matrix, rowCount, featureCount } = randomCase(
      { seed, treeCount: 12, maxLeaves: 6, numericCount: 5, levelCounts: [4], outputCount },
      60,
    );
    const random = createRandom(seed);
    const target = Float64Array.from({ length: rowCount }, () =>
      random.integer(outputCount === 1 ? 2 : outputCount),
    );
    const seen: Float64Array[] = [];
    const evaluate: MetricFunction = (_, predicted) => {
      seen.push(predicted.slice());
      return 0;
    };
    const metric = { evaluate, greaterIsBetter: true };
    permutationImportance({ model, matrix, target, metric, repeats: 1, seed: 9 });
    let at = 1;
    for (let feature = 0; feature < featureCount; feature++) {
      if (!forest.featureIndex.includes(feature)) continue;
      const column = Float64Array.from(
        { length: rowCount },
        (_, row) => matrix[row * featureCount + feature]!,
      );
      createRandom(9).fork(`feature ${feature}`).shuffle(column);
      const shuffled = matrix.slice();
      column.forEach((value, row) => {
        shuffled[row * featureCount + feature] = value;
      });
      const expected = predictions(model, margins(forest, shuffled, rowCount, featureCount));
      expected.forEach((value, row) => {
        assert.ok(Math.abs(seen[at]![row]! - value) < 1e-12);
      });
      at++;
    }
    assert.is(seen.length, at);
  }
});

function binaryCase(): Pick<PermutationOptions, 'model' | 'matrix' | 'target'> {
  const { model, forest, matrix, rowCount, featureCount } = randomCase(
    { seed: 13, treeCount: 8, maxLeaves: 8, numericCount: 3, levelCounts: [3], outputCount: 1 },
    200,
  );
  const random = createRandom(1);
  const target = predictions(model, margins(forest, matrix, rowCount, featureCount)).map((p) =>
    random.uniform() < p ? 1 : 0,
  );
  return { model, matrix, target };
}

test('metrics by name are those of coppice/evaluate', () => {
  const { model, matrix, target } = binaryCase();
  const labels = Uint8Array.from(target);
  const p = predictions(model, margins(model.predictor, matrix, 200, 4));
  const baselineOf = (metric: NonNullable<PermutationOptions['metric']>) =>
    permutationImportance({ model, matrix, target, metric, repeats: 1 }).baseline;
  assert.ok(Math.abs(baselineOf('logLoss') - logLoss(labels, p)) < 1e-12);
  assert.ok(Math.abs(baselineOf('brierScore') - brierScore(labels, p)) < 1e-12);
  assert.is(baselineOf('rocAuc'), rocAuc(labels, p));
  assert.is(baselineOf('averagePrecision'), averagePrecision(labels, p));
  const right = labels.filter((label, row) => p[row]! >= 0.5 === (label === 1)).length;
  assert.is(baselineOf('accuracy'), right / 200);
});

test('a weight of 2 is two rows, a weight of 0 none', () => {
  const { model, matrix, target } = binaryCase();
  const weight = Float64Array.from({ length: 200 }, (_, row) => row % 3);
  const rows = [...weight.keys()].flatMap((row) => new Array(weight[row]!).fill(row) as number[]);
  const repeated = Float64Array.from(
    rows.flatMap((row) => [0, 1, 2, 3].map((k) => matrix[4 * row + k]!)),
  );
  for (const metric of [
    'logLoss',
    'rocAuc',
    'averagePrecision',
    'brierScore',
    'accuracy',
  ] as const) {
    const weighted = permutationImportance({ model, matrix, target, weight, metric, repeats: 1 });
    const counted = permutationImportance({
      model,
      matrix: repeated,
      target: rows.map((row) => target[row]!),
      metric,
      repeats: 1,
    });
    assert.ok(Math.abs(weighted.baseline - counted.baseline) < 1e-12, metric);
  }
});

test('classes: log loss and accuracy of the greatest probability', () => {
  const { model, matrix, rowCount, featureCount } = randomCase(
    { seed: 5, treeCount: 9, maxLeaves: 8, numericCount: 3, levelCounts: [], outputCount: 3 },
    50,
  );
  const p = predictions(model, margins(model.predictor, matrix, rowCount, featureCount));
  const best = Array.from({ length: rowCount }, (_, row) => {
    const own = [...p.subarray(3 * row, 3 * row + 3)];
    return own.indexOf(Math.max(...own));
  });
  const accuracy = permutationImportance({ model, matrix, target: best, metric: 'accuracy' });
  assert.is(accuracy.baseline, 1);
  assert.ok(accuracy.features.every(({ mean }) => mean >= 0));
  const loss = permutationImportance({ model, matrix, target: best });
  const expected = best.reduce((sum, k, row) => sum - Math.log(p[3 * row + k]!), 0) / rowCount;
  assert.ok(Math.abs(loss.baseline - expected) < 1e-12);
});

test('the same seed gives the same numbers, and the matrix is not changed', () => {
  const options = binaryCase();
  const before = Float64Array.from(options.matrix);
  const first = permutationImportance({ ...options, seed: 4 });
  assert.equal(permutationImportance({ ...options, seed: 4 }), first);
  assert.not.equal(permutationImportance({ ...options, seed: 5 }), first);
  assert.ok(before.every((value, at) => Object.is(value, options.matrix[at])));
});

test('what does not fit says so', () => {
  const good = binaryCase();
  const cases: [object, new (...args: never[]) => Error, RegExp][] = [
    [{ repeats: 0 }, ConfigError, /"repeats" expected an integer in \[1/],
    [{ metric: 'r2' }, ConfigError, /expected one of logLoss, rocAuc, .* for a binary model/],
    [{ metric: { evaluate: () => 1 } }, ConfigError, /greaterIsBetter: boolean/],
    [{ targets: [] }, ConfigError, /unknown permutation option "targets"; did you mean "target"/],
    [{ target: [1] }, ShapeError, /"target" has 1 values, expected 200/],
    [{ target: new Float64Array(200).fill(2) }, DataError, /row 0: .* class index in \[0, 1\]/],
    [
      { metric: 'rocAuc', target: new Float64Array(200) },
      DataError,
      /the metric rocAuc of the rows as they are is NaN/,
    ],
    [{ metric: { evaluate: () => 'x', greaterIsBetter: true } }, ConfigError, /to return a number/],
    [{ weight: [1] }, ShapeError, /"weight" has 1 values/],
    [{ weight: new Float64Array(200).fill(-1) }, DataError, /row 0: "weight" expected a finite/],
    [{ weight: new Float64Array(200) }, DataError, /0 for every row/],
    [{ rowCount: 0, target: [] }, DataError, /needs rows/],
  ];
  for (const [change, kind, pattern] of cases) {
    assert.throws(
      () => permutationImportance({ ...good, ...change }),
      (error: unknown) => error instanceof kind && pattern.test(error.message),
    );
  }
});

test.run();
