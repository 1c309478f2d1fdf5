import { exp } from '../../src/core/elementary.js';
import { createRandom, type Random } from '../../src/core/random.js';
import type { Column, Table } from '../../src/core/table.js';
import { type Calibrator, calibrate } from '../../src/model/calibrator.js';
import { type Feature, featureMatrix } from '../../src/model/feature.js';
import type { Forest, Link } from '../../src/model/forest.js';
import type { Linear } from '../../src/model/linear.js';
import { margins, predictions } from '../../src/model/margin.js';
import {
  type BinaryModel,
  type Model,
  type ModelParts,
  outputCountOf,
  type Predictor,
  type Task,
} from '../../src/model/model.js';
import { classProbabilities } from '../../src/model/multiclass.js';
import type { QuantizedLinear, QuantizedModel, QuantizedSum } from '../../src/model/quantized.js';
import type { Field } from '../../src/model/schema.js';
import { quantizedMargins } from '../../src/quantize/index.js';

/** Hand-built models and tables for the tests of the ONNX graphs, which need neither a trainer nor a quantiser. */

export const SPECIAL_NUMBERS: readonly number[] = [
  0,
  -0,
  1,
  -1,
  0.5,
  NaN,
  Infinity,
  -Infinity,
  3.4028234663852886e38,
  -3.4028234663852886e38,
  1.401298464324817e-45,
  -1.401298464324817e-45,
  1.1754943508222875e-38,
  16777216,
];

/** Field names that a careless exporter or runtime would trip over. */
export const HOSTILE_NAMES: readonly string[] = [
  'a name, with "commas" and\nbreaks',
  'größe ☂ 大小',
  'label',
  'constant',
  'concat',
  'probability',
];

export const LEVELS: readonly string[] = ['a b', 'NA', 'é, ü', '大', '0', 'null'];

/** Four numeric fields and two of categories, under names that are hard. */
export const FIELDS: Field[] = HOSTILE_NAMES.map((name, i) => ({
  name,
  type: i === 1 || i === 4 ? 'category' : 'number',
}));

/** Each field as a feature, and `field 0 / max(field 2, field 3)` where that is not missing, else -1. */
export const FEATURES: Feature[] = [
  ...FIELDS.map(
    ({ name, type }, field): Feature =>
      type === 'number'
        ? { kind: 'field', name, field }
        : { kind: 'category', name, field, levels: [...LEVELS] },
  ),
  {
    kind: 'derived',
    name: 'ratio',
    source: 'where(isMissing(a), -1, a / max(b, c))',
    expression: {
      op: 'where',
      args: [
        { op: 'isMissing', args: [{ op: 'field', field: 0 }] },
        { op: 'constant', value: -1 },
        {
          op: 'divide',
          args: [
            { op: 'field', field: 0 },
            {
              op: 'max',
              args: [
                { op: 'field', field: 2 },
                { op: 'field', field: 3 },
              ],
            },
          ],
        },
      ],
    },
  },
];

export const NUMERIC_FEATURES: readonly number[] = [0, 2, 3, 5, 6];
export const CATEGORY_FEATURES: readonly number[] = [1, 4];

/** A whole binary model around a predictor. */
export function modelOf(
  predictor: Predictor,
  calibrator: Calibrator = { kind: 'none' },
  threshold: number = 0.5,
): BinaryModel {
  return {
    ...partsOf(['no, thanks', 'já']),
    format: 'coppice-model',
    task: 'binary',
    predictor,
    calibrator,
    threshold: { value: Math.fround(threshold), policy: 'fixed' },
  };
}

/** A whole multiclass model around a predictor of several outputs, or a regression around one of a single output. */
export function modelOfTask(
  task: Exclude<Task, 'binary'>,
  predictor: Predictor,
): Exclude<Model, BinaryModel> {
  const names = Array.from({ length: outputCountOf(predictor) }, (_, i) => `class ${i} ☂`);
  return {
    ...partsOf(task === 'regression' ? [] : names),
    format: 'coppice-model',
    task,
    predictor,
    calibrator: { kind: 'none' },
  };
}

function partsOf(classes: string[]): ModelParts {
  const target = { name: 'bought', classes };
  return {
    version: 1,
    origin: 'test',
    schema: { fields: FIELDS, target },
    features: FEATURES,
    rules: [],
  };
}

/** A table of the fields: numbers from `pool` half of the time, else normal; categories seen, unseen and missing. */
export function tableOf(random: Random, rowCount: number, pool: readonly number[]): Table {
  const columns = FIELDS.map((field): Column => {
    if (field.type === 'number') {
      const values = Float32Array.from({ length: rowCount }, () =>
        random.uniform() < 0.5 ? pool[random.integer(pool.length)]! : random.normal(),
      );
      return { kind: 'number', name: field.name, values };
    }
    const levels = [...LEVELS, 'unseen', 'a', ' '];
    const codes = Int32Array.from(
      { length: rowCount },
      () => random.integer(levels.length + 1) - 1,
    );
    return { kind: 'category', name: field.name, codes, levels };
  });
  return { rowCount, columns };
}

/** The predictions that the graph must give: float64, by `src/model/margin.ts`. */
export function referencePredictions(model: Model, table: Table): Float64Array {
  const matrix = featureMatrix(model.schema.fields, model.features, table);
  return predictions(
    model,
    margins(model.predictor, matrix, table.rowCount, model.features.length),
  );
}

interface ForestShape {
  treeCount: number;
  maxLeaves: number;
  link?: Link;
  /** trees take the outputs in turn */
  outputCount?: number;
  /** thresholds to draw from */
  thresholds: readonly number[];
  /** standard deviation of the leaf values */
  leafScale?: number;
}

/** Random trees over all features: numeric splits, sets of categories and the odd tree that is a single leaf. */
export function randomForest(random: Random, shape: ForestShape): Forest {
  const {
    treeCount,
    maxLeaves,
    thresholds,
    link = 'logit',
    leafScale = 0.3,
    outputCount = 1,
  } = shape;
  const nodes: { feature: number; threshold: number; set: number; left: number; right: number }[] =
    [];
  const leaves: number[] = [];
  const categorySets: number[][] = [];
  const grow = (leafCount: number): number => {
    if (leafCount === 1) {
      const value = random.normal() * leafScale;
      leaves.push(link === 'identity' ? (Math.abs(value) * outputCount) / treeCount : value);
      return ~(leaves.length - 1);
    }
    const feature = random.integer(FEATURES.length);
    const isCategory = CATEGORY_FEATURES.includes(feature);
    if (isCategory) categorySets.push([...LEVELS.keys()].filter(() => random.uniform() < 0.5));
    const node = {
      feature,
      threshold: isCategory ? NaN : thresholds[random.integer(thresholds.length)]!,
      set: isCategory ? categorySets.length - 1 : -1,
      left: 0,
      right: 0,
    };
    const index = nodes.push(node) - 1;
    const leftLeaves = 1 + random.integer(leafCount - 1);
    node.left = grow(leftLeaves);
    node.right = grow(leafCount - leftLeaves);
    return index;
  };
  const roots = Int32Array.from({ length: treeCount }, () => grow(1 + random.integer(maxLeaves)));
  return {
    kind: 'forest',
    link,
    baseScores: Float64Array.from({ length: outputCount }, (_, i) =>
      link === 'identity' ? 0 : 0.5 * i - 0.7,
    ),
    roots,
    treeOutput: roots.map((_, tree) => tree % outputCount),
    featureIndex: Int32Array.from(nodes, (node) => node.feature),
    threshold: Float64Array.from(nodes, (node) => node.threshold),
    categorySet: Int32Array.from(nodes, (node) => node.set),
    left: Int32Array.from(nodes, (node) => node.left),
    right: Int32Array.from(nodes, (node) => node.right),
    defaultLeft: Uint8Array.from(nodes, () => random.integer(2)),
    gain: new Float64Array(nodes.length),
    cover: new Float64Array(nodes.length),
    leafValue: Float64Array.from(leaves),
    leafCover: new Float64Array(leaves.length),
    categorySets,
  };
}

/** A linear model over all features; clipping only where `clipped`. */
export function randomLinear(
  random: Random,
  clipped: boolean,
  link: Linear['link'] = 'logit',
  outputCount: number = 1,
): Linear {
  const perOutput = <T>(make: (output: number) => T): T[] =>
    Array.from({ length: outputCount }, (_, output) => make(output));
  return {
    kind: 'linear',
    link,
    intercepts: perOutput((output) => output - 0.3),
    numeric: NUMERIC_FEATURES.map((featureIndex) => ({
      featureIndex,
      fill: random.normal(),
      lower: clipped ? -2 : -Infinity,
      upper: clipped ? 3 : Infinity,
      center: random.normal(),
      scale: 0.5 + random.uniform(),
      weights: perOutput(() => random.normal()),
    })),
    categorical: CATEGORY_FEATURES.map((featureIndex, i) => ({
      featureIndex,
      weights: perOutput(() => LEVELS.map(() => random.normal())),
      fill: i === 0 ? -1 : 2,
    })),
  };
}

/** A quantised linear model over all features. */
export function randomQuantizedLinear(
  random: Random,
  extreme: boolean,
  link: QuantizedLinear['link'] = 'logit',
  outputCount: number = 1,
): QuantizedLinear {
  const sums = Array.from({ length: outputCount }, (_, i) =>
    quantizedSum(random, extreme, 0.2 + i),
  );
  return { kind: 'linear', link, sums };
}

function quantizedSum(random: Random, extreme: boolean, intercept: number): QuantizedSum {
  const weight = (): number => (extreme ? 127 : random.integer(255) - 127);
  return {
    intercept,
    scale: extreme ? 1e-8 : 1e-6,
    numeric: NUMERIC_FEATURES.map((featureIndex) => ({
      featureIndex,
      fill: random.normal(),
      lower: -4,
      upper: 4,
      center: random.normal(),
      inverseStep: extreme ? 1e6 : 5000,
      weight: weight(),
    })),
    categorical: CATEGORY_FEATURES.map((featureIndex, i) => ({
      featureIndex,
      values: Int16Array.from(LEVELS, (_, code) => (code === 0 ? -32767 : 6000 * code)),
      fill: i === 0 ? -1 : 2,
      weight: weight(),
    })),
  };
}

/** A quantised model around a predictor: one that a model of floats would be, but for the predictor. */
export function quantizedModelOf(
  predictor: QuantizedModel['predictor'],
  around: Model = modelOf(randomLinear(createRandom(1), true)),
): QuantizedModel {
  return { ...around, format: 'coppice-quantized', predictor, marginBound: 0 };
}

/** The predictions that the quantised graph must give: float64 from integer sums. */
export function quantizedPredictions(model: QuantizedModel, table: Table): Float64Array {
  const matrix = featureMatrix(model.schema.fields, model.features, table);
  const margins = quantizedMargins(model, matrix, table.rowCount);
  const { link } = model.predictor;
  if (model.task === 'binary') {
    return margins.map((margin) => calibrate(model.calibrator, link, margin));
  }
  if (model.task === 'regression') return link === 'log' ? margins.map(exp) : margins;
  return classProbabilities(link, margins, model.schema.target.classes.length);
}
