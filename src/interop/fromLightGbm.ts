import { FormatError } from '../core/errors.js';
import type { Feature } from '../model/feature.js';
import type { Forest } from '../model/forest.js';
import type { Model } from '../model/model.js';
import { ForestBuilder, type SourceTree } from './forestBuilder.js';
import { importedModel } from './importedModel.js';
import { readObjective } from './lightGbmObjective.js';
import { type LightGbmText, parseLightGbm, type TextBlock } from './lightGbmText.js';

/** Codes above this are no categories, and a level list for them would not be one either. */
const MAX_CODE = 65_535;

/** `decision_type` is a bit field: categorical, default left, then two bits for how missing values are marked. */
const CATEGORICAL = 1;
const DEFAULT_LEFT = 2;
const MISSING_NONE = 0;
const MISSING_ZERO = 1;

/**
 * Reads a model from LightGBM's text format (`Booster.save_model`, version 3 and 4).
 *
 * Task and link follow from the objective: `binary` and `cross_entropy` are binary; `multiclass` is a softmax;
 * `multiclassova` is one-vs-all, whose probabilities add up to 1 here and do not in LightGBM; `poisson`, `gamma` and
 * `tweedie` are regressions with a log link; `regression`, `regression_l1`, `huber`, `fair`, `quantile`, `mape` and the
 * rankings are regressions whose prediction is the score.
 *
 * Features keep the file's names and order; each is a raw field of its own. Categorical features take the levels of
 * `pandas_categorical` where the file has them, and otherwise the integer codes as text. Thresholds and leaf values stay float64:
 * LightGBM compares doubles, so on float64 inputs the margins are LightGBM's own up to the order of the sum.
 * @throws {FormatError} naming the line or the tree, for what is not supported: other objectives, linear trees, averaged
 * output (`boosting=rf`), zero as missing.
 * @example
 * const model = fromLightGbm(await readFile('model.txt', 'utf8'));
 */
export function fromLightGbm(text: string): Model {
  const file = parseLightGbm(text);
  const { task, link, outputCount, scale } = readObjective(file.header);
  const names = file.header.words('feature_names');
  const infos = file.header.words('feature_infos');
  const expected = file.header.integer('max_feature_idx') + 1;
  if (names.length !== expected || infos.length !== expected) {
    throw new FormatError(
      `LightGBM model: ${expected} features, but ${names.length} names and ${infos.length} infos`,
    );
  }
  if (file.trees.length % outputCount !== 0) {
    throw new FormatError(
      `LightGBM model: ${file.trees.length} trees are no whole number of iterations of ${outputCount}`,
    );
  }
  const builder = new ForestBuilder();
  file.trees.forEach((tree, index) => {
    builder.addTree(readTree(tree, scale, expected), index % outputCount);
  });
  const forest = builder.build(link, new Float64Array(outputCount));
  return importedModel('lightgbm', task, readFeatures(names, infos, forest, file), forest);
}

function readTree(tree: TextBlock, scale: number, featureCount: number): SourceTree {
  if (tree.has('is_linear') && tree.integer('is_linear') !== 0) {
    throw tree.error('linear trees are not supported');
  }
  const leafCount = tree.integer('num_leaves');
  const nodeCount = leafCount - 1;
  if (leafCount < 1) throw tree.error(`num_leaves expected at least 1, got ${leafCount}`);
  const leafValue = tree.numbers('leaf_value', leafCount).map((value) => value * scale);
  const leafCover = tree.has('leaf_count') ? tree.numbers('leaf_count', leafCount) : undefined;
  if (nodeCount === 0) return { nodes: [], leafValue, leafCover };
  const splitFeature = tree.numbers('split_feature', nodeCount);
  const threshold = tree.numbers('threshold', nodeCount);
  const decision = tree.numbers('decision_type', nodeCount);
  const left = tree.numbers('left_child', nodeCount);
  const right = tree.numbers('right_child', nodeCount);
  const gain = tree.has('split_gain') ? tree.numbers('split_gain', nodeCount) : undefined;
  const cover = tree.has('internal_count') ? tree.numbers('internal_count', nodeCount) : undefined;
  const setOf = categorySets(tree);
  const nodes = threshold.map((value, node) => {
    const featureIndex = splitFeature[node]!;
    if (!(Number.isInteger(featureIndex) && featureIndex >= 0 && featureIndex < featureCount)) {
      throw tree.error(`split_feature[${node}] is ${featureIndex}, there are ${featureCount}`);
    }
    const common = {
      featureIndex,
      left: left[node]!,
      right: right[node]!,
      gain: gain?.[node] ?? 0,
      cover: cover?.[node] ?? 0,
    };
    const type = decision[node]!;
    // missing and negative codes always go right at a categorical node
    if (type & CATEGORICAL) {
      return { ...common, threshold: NaN, set: setOf(value), defaultLeft: false };
    }
    return { ...common, threshold: value, defaultLeft: missingGoesLeft(tree, type, value) };
  });
  return { nodes, leafValue, leafCover };
}

/** Where NaN goes at a numeric node. Without missing values in training, LightGBM takes NaN for 0. */
function missingGoesLeft(tree: TextBlock, decision: number, threshold: number): boolean {
  const marked = (decision >> 2) & 3;
  if (marked === MISSING_NONE) return threshold >= 0;
  if (marked === MISSING_ZERO) throw tree.error('zero as missing is not supported');
  return (decision & DEFAULT_LEFT) !== 0;
}

/** Category sets of a tree: bits of 32-bit words, `cat_boundaries` says which words are whose. */
function categorySets(tree: TextBlock): (index: number) => number[] {
  const count = tree.integer('num_cat');
  if (count === 0) {
    return () => {
      throw tree.error('a categorical node in a tree without categories');
    };
  }
  const boundaries = tree.numbers('cat_boundaries', count + 1);
  // ascending from 0: no set reaches behind the words, and none is longer than they are
  if (boundaries.some((end, i) => (i === 0 ? end !== 0 : !(end >= boundaries[i - 1]!)))) {
    throw tree.error('"cat_boundaries" are not ascending from 0');
  }
  const words = tree.numbers('cat_threshold', boundaries[count]!);
  return (index) => {
    if (!(Number.isInteger(index) && index >= 0 && index < count))
      throw tree.error(`there is no category set ${index}`);
    const codes: number[] = [];
    for (let word = boundaries[index]!; word < boundaries[index + 1]!; word++) {
      for (let bit = 0; bit < 32; bit++) {
        if ((words[word]! >>> bit) & 1) codes.push((word - boundaries[index]!) * 32 + bit);
      }
    }
    return codes;
  };
}

/** `feature_infos` is `[low:high]` or `none` for numbers and a list of codes `-1:3:5` for categories. */
function readFeatures(
  names: readonly string[],
  infos: readonly string[],
  forest: Forest,
  file: LightGbmText,
): Feature[] {
  const isCategory = infos.map((info) => info !== 'none' && !info.startsWith('['));
  const highest = infos.map((info, index) =>
    isCategory[index]
      ? info.split(':').reduce((most, code) => Math.max(most, Number(code)), -1)
      : -1,
  );
  forest.categorySet.forEach((set, node) => {
    if (set < 0) return;
    const feature = forest.featureIndex[node]!;
    isCategory[feature] = true;
    highest[feature] = Math.max(highest[feature]!, forest.categorySets[set]!.at(-1) ?? -1);
  });
  const listed = [...file.pandasCategorical];
  return names.map((name, field): Feature => {
    if (!isCategory[field]) return { kind: 'field', name, field };
    const last = highest[field]!;
    if (!(last <= MAX_CODE)) {
      throw new FormatError(
        `LightGBM model: "${name}" has the category code ${last}, the most is ${MAX_CODE}`,
      );
    }
    const codes = Array.from({ length: last + 1 }, (_, code) => String(code));
    return { kind: 'category', name, field, levels: listed.shift() ?? codes };
  });
}
