import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, DataError } from '../../src/core/errors.js';
import { contributions, featureImportance, type ImportanceType } from '../../src/explain/index.js';
import { bareModel } from '../../src/model/bareModel.js';
import type { Linear } from '../../src/model/linear.js';
import type { Model } from '../../src/model/model.js';
import { randomCase } from './randomForest.js';

const { model, forest, matrix, rowCount, featureCount } = randomCase(
  { seed: 21, treeCount: 9, maxLeaves: 14, numericCount: 4, levelCounts: [5], outputCount: 3 },
  30,
);
forest.featureIndex.forEach((feature, node) => {
  if (feature === 1) forest.featureIndex[node] = 0;
});

const isError =
  (kind: new (...args: never[]) => Error, pattern: RegExp) =>
  (error: unknown): boolean =>
    error instanceof kind && pattern.test(error.message);

/** Two numbers and a category, one output. */
function linearModel(): Model {
  const input = { fill: 0, lower: -9, upper: 9, center: 0, scale: 100 };
  const linear: Linear = {
    kind: 'linear',
    link: 'logit',
    intercepts: [1],
    numeric: [
      { ...input, featureIndex: 0, weights: [-2] },
      { ...input, featureIndex: 2, weights: [0.5] },
    ],
    categorical: [{ featureIndex: 1, weights: [[1, 1, 4, 4]], fill: -1 }],
  };
  const data = { matrix: Float32Array.of(0, 3, 0), rowCount: 1, featureCount: 3, categorical: [1] };
  return bareModel(data, linear, 'test', 'binary');
}

test('shares add up to 1, fall, and name every feature once', () => {
  for (const type of ['gain', 'splits', 'cover', 'shap'] as ImportanceType[]) {
    const list = featureImportance(model, type === 'shap' ? { type, matrix } : { type });
    const sum = list.reduce((total, { importance }) => total + importance, 0);
    assert.ok(Math.abs(sum - 1) < 1e-12);
    assert.is(new Set(list.map(({ feature }) => feature)).size, featureCount);
    list.forEach(({ importance }, at) => {
      assert.ok(at === 0 || importance <= list[at - 1]!.importance);
    });
    assert.is(list.find(({ featureIndex }) => featureIndex === 1)!.importance, 0);
  }
});

test('counts are those of the nodes', () => {
  const raw = { normalize: false, order: 'feature' } as const;
  const splits = featureImportance(model, { type: 'splits', ...raw });
  const gain = featureImportance(model, raw);
  for (let feature = 0; feature < featureCount; feature++) {
    const nodes = [...forest.featureIndex.keys()].filter(
      (node) => forest.featureIndex[node] === feature,
    );
    assert.is(splits[feature]!.importance, nodes.length);
    const sum = nodes.reduce((total, node) => total + forest.gain[node]!, 0);
    assert.ok(Math.abs(gain[feature]!.importance - sum) < 1e-9);
  }
});

test('cover counts the rows that reach the splits', () => {
  // a root and its left child: 2 + 3 + 5 rows at the root, 2 + 3 below
  const small: Model = {
    ...model,
    predictor: {
      ...forest,
      roots: Int32Array.of(0),
      treeOutput: Int32Array.of(0),
      featureIndex: Int32Array.of(2, 0),
      threshold: Float64Array.of(0, 0),
      categorySet: Int32Array.of(-1, -1),
      left: Int32Array.of(1, ~0),
      right: Int32Array.of(~2, ~1),
      defaultLeft: new Uint8Array(2),
      gain: Float64Array.of(1, 1),
      cover: new Float64Array(2),
      leafValue: Float64Array.of(1, 2, 3),
      leafCover: Float64Array.of(2, 3, 5),
      categorySets: [],
    },
  };
  const cover = featureImportance(small, { type: 'cover', normalize: false });
  assert.equal(
    cover.map(({ featureIndex, importance }) => [featureIndex, importance]),
    [
      [2, 10],
      [0, 5],
      [1, 0],
      [3, 0],
      [4, 0],
    ],
  );
});

test('shap is the mean absolute contribution, all outputs', () => {
  const values = contributions(model, matrix);
  const list = featureImportance(model, { type: 'shap', matrix, normalize: false });
  for (const { featureIndex, importance } of list) {
    let sum = 0;
    for (let at = featureIndex; at < values.length; at += featureCount + 1) {
      sum += Math.abs(values[at]!);
    }
    assert.ok(Math.abs(importance - sum / rowCount) < 1e-12);
  }
});

test('linear models: standardised weights, and the spread of the level weights', () => {
  assert.equal(
    featureImportance(linearModel(), { normalize: false }).map((entry) => Object.values(entry)),
    [
      ['f0', 0, 2],
      ['f1', 1, 1.5],
      ['f2', 2, 0.5],
    ],
  );
});

test('a model that uses nothing has importances of 0', () => {
  const { model: stump } = randomCase(
    { seed: 3, treeCount: 3, maxLeaves: 1, numericCount: 2, levelCounts: [], outputCount: 1 },
    1,
  );
  for (const type of ['gain', 'splits', 'cover'] as const) {
    assert.ok(featureImportance(stump, { type }).every(({ importance }) => importance === 0));
  }
});

test('what does not fit says so', () => {
  const cases: [() => unknown, typeof ConfigError | typeof DataError, RegExp][] = [
    [
      () => featureImportance(model, { type: 'weight' }),
      ConfigError,
      /"type" expected one of gain/,
    ],
    [() => featureImportance(linearModel(), { type: 'gain' }), ConfigError, /one of weight, shap/],
    [() => featureImportance(model, { type: 'shap' }), ConfigError, /"matrix" is missing/],
    [() => featureImportance(model, { matrix }), ConfigError, /"matrix" is for the type shap/],
    [
      () => featureImportance(model, { type: 'shap', matrix: [] }),
      DataError,
      /"matrix" has no rows/,
    ],
    [
      () => featureImportance(model, { normalise: true } as object),
      ConfigError,
      /did you mean "normalize"/,
    ],
    [
      () =>
        featureImportance({
          ...model,
          predictor: { ...forest, gain: new Float64Array(forest.gain.length) },
        }),
      DataError,
      /gains of the splits are not known/,
    ],
  ];
  for (const [run, kind, pattern] of cases) assert.throws(run, isError(kind, pattern));
});

test.run();
