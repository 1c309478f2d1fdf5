import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FormatError } from '../../src/core/errors.js';
import { nextDown32, nextUp32 } from '../../src/core/float.js';
import { fromXgboost } from '../../src/interop/index.js';
import { type Forest, findLeaf } from '../../src/model/forest.js';
import {
  type Expected,
  largestError,
  predict,
  readExpected,
  readFixture,
  SHARED_MODELS,
} from './models.js';

/** Sums as XGBoost makes them: float32, base score first, then tree by tree. */
function float32Margins(forest: Forest, matrix: Float32Array, featureCount: number): number[] {
  const outputCount = forest.baseScores.length;
  const out: number[] = [];
  for (let offset = 0; offset < matrix.length; offset += featureCount) {
    const sums = Float32Array.from(forest.baseScores);
    forest.roots.forEach((_, tree) => {
      const leaf = findLeaf(forest, tree, matrix, offset);
      sums[forest.treeOutput[tree]!]! += forest.leafValue[leaf]!;
    });
    assert.is(sums.length, outputCount);
    out.push(...sums);
  }
  return out;
}

/** What float32 additions may lose: each half a unit in the last place of a sum that is at most that of all magnitudes. */
function sumTolerance(forest: Forest): number {
  let largest = Math.max(...forest.baseScores.map(Math.abs));
  for (const root of forest.roots) {
    let greatest = 0;
    const pending = [root];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (at >= 0) pending.push(forest.left[at]!, forest.right[at]!);
      else greatest = Math.max(greatest, Math.abs(forest.leafValue[~at]!));
    }
    largest += greatest;
  }
  return forest.roots.length * largest * 2 ** -24;
}

function checkExpected({ objective, model: text, raw, prediction, matrix }: Expected): void {
  const model = fromXgboost(text);
  const forest = model.predictor as Forest;
  const single = Float32Array.from(matrix);
  // the same leaves, in the same order: every bit
  assert.equal(float32Margins(forest, single, model.features.length), raw.flat());
  const ours = predict(model, single);
  const tolerance = sumTolerance(forest);
  ours.raw.forEach((margin, i) => {
    assert.ok(Math.abs(margin - raw.flat()[i]!) <= tolerance);
  });
  if (objective === 'multi:softmax') {
    const classes = (prediction as number[]).map((best, row) => {
      const shares = ours.prediction.subarray(3 * row, 3 * row + 3);
      return shares.indexOf(Math.max(...shares)) === best;
    });
    assert.ok(classes.every(Boolean));
  } else {
    assert.ok(largestError(ours.prediction, prediction.flat()) < 2e-6, objective);
  }
}

for (const expected of readFixture('xgboost')) {
  test(`${expected.objective}: XGBoost's own leaves and base score`, () => checkExpected(expected));
}

for (const name of ['xgb_binary_breast', 'xgb_multiclass_iris', 'xgb_regression_california']) {
  test(`${name}: XGBoost's own margins`, () => {
    if (!existsSync(join(SHARED_MODELS, name))) {
      console.log(`skipped: no ${name} beside the checkout`);
      return;
    }
    checkExpected(readExpected(name, 'model.json'));
  });
}

type Mutable = { [key: string]: Mutable } & Mutable[];

/** A stump `f1 < 0.5` around numbers, as the file has them. */
function stump(change: (learner: Mutable) => void = () => {}): string {
  const tree = {
    default_left: [1, 0, 0],
    left_children: [1, -1, -1],
    right_children: [2, -1, -1],
    loss_changes: [3, 0, 0],
    split_conditions: [0.1, -0.25, 0.5],
    split_indices: [1, 0, 0],
    split_type: [0, 0, 0],
    sum_hessian: [10, 4, 6],
    tree_param: { num_nodes: '3', size_leaf_vector: '0' },
  };
  const learner = {
    feature_names: ['a', 'b'],
    gradient_booster: { name: 'gbtree', model: { tree_info: [0], trees: [tree] } },
    learner_model_param: { base_score: '5E-1', num_class: '0', num_feature: '2' },
    objective: { name: 'binary:logistic' },
  };
  change(learner as unknown as Mutable);
  return JSON.stringify({ learner, version: [1, 7, 4] });
}

test('below the threshold goes left, at it right; missing takes the default side', () => {
  const model = fromXgboost(stump());
  assert.equal(model.schema.fields, [
    { name: 'a', type: 'number' },
    { name: 'b', type: 'number' },
  ]);
  const at = Math.fround(0.1);
  const values = [nextDown32(at), at, nextUp32(at), -Infinity, Infinity, NaN];
  const matrix = values.flatMap((value) => [0, value]);
  assert.equal([...predict(model, matrix).raw], [-0.25, 0.5, 0.5, -0.25, 0.5, -0.25]);
  const atZero = fromXgboost(
    stump((learner) => {
      learner.gradient_booster!.model!.trees![0]!.split_conditions![0] = 0 as unknown as Mutable;
    }),
  );
  assert.equal([...predict(atZero, [0, 0, 0, -0, 0, nextDown32(0)]).raw], [0.5, 0.5, -0.25]);
});

test('features without names are numbered', () => {
  const model = fromXgboost(stump((learner) => void (learner.feature_names = [] as never)));
  assert.equal(
    model.features.map(({ name }) => name),
    ['f0', 'f1'],
  );
});

test('what is not supported or broken says so, and where', () => {
  type Case = [RegExp, (learner: Mutable, tree: Mutable) => void];
  const set =
    (key: string, at: number, value: unknown) =>
    (_: Mutable, tree: Mutable): void => {
      (tree[key] as unknown as unknown[])[at] = value;
    };
  const parameter = (key: string, value: string) => (learner: Mutable) => {
    learner.learner_model_param![key] = value as never;
  };
  const objective = (name: string) => (learner: Mutable) => {
    learner.objective!.name = name as never;
  };
  const cases: Case[] = [
    [/"learner.objective.name" "survival:cox" is not supported/, objective('survival:cox')],
    [/"toString" is not supported/, objective('toString')],
    [/num_class" expected an integer in \[3, 65535\], got "0"/, objective('multi:softprob')],
    [
      /name" expected gbtree, got "dart", which is not supported/,
      (l) => void (l.gradient_booster!.name = 'dart' as never),
    ],
    [
      /"gblinear", which is not supported/,
      (l) => void (l.gradient_booster!.name = 'gblinear' as never),
    ],
    [/base_score" expected a probability/, parameter('base_score', '1E0')],
    [/base_score" expected a probability/, parameter('base_score', '[5E-1,5E-1]')],
    [/base_score" expected a probability/, parameter('base_score', '')],
    [/num_feature" expected an integer/, parameter('num_feature', '1E9')],
    [/3 features, but 2 names/, parameter('num_feature', '3')],
    [/num_target" expected an integer in \[0, 1\]/, parameter('num_target', '2')],
    [/trees\[0\]" node 0 is a categorical split/, set('split_type', 0, 1)],
    [/trees\[0\]" node 0 splits feature 2, there are 2/, set('split_indices', 0, 2)],
    [/node 0 has two parents/, set('left_children', 0, 0)],
    [/node 2 has two parents/, set('left_children', 0, 2)],
    [/node 0 has the child 3/, set('right_children', 0, 3)],
    [/node 0 has the child -1/, set('right_children', 0, -1)],
    [/left_children\[1\]" expected an integer in/, set('left_children', 1, -2)],
    [/left_children\[1\]" expected an integer in/, set('left_children', 1, 0.5)],
    [/split_conditions\[1\]" expected a finite number, got null/, set('split_conditions', 1, null)],
    [/split_conditions\[1\]" 1e\+300 is no float32/, set('split_conditions', 1, 1e300)],
    [/split_conditions" expected 3 elements, got 2/, (_, tree) => tree.split_conditions!.pop()],
    [/sum_hessian" is missing/, (_, tree) => delete tree.sum_hessian],
    [
      /num_nodes" expected an integer in \[3, 3\]/,
      (_, tree) => void (tree.tree_param!.num_nodes = '4' as never),
    ],
    [/several values a leaf/, (_, tree) => void (tree.tree_param!.size_leaf_vector = '3' as never)],
    [/tree_info" expected 1 elements, got 0/, (l) => l.gradient_booster!.model!.tree_info!.pop()],
    [
      /tree_info\[0\]" expected an integer in \[0, 0\], got 1/,
      (l) => void (l.gradient_booster!.model!.tree_info![0] = 1 as never),
    ],
    [
      /trees\[0\]" expected an object/,
      (l) => void (l.gradient_booster!.model!.trees![0] = null as never),
    ],
    [/two features of one name/, (l) => void (l.feature_names![1] = 'a' as never)],
  ];
  for (const [pattern, change] of cases) {
    const text = stump((learner) => change(learner, learner.gradient_booster!.model!.trees![0]!));
    assert.throws(
      () => fromXgboost(text),
      (error: unknown) => {
        assert.instance(error, FormatError, String(pattern));
        assert.match((error as Error).message, pattern);
        return true;
      },
    );
  }
  for (const text of ['', '{}', 'null', '[]', '{"learner":[]}', '{"learner":{"objective":7}}']) {
    assert.throws(
      () => fromXgboost(text),
      (error: unknown) => error instanceof FormatError,
    );
  }
});

test('a tree as deep as a file can hold is read without recursion', () => {
  const depth = 50_000;
  const text = stump((learner) => {
    const count = 2 * depth + 1;
    const children = (offset: number) =>
      Array.from({ length: count }, (_, i) => (i % 2 === 0 && i < count - 1 ? i + offset : -1));
    const zeros = new Array(count).fill(0);
    learner.gradient_booster!.model!.trees![0] = {
      default_left: zeros,
      left_children: children(1),
      right_children: children(2),
      loss_changes: zeros,
      split_conditions: zeros.map((_, i) => i),
      split_indices: zeros,
      sum_hessian: zeros,
      tree_param: { num_nodes: String(count) },
    } as never;
  });
  assert.is(predict(fromXgboost(text), [1e9, 0]).raw[0], 2 * depth);
});

test.run();
