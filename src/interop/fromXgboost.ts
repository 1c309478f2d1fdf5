import { nextDown32 } from '../core/float.js';
import type { Feature } from '../model/feature.js';
import type { Model } from '../model/model.js';
import { ForestBuilder, type SourceNode, type SourceTree } from './forestBuilder.js';
import { importedModel } from './importedModel.js';
import { JsonPart } from './jsonPart.js';
import { readObjective } from './xgboostObjective.js';

/** More features than that are no table, and without names a few digits of a file ask for them. */
const MAX_FEATURES = 1_000_000;
const MAX_INTEGER = 2 ** 31 - 1;
/** As the child of a node: it is a leaf. */
const NO_CHILD = -1;

/**
 * Reads a model from XGBoost's JSON format (`Booster.save_model('model.json')`, version 1.3 and later).
 *
 * Task and link follow from the objective: `binary:logistic` and `reg:logistic` are binary; `multi:softprob` and
 * `multi:softmax` are a softmax; `count:poisson`, `reg:gamma` and `reg:tweedie` are regressions with a log link; the other
 * regressions and the rankings predict the score. All trees are read, those behind the best iteration too.
 *
 * XGBoost compares float32 numbers by `x < t`, which is `x <= ` the float32 below `t`: on float32 inputs every row falls
 * into XGBoost's own leaves. It adds them up in float32, where this library takes float64, so margins differ by its rounding.
 * Features keep the file's names, `f0, f1, …` where it has none; each is a raw numeric field of its own.
 * @throws {FormatError} naming the place in the file, for what is wrong or not supported: other objectives, the boosters dart
 * and gblinear, categorical splits, several targets, the binary format (.ubj).
 * @example
 * const model = fromXgboost(await readFile('model.json', 'utf8'));
 */
export function fromXgboost(text: string): Model {
  const learner = JsonPart.parse(text, 'XGBoost model').part('learner');
  const { task, link, baseScores } = readObjective(learner);
  const booster = learner.part('gradient_booster');
  const name = booster.part('name');
  if (name.text() !== 'gbtree') {
    throw name.error(`expected gbtree, got "${name.text()}", which is not supported`);
  }
  const features = readFeatures(learner);
  const model = booster.part('model');
  const trees = model.part('trees').list();
  const outputs = model.part('tree_info').integers(0, baseScores.length - 1, trees.length);
  const builder = new ForestBuilder();
  trees.forEach((tree, index) => {
    builder.addTree(readTree(tree, features.length), outputs[index]!);
  });
  return importedModel('xgboost', task, features, builder.build(link, baseScores));
}

function readFeatures(learner: JsonPart): Feature[] {
  const count = learner.part('learner_model_param').part('num_feature').integer(0, MAX_FEATURES);
  // both lists are empty when the training data had no names
  const texts = (key: string): string[] =>
    learner.has(key)
      ? learner
          .part(key)
          .list()
          .map((part) => part.text())
      : [];
  const names = texts('feature_names');
  if (names.length !== 0 && names.length !== count) {
    throw learner.error(`has ${count} features, but ${names.length} names`);
  }
  if (new Set(names).size !== names.length) throw learner.error('has two features of one name');
  return Array.from({ length: count }, (_, field) => ({
    kind: 'field',
    name: names[field] ?? `f${field}`,
    field,
  }));
}

/** Trees are columns, one entry a node; the leaf value stands in the column of the thresholds. */
function readTree(tree: JsonPart, featureCount: number): SourceTree {
  const left = tree.part('left_children').integers(NO_CHILD, MAX_INTEGER);
  const count = left.length;
  const right = tree.part('right_children').integers(NO_CHILD, MAX_INTEGER, count);
  const conditions = tree.part('split_conditions').floats(count);
  const splitFeature = tree.part('split_indices').integers(0, 2 ** 32 - 1, count);
  const defaultLeft = tree.part('default_left').integers(0, 1, count);
  const gain = tree.part('loss_changes').numbers(count);
  const cover = tree.part('sum_hessian').numbers(count);
  const splitType = tree.has('split_type')
    ? tree.part('split_type').integers(0, 1, count)
    : undefined;
  checkParameters(tree, count);

  const order = reachable(tree, left, right);
  const splits = order.filter((node) => left[node] !== NO_CHILD);
  const leaves = order.filter((node) => left[node] === NO_CHILD);
  const placeOf = new Map<number, number>();
  for (const [index, node] of splits.entries()) placeOf.set(node, index);
  for (const [index, node] of leaves.entries()) placeOf.set(node, ~index);
  return {
    nodes: splits.map((node): SourceNode => {
      const featureIndex = splitFeature[node]!;
      if (featureIndex >= featureCount) {
        throw tree.error(`node ${node} splits feature ${featureIndex}, there are ${featureCount}`);
      }
      if (splitType?.[node] === 1) {
        throw tree.error(`node ${node} is a categorical split, which is not supported`);
      }
      return {
        featureIndex,
        threshold: nextDown32(conditions[node]!),
        left: placeOf.get(left[node]!)!,
        right: placeOf.get(right[node]!)!,
        defaultLeft: defaultLeft[node] === 1,
        gain: gain[node]!,
        cover: cover[node]!,
      };
    }),
    leafValue: leaves.map((leaf) => conditions[leaf]!),
    leafCover: leaves.map((leaf) => cover[leaf]!),
  };
}

function checkParameters(tree: JsonPart, count: number): void {
  const parameters = tree.part('tree_param');
  parameters.part('num_nodes').integer(count, count);
  if (!parameters.has('size_leaf_vector')) return;
  const size = parameters.part('size_leaf_vector');
  if (size.integer(0, MAX_INTEGER) > 1) throw size.error('several values a leaf, not supported');
}

/** The nodes under the root, a parent before its children; pruned nodes stay in the file and are left out. */
function reachable(tree: JsonPart, left: readonly number[], right: readonly number[]): number[] {
  if (left.length === 0) throw tree.error('has no nodes');
  const seen = new Uint8Array(left.length);
  seen[0] = 1;
  const order = [0];
  for (let next = 0; next < order.length; next++) {
    const node = order[next]!;
    const children = [left[node]!, right[node]!];
    if (children.every((child) => child === NO_CHILD)) continue;
    for (const child of children) {
      if (child < 0 || child >= left.length) {
        throw tree.error(`node ${node} has the child ${child}, there are ${left.length} nodes`);
      }
      if (seen[child] === 1) throw tree.error(`node ${child} has two parents`);
      seen[child] = 1;
      order.push(child);
    }
  }
  return order;
}
