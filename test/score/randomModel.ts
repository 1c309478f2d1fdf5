import { nextDown32, nextUp32 } from '../../src/core/float.js';
import { createRandom, type Random } from '../../src/core/random.js';
import type { Calibrator, ClassCalibrator } from '../../src/model/calibrator.js';
import type { Feature } from '../../src/model/feature.js';
import type { Forest, Link } from '../../src/model/forest.js';
import type { Linear } from '../../src/model/linear.js';
import {
  type Head,
  type Model,
  outputCountOf,
  type Predictor,
  type Task,
} from '../../src/model/model.js';
import { HALF } from '../../src/model/threshold.js';

export interface ForestShape {
  seed: number;
  treeCount: number;
  maxLeaves: number;
  numericCount: number;
  /** levels of each category feature */
  levelCounts?: number[];
  /** binary when absent */
  task?: Task;
  /** of a multiclass model */
  classCount?: number;
  link?: Link;
  calibrator?: Calibrator;
  /** standard deviation of the leaf values; 0.1 when absent, 0.02 for shares */
  leafScale?: number;
  /** thresholds are drawn from this many values a feature; absent: all distinct */
  thresholdPool?: number;
}

/** A forest of random shape: both default sides, category nodes, single leaves, ±0 among the thresholds. */
export function randomForestModel(shape: ForestShape): Model {
  const random = createRandom(shape.seed);
  const levelCounts = shape.levelCounts ?? [];
  const outputCount = shape.classCount ?? 1;
  const forest: Forest = {
    kind: 'forest',
    link: shape.link ?? 'logit',
    baseScores: Float64Array.from({ length: outputCount }, () =>
      shape.link === 'identity' ? 0.4 / outputCount : random.normal() * 0.3,
    ),
    ...growTrees(random, shape, levelCounts, outputCount),
  };
  const features = featuresOf(shape.numericCount, levelCounts);
  return wrap(forest, features, shape.task ?? 'binary', shape.calibrator);
}

/** A logistic regression with clipping, imputation and one-hot inputs; multinomial when it has several outputs. */
export function randomLinearModel(
  seed: number,
  numericCount: number,
  levelCounts: number[],
  outputCount: number = 1,
): Model {
  const random = createRandom(seed);
  const perOutput = <T>(draw: () => T): T[] => Array.from({ length: outputCount }, draw);
  const linear: Linear = {
    kind: 'linear',
    link: outputCount === 1 ? 'logit' : 'softmax',
    intercepts: perOutput(() => random.normal()),
    numeric: Array.from({ length: numericCount }, (_, featureIndex) => {
      const center = random.normal() * 10;
      const scale = 0.1 + random.uniform() * 5;
      return {
        featureIndex,
        fill: center + random.normal(),
        lower: center - 3 * scale,
        upper: center + 4 * scale,
        center,
        scale,
        // an input that moves nothing, and one that moves only some outputs
        weights: perOutput(() =>
          featureIndex === 1 || (outputCount > 1 && random.uniform() < 0.2) ? 0 : random.normal(),
        ),
      };
    }),
    categorical: levelCounts.map((count, index) => ({
      featureIndex: numericCount + index,
      weights: perOutput(() => Array.from({ length: count }, () => random.normal())),
      fill: index % 2 === 0 ? -1 : random.integer(count),
    })),
  };
  const task = outputCount === 1 ? 'binary' : 'multiclass';
  return wrap(linear, featuresOf(numericCount, levelCounts), task);
}

/**
 * A matrix that looks for trouble: thresholds and their float neighbours, ±0, ±Infinity, NaN, the float32 extremes, unseen and
 * missing categories among ordinary values.
 */
export function adversarialMatrix(model: Model, rowCount: number, seed: number): Float32Array {
  const random = createRandom(seed);
  const { features, predictor } = model;
  const special = [0, -0, Infinity, -Infinity, NaN, 3.4028234663852886e38, -1e-45, 1e-45];
  const thresholdsOf = features.map((_, feature) => thresholdsAt(predictor, feature));
  return Float32Array.from({ length: rowCount * features.length }, (_, at) => {
    const index = at % features.length;
    const feature = features[index]!;
    const choice = random.uniform();
    if (feature.kind === 'category') {
      if (choice < 0.1) return NaN;
      return choice < 0.2 ? -1 : random.integer(feature.levels.length);
    }
    const own = thresholdsOf[index]!;
    if (choice < 0.15) return special[random.integer(special.length)]!;
    if (choice < 0.6 && own.length > 0) {
      const threshold = Math.fround(own[random.integer(own.length)]!);
      return [threshold, nextUp32(threshold), nextDown32(threshold)][random.integer(3)]!;
    }
    return random.normal() * 2;
  });
}

/** The special values that a feature is decided by: thresholds, or clipping bounds. */
function thresholdsAt(predictor: Predictor, feature: number): number[] {
  if (predictor.kind === 'forest') {
    return [...predictor.threshold].filter(
      (threshold, node) => predictor.featureIndex[node] === feature && threshold === threshold,
    );
  }
  const input = predictor.numeric.find(({ featureIndex }) => featureIndex === feature);
  return input ? [input.lower, input.upper, input.center] : [];
}

function growTrees(
  random: Random,
  { treeCount, maxLeaves, numericCount, thresholdPool, link, leafScale }: ForestShape,
  levelCounts: readonly number[],
  outputCount: number,
): Omit<Forest, 'kind' | 'link' | 'baseScores'> {
  const roots: number[] = [];
  const node = { feature: [], threshold: [], set: [], left: [], right: [], side: [] } as Record<
    'feature' | 'threshold' | 'set' | 'left' | 'right' | 'side',
    number[]
  >;
  const leafValue: number[] = [];
  const categorySets: number[][] = [];
  const pool = Array.from({ length: numericCount }, () =>
    Array.from({ length: thresholdPool ?? 0 }, () => Math.fround(random.normal())),
  );

  function grow(leaves: number): number {
    if (leaves === 1) {
      leafValue.push(random.normal() * (leafScale ?? (link === 'identity' ? 0.02 : 0.1)));
      return ~(leafValue.length - 1);
    }
    const index = node.feature.length;
    const feature = random.integer(numericCount + levelCounts.length);
    const isCategory = feature >= numericCount;
    node.feature.push(feature);
    node.set.push(isCategory ? categorySets.length : -1);
    node.side.push(random.integer(2));
    node.left.push(0);
    node.right.push(0);
    if (isCategory) {
      const codes = Array.from({ length: levelCounts[feature - numericCount]! }, (_, code) => code);
      categorySets.push(codes.filter(() => random.uniform() < 0.4));
      node.threshold.push(NaN);
    } else {
      const drawn = thresholdPool
        ? pool[feature]![random.integer(thresholdPool)]!
        : Math.fround(random.normal());
      node.threshold.push(random.uniform() < 0.02 ? -0 : drawn);
    }
    const toLeft = 1 + random.integer(leaves - 1);
    node.left[index] = grow(toLeft);
    node.right[index] = grow(leaves - toLeft);
    return index;
  }

  for (let tree = 0; tree < treeCount; tree++) {
    roots.push(grow(random.uniform() < 0.1 ? 1 : 1 + random.integer(maxLeaves)));
  }
  return {
    roots: Int32Array.from(roots),
    // round after round, with some outputs left out
    treeOutput: Int32Array.from(roots, (_, tree) => (tree % 7 === 3 ? 0 : tree % outputCount)),
    featureIndex: Int32Array.from(node.feature),
    threshold: Float64Array.from(node.threshold),
    categorySet: Int32Array.from(node.set),
    left: Int32Array.from(node.left),
    right: Int32Array.from(node.right),
    defaultLeft: Uint8Array.from(node.side),
    gain: new Float64Array(node.feature.length),
    cover: new Float64Array(node.feature.length),
    leafValue: Float64Array.from(leafValue),
    leafCover: Float64Array.from(leafValue, () => 1 + random.integer(50)),
    categorySets,
  };
}

function featuresOf(numericCount: number, levelCounts: readonly number[]): Feature[] {
  const numeric = Array.from({ length: numericCount }, (_, field): Feature => {
    return { kind: 'field', name: `x${field}`, field };
  });
  const categories = levelCounts.map((count, index): Feature => {
    const levels = Array.from({ length: count }, (_, code) => `level ${code}`);
    return { kind: 'category', name: `c${index}`, field: numericCount + index, levels };
  });
  return [...numeric, ...categories];
}

function wrap(
  predictor: Predictor,
  features: Feature[],
  task: Task,
  calibrator: Calibrator = { kind: 'none' },
): Model {
  const classes =
    task === 'multiclass'
      ? Array.from({ length: outputCountOf(predictor) }, (_, index) => `class ${index}`)
      : ['no', 'yes'];
  return {
    format: 'coppice-model',
    version: 1,
    origin: 'test',
    schema: {
      fields: features.map(({ name, kind }) => ({
        name,
        type: kind === 'category' ? 'category' : 'number',
      })),
      target: { name: 'y', classes: task === 'regression' ? [] : classes },
    },
    features,
    predictor,
    rules: [],
    ...headOf(task, calibrator),
  };
}

function headOf(task: Task, calibrator: Calibrator): Head {
  if (task === 'binary') return { task, calibrator, threshold: HALF };
  if (task === 'multiclass') return { task, calibrator: calibrator as ClassCalibrator };
  return { task, calibrator: { kind: 'none' } };
}
