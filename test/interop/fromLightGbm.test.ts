import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FormatError } from '../../src/core/errors.js';
import { fromLightGbm } from '../../src/interop/index.js';
import {
  type Expected,
  largestError,
  predict,
  readExpected,
  readFixture,
  SHARED_MODELS,
} from './models.js';

/** Two trees: numbers with each kind of missing, and a category set. */
const SMALL = `tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=1
objective=binary sigmoid:1
feature_names=age colour
feature_infos=[0:90] -1:0:2:33

Tree=0
num_leaves=3
num_cat=1
split_feature=0 1
split_gain=5 2
threshold=-1.5 0
decision_type=2 1
left_child=-1 -2
right_child=1 -3
leaf_value=0.25 -0.5 0.125
leaf_count=10 20 30
internal_count=60 50
cat_boundaries=0 2
cat_threshold=4 2
is_linear=0
shrinkage=1


Tree=1
num_leaves=2
num_cat=0
split_feature=0
threshold=40
decision_type=10
left_child=-1
right_child=-2
leaf_value=1 -1
shrinkage=0.1


Tree=2
num_leaves=1
num_cat=0
leaf_value=0.0625

end of trees

feature_importances:
age=2

pandas_categorical:null
`;

const refused = (pattern: RegExp) => (error: unknown) =>
  error instanceof FormatError && pattern.test(error.message);

test('a small model is read as it stands', () => {
  const model = fromLightGbm(SMALL);
  assert.equal(model.schema.fields, [
    { name: 'age', type: 'number' },
    { name: 'colour', type: 'category' },
  ]);
  const rows = [-2, 0, 0, 2, 50, 33, NaN, 1, 50, -1, -1.5, NaN, 40, NaN];
  const leaves = [0.25 + 1, -0.5 + 1, -0.5 - 1, 0.125 + 1, 0.125 - 1, 0.25 + 1, 0.125 + 1];
  assert.equal(
    [...predict(model, rows).raw],
    leaves.map((value) => value + 0.0625),
  );
});

test('pandas categories become levels', () => {
  const text = SMALL.replace('pandas_categorical:null', 'pandas_categorical:[["red", "blue"]]');
  const feature = fromLightGbm(text).features[1]!;
  assert.equal(feature.kind === 'category' && feature.levels, ['red', 'blue']);
});

test('the sigmoid parameter scales the margin', () => {
  const model = fromLightGbm(SMALL.replace('sigmoid:1', 'sigmoid:2'));
  assert.is(predict(model, [-2, 0]).raw[0], 2 * (0.25 + 1 + 0.0625));
});

test('what is not supported or broken says so', () => {
  const cases: [string, string, RegExp][] = [
    ['objective=binary sigmoid:1', 'objective=regression sqrt', /objective "regression sqrt"/],
    ['objective=binary', 'objective=toString', /objective "toString sigmoid:1" is not supported/],
    ['objective=binary', 'objective=multiclass', /one a class, an iteration, got 1 and 1 classes/],
    ['num_tree_per_iteration=1', 'num_tree_per_iteration=2', /one tree an iteration, got 2/],
    ['sigmoid:1', 'sigmoid:-1', /"sigmoid:-1" is not a positive number/],
    ['is_linear=0', 'is_linear=1', /Tree=0: linear trees/],
    ['decision_type=10', 'decision_type=6', /Tree=1: zero as missing/],
    ['objective=', 'average_output\nobjective=', /averaged output/],
    ['end of trees', '', /cut off/],
    ['leaf_value=1 -1', 'leaf_value=1', /Tree=1: "leaf_value" expected 2 numbers, got 1/],
    ['left_child=-1 -2', 'left_child=0 -2', /tree 0: child 0 has two parents/],
    ['left_child=-1 -2', 'left_child=-9 -2', /tree 0: there is no leaf 8/],
    ['split_feature=0 1', 'split_feature=0 7', /split_feature\[1\] is 7/],
    ['threshold=40', 'threshold=forty', /"threshold"\[0\] is not a number/],
    ['cat_boundaries=0 2', 'cat_boundaries=1 2', /"cat_boundaries" are not ascending from 0/],
    ['cat_boundaries=0 2', 'cat_boundaries=0 -2', /"cat_boundaries" are not ascending from 0/],
    ['cat_threshold=4 2', 'cat_threshold=4', /"cat_threshold" expected 2 numbers/],
  ];
  for (const [from, to, pattern] of cases) {
    assert.throws(() => fromLightGbm(SMALL.replace(from, to)), refused(pattern));
  }
  assert.throws(() => fromLightGbm('{}'), refused(/first line/));
  const classes = SMALL.replace('num_class=1', 'num_class=4').replace('iteration=1', 'iteration=4');
  assert.throws(
    () => fromLightGbm(classes.replace('binary sigmoid:1', 'multiclass num_class:4')),
    refused(/3 trees are no whole number of iterations of 4/),
  );
});

const SHARED = [
  'lgb_binary_adult_cat',
  'lgb_binary_higgs_deep',
  'lgb_binary_student',
  'lgb_multiclass_iris',
  'lgb_regression_california',
];

for (const name of SHARED) {
  test(`${name}: LightGBM's own margins and predictions`, () => {
    if (!existsSync(join(SHARED_MODELS, name))) {
      console.log(`skipped: no ${name} beside the checkout`);
      return;
    }
    checkExpected(readExpected(name, 'model.txt'));
  });
}

for (const expected of readFixture('lightgbm')) {
  test(`${expected.objective}: LightGBM's own margins and predictions`, () =>
    checkExpected(expected));
}

function checkExpected({ objective, model: text, raw, prediction, matrix }: Expected): void {
  const model = fromLightGbm(text);
  const scale = Number(/^objective=.* sigmoid:(\S+)/m.exec(text)?.[1] ?? 1);
  const ours = predict(model, matrix);
  const margins = raw.flat().map((value) => value * scale);
  assert.ok(largestError(ours.raw, margins) < 1e-13, objective);
  // each of LightGBM's sigmoids, which do not add up to 1
  const predictions =
    objective === 'multiclassova' ? (prediction as number[][]).map(normalised) : prediction;
  assert.ok(largestError(ours.prediction, predictions.flat()) < 1e-13, objective);
}

function normalised(shares: number[]): number[] {
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map((share) => share / sum);
}

test.run();
