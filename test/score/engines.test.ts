import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Link } from '../../src/model/forest.js';
import type { Model } from '../../src/model/model.js';
import { decodeBlob, encodeBlob } from '../../src/quantize/index.js';
import { loadScorer } from '../../src/score/index.js';
import { checkAgainstDefinition, KERNELS } from './definition.js';
import { columnsOf, layOut } from './laidOut.js';
import { adversarialMatrix, randomForestModel, randomLinearModel } from './randomModel.js';

const ROW_COUNTS = [0, 1, 15, 16, 17, 24, 25, 255, 256, 257, 511, 512, 513, 1000, 1025];

/** The same models on every engine. */
const MODELS: Record<string, Model> = {
  'numeric trees': randomForestModel({ seed: 1, treeCount: 40, maxLeaves: 31, numericCount: 6 }),
  'category trees': randomForestModel({
    seed: 2,
    treeCount: 60,
    maxLeaves: 20,
    numericCount: 3,
    levelCounts: [2, 30, 300],
  }),
  'many thresholds on a feature': randomForestModel({
    seed: 3,
    treeCount: 50,
    maxLeaves: 64,
    numericCount: 2,
  }),
  'few thresholds, each on many nodes': randomForestModel({
    seed: 4,
    treeCount: 50,
    maxLeaves: 16,
    numericCount: 4,
    thresholdPool: 3,
  }),
  'single leaves': randomForestModel({ seed: 5, treeCount: 9, maxLeaves: 1, numericCount: 2 }),
  'no trees': randomForestModel({ seed: 6, treeCount: 0, maxLeaves: 1, numericCount: 1 }),
  'identity link': randomForestModel({
    seed: 7,
    treeCount: 30,
    maxLeaves: 40,
    numericCount: 5,
    link: 'identity',
  }),
  'sigmoid calibration': randomForestModel({
    seed: 8,
    treeCount: 20,
    maxLeaves: 8,
    numericCount: 5,
    calibrator: { kind: 'sigmoid', slope: 1.3, intercept: -0.2 },
  }),
  'temperature calibration': randomForestModel({
    seed: 15,
    treeCount: 20,
    maxLeaves: 8,
    numericCount: 5,
    calibrator: { kind: 'temperature', temperature: 1.7 },
  }),
  'beta calibration': randomForestModel({
    seed: 16,
    treeCount: 20,
    maxLeaves: 8,
    numericCount: 5,
    calibrator: { kind: 'beta', a: 0.7, b: 1.4, c: 0.3 },
  }),
  'shares, temperature': randomForestModel({
    seed: 17,
    treeCount: 20,
    maxLeaves: 8,
    numericCount: 5,
    link: 'identity',
    calibrator: { kind: 'temperature', temperature: 0.6 },
  }),
  'shares, beta': randomForestModel({
    seed: 18,
    treeCount: 20,
    maxLeaves: 8,
    numericCount: 5,
    link: 'identity',
    calibrator: { kind: 'beta', a: 1.2, b: 0.8, c: -0.1 },
  }),
  'isotonic calibration': randomForestModel({
    seed: 9,
    treeCount: 20,
    maxLeaves: 8,
    numericCount: 5,
    calibrator: { kind: 'isotonic', x: [-1, -0.2, 0.1, 0.9], y: [0.05, 0.3, 0.3, 0.95] },
  }),
  'missing taken for zero': missingAsZero(),
  'trees of all sizes': randomForestModel({
    seed: 19,
    treeCount: 70,
    maxLeaves: 300,
    numericCount: 6,
    levelCounts: [9],
  }),
  'symmetric trees': symmetricModel(),
  'a deep tree': deepChain(700),
  'a linear model': randomLinearModel(10, 6, [3, 12]),
  'classes by softmax': classModel('softmax', 7, 120),
  'classes one against all': classModel('logit', 3, 50),
  'classes by shares': classModel('identity', 4, 60),
  'far margins by softmax': classModel('softmax', 5, 60, 400),
  'far margins one against all': classModel('logit', 4, 60, 400),
  'negative shares': classModel('identity', 3, 9, 1),
  'more classes than trees': classModel('softmax', 300, 40),
  'classes of single leaves': randomForestModel({
    seed: 15,
    task: 'multiclass',
    classCount: 3,
    link: 'softmax',
    treeCount: 9,
    maxLeaves: 1,
    numericCount: 2,
  }),
  'classes by softmax with a temperature': withTemperature(classModel('softmax', 7, 120)),
  'classes one against all with a temperature': withTemperature(classModel('logit', 3, 50)),
  'classes by shares with a temperature': withTemperature(classModel('identity', 4, 60)),
  'a regression': regressionModel('identity', 3),
  'a regression by log': regressionModel('log', 0.1),
  'a regression by log, beyond what exp can hold': regressionModel('log', 300),
  'a multinomial linear model': randomLinearModel(16, 6, [3, 12], 5),
};

for (const [name, model] of Object.entries(MODELS)) {
  for (const leafBits of [8, 16] as const) {
    const blob = encodeBlob(model, { leafBits });
    for (const kernel of KERNELS) {
      test(`${name}, int${leafBits}, ${kernel}: the bytes of the definition`, async () => {
        const scorer = await loadScorer(blob, { kernel });
        assert.is(scorer.kernel, kernel);
        for (const rowCount of ROW_COUNTS) checkAgainstDefinition(scorer, model, blob, rowCount);
      });
    }
  }
}

test('the sums of 128 extreme int16 leaves fit', async () => {
  const model = randomForestModel({ seed: 11, treeCount: 256, maxLeaves: 2, numericCount: 1 });
  if (model.predictor.kind === 'forest') {
    const { leafValue } = model.predictor;
    leafValue.forEach((_, leaf) => {
      leafValue[leaf] = leaf % 2 === 0 ? -1 : 1;
    });
  }
  for (const leafBits of [8, 16] as const) {
    const blob = encodeBlob(model, { leafBits, groupSize: 128 });
    for (const kernel of KERNELS) {
      checkAgainstDefinition(await loadScorer(blob, { kernel }), model, blob, 300);
    }
  }
});

test('both byte columns of a feature become one where missing is taken for zero', async () => {
  const { predictor } = decodeBlob(encodeBlob(MODELS['missing taken for zero']!));
  if (predictor.kind !== 'forest') throw new Error('not a forest');
  assert.is(predictor.columns.length, 10);
  assert.is(columnsOf(await layOut(predictor, 5)).length, 5);
});

test('a tree too wide for the single-row tables is walked in JavaScript', async () => {
  const model = fullTree(2 ** 17 - 1);
  const blob = encodeBlob(model);
  const { predictor } = decodeBlob(blob);
  if (predictor.kind !== 'forest') throw new Error('not a forest');
  assert.is((await layOut(predictor, 2)).outcome, 1);
  for (const kernel of ['simd', 'portable'] as const) {
    const scorer = await loadScorer(blob, { kernel });
    assert.is(scorer.kernel, kernel);
    for (const rowCount of [1, 17, 300]) checkAgainstDefinition(scorer, model, blob, rowCount);
  }
});

test('trees too wide for the single-row tables, of several classes', async () => {
  const model = fullTree(2 ** 17 - 1);
  if (model.predictor.kind !== 'forest') throw new Error('not a forest');
  const { classes } = classModel('softmax', 3, 1).schema.target;
  const wide: Model = {
    ...model,
    task: 'multiclass',
    calibrator: { kind: 'none' },
    schema: { ...model.schema, target: { name: 'y', classes } },
    predictor: {
      ...model.predictor,
      link: 'softmax',
      baseScores: Float64Array.of(0.1, 0.2, 0.3),
      treeOutput: Int32Array.of(1),
    },
  };
  const blob = encodeBlob(wide);
  for (const kernel of ['simd', 'portable'] as const) {
    const scorer = await loadScorer(blob, { kernel });
    for (const rowCount of [1, 17, 300]) checkAgainstDefinition(scorer, wide, blob, rowCount);
  }
});

test('scorers of several models live side by side', async () => {
  const names = ['numeric trees', 'category trees'];
  const scorers = await Promise.all(names.map((name) => loadScorer(encodeBlob(MODELS[name]!))));
  const matrices = names.map((name) => adversarialMatrix(MODELS[name]!, 100, 1));
  const before = scorers.map((scorer, index) => scorer.predict(matrices[index]!));
  const after = scorers.map((scorer, index) => scorer.predict(matrices[index]!));
  assert.equal(after, before);
});

test('rows are independent of the batch they come in', async () => {
  const model = MODELS['category trees']!;
  const matrix = adversarialMatrix(model, 600, 5);
  const width = model.features.length;
  for (const kernel of KERNELS) {
    const scorer = await loadScorer(encodeBlob(model), { kernel });
    const together = scorer.predict(matrix);
    for (const start of [1, 40, 590]) {
      assert.equal(scorer.predict(matrix.slice(start * width)), together.slice(start));
    }
  }
});

function classModel(link: Link, classCount: number, treeCount: number, leafScale?: number): Model {
  return randomForestModel({
    seed: classCount,
    task: 'multiclass',
    link,
    classCount,
    treeCount,
    maxLeaves: 16,
    numericCount: 5,
    levelCounts: [20],
    ...(leafScale && { leafScale }),
  });
}

function withTemperature(model: Model): Model {
  if (model.task !== 'multiclass') throw new Error('not a model of classes');
  return { ...model, calibrator: { kind: 'temperature', temperature: 1.7 } };
}

function regressionModel(link: Link, leafScale: number): Model {
  return randomForestModel({
    seed: 17,
    task: 'regression',
    link,
    treeCount: 40,
    maxLeaves: 24,
    numericCount: 5,
    leafScale,
  });
}

/** Trees that send missing where 0 goes, as LightGBM writes them: both byte columns of a feature become one. */
function missingAsZero(): Model {
  const model = randomForestModel({ seed: 14, treeCount: 40, maxLeaves: 20, numericCount: 5 });
  const { predictor } = model;
  if (predictor.kind === 'forest') {
    predictor.threshold.forEach((threshold, node) => {
      predictor.defaultLeft[node] = threshold >= 0 ? 1 : 0;
    });
  }
  return model;
}

/** Trees of 2 to 128 leaves that test the same on all nodes of a level, numbers and sets. */
function symmetricModel(): Model {
  const model = randomForestModel({
    seed: 20,
    treeCount: 28,
    maxLeaves: 1,
    numericCount: 3,
    levelCounts: [20],
  });
  const { predictor } = model;
  if (predictor.kind !== 'forest') throw new Error('not a forest');
  const nodes = { left: [] as number[], right: [] as number[], level: [] as number[] };
  let leafCount = 0;
  const grow = (level: number, end: number): number => {
    if (level === end) return ~leafCount++;
    const node = nodes.level.push(level) - 1;
    nodes.left[node] = grow(level + 1, end);
    nodes.right[node] = grow(level + 1, end);
    return node;
  };
  // the levels of a tree are numbered on, so that each has a test of its own
  predictor.roots = Int32Array.from(predictor.roots, (_, tree) => {
    const first = 10 * tree;
    return grow(first, first + 1 + (tree % 7));
  });
  const { level } = nodes;
  const isSet = (at: number): boolean => at % 3 === 1;
  Object.assign(predictor, {
    featureIndex: Int32Array.from(level, (at) => (isSet(at) ? 3 : at % 3)),
    threshold: Float64Array.from(level, (at) => (isSet(at) ? NaN : Math.fround(Math.sin(at)))),
    categorySet: Int32Array.from(level, (at) => (isSet(at) ? at : -1)),
    left: Int32Array.from(nodes.left),
    right: Int32Array.from(nodes.right),
    defaultLeft: Uint8Array.from(level, (at) => (at % 5 < 2 ? 1 : 0)),
    gain: new Float64Array(level.length),
    cover: new Float64Array(level.length),
    leafValue: Float64Array.from({ length: leafCount }, (_, leaf) => Math.sin(leaf) / 10),
    leafCover: new Float64Array(leafCount).fill(1),
    categorySets: Array.from({ length: 300 }, (_, at) =>
      Array.from({ length: 20 }, (_, code) => code).filter((code) => (code * at) % 7 < 3),
    ),
  });
  return model;
}

/** A tree that is one long branch. */
function deepChain(depth: number): Model {
  return singleTree(
    depth,
    (node) => (node + 1 < depth ? node + 1 : ~depth),
    (node) => ~node,
  );
}

/** A complete tree, its nodes level by level. */
function fullTree(nodeCount: number): Model {
  const child = (index: number): number => (index < nodeCount ? index : ~(index - nodeCount));
  return singleTree(
    nodeCount,
    (node) => child(2 * node + 1),
    (node) => child(2 * node + 2),
  );
}

function singleTree(
  nodeCount: number,
  leftOf: (node: number) => number,
  rightOf: (node: number) => number,
): Model {
  const model = randomForestModel({ seed: 12, treeCount: 1, maxLeaves: 1, numericCount: 2 });
  const nodes = Array.from({ length: nodeCount }, (_, index) => index);
  model.predictor = {
    kind: 'forest',
    link: 'logit',
    baseScores: Float64Array.of(0),
    roots: Int32Array.of(0),
    treeOutput: Int32Array.of(0),
    featureIndex: Int32Array.from(nodes, (node) => node % 2),
    threshold: Float64Array.from(nodes, (node) => Math.fround(3 - (node % 700) / 100)),
    categorySet: new Int32Array(nodeCount).fill(-1),
    left: Int32Array.from(nodes, leftOf),
    right: Int32Array.from(nodes, rightOf),
    defaultLeft: Uint8Array.from(nodes, (node) => (node % 3 === 0 ? 0 : 1)),
    gain: new Float64Array(nodeCount),
    cover: new Float64Array(nodeCount),
    leafValue: Float64Array.from({ length: nodeCount + 1 }, (_, leaf) => Math.sin(leaf)),
    leafCover: new Float64Array(nodeCount + 1),
    categorySets: [],
  };
  return model;
}

test.run();
