import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError } from '../../src/core/errors.js';
import { nextDown32, nextUp32 } from '../../src/core/float.js';
import { createRandom } from '../../src/core/random.js';
import type { Table } from '../../src/core/table.js';
import { openOnnx } from '../../src/evaluate/onnxSession.js';
import type { Calibrator } from '../../src/model/calibrator.js';
import type { Forest } from '../../src/model/forest.js';
import type { BinaryModel } from '../../src/model/model.js';
import { exportOnnx } from '../../src/onnx/index.js';
import {
  CATEGORY_FEATURES,
  FEATURES,
  FIELDS,
  LEVELS,
  modelOf,
  NUMERIC_FEATURES,
  randomForest,
  randomLinear,
  referencePredictions,
  SPECIAL_NUMBERS,
  tableOf,
} from './models.js';

const BATCHES = [1, 2, 17, 257, 1000];
const THRESHOLDS = [-1.5, -0.25, 0, 0.1, 0.7, 2, 1e30, -1e30].map(Math.fround);
/** thresholds, their float32 neighbours, and special values */
const POOL = [
  ...SPECIAL_NUMBERS,
  ...THRESHOLDS,
  ...THRESHOLDS.map(nextUp32),
  ...THRESHOLDS.map(nextDown32),
];

/** The largest |Δp| against the float64 reference; labels must follow from the graph's own probabilities. */
async function largestDelta(model: BinaryModel, tables: readonly Table[]): Promise<number> {
  const session = await openOnnx(exportOnnx(model));
  let largest = 0;
  for (const table of tables) {
    const expected = referencePredictions(model, table);
    const { labels, predictions } = await session.predictTable(table, model.schema);
    assert.is(labels.length, table.rowCount);
    assert.is(predictions.length, table.rowCount);
    predictions.forEach((probability, row) => {
      const delta = Math.abs(probability - expected[row]!);
      const bothMissing = probability !== probability && expected[row] !== expected[row];
      largest = Math.max(largest, bothMissing ? 0 : delta === delta ? delta : Infinity);
      const [negative, positive] = model.schema.target.classes;
      assert.is(labels[row], probability >= model.threshold.value ? positive : negative);
    });
  }
  await session.release();
  return largest;
}

function tables(seed: number): Table[] {
  const random = createRandom(seed);
  return BATCHES.map((rowCount) => tableOf(random, rowCount, POOL));
}

const STEEP: Calibrator = {
  kind: 'isotonic',
  x: [-3, -1, -1 + 1e-7, 0, 0.5, 0.5 + 1e-4, 4],
  y: [0.01, 0.1, 0.4, 0.4, 0.5, 0.9, 0.97],
};

const CALIBRATORS: Record<string, Calibrator> = {
  none: { kind: 'none' },
  sigmoid: { kind: 'sigmoid', slope: 1.7, intercept: -0.4 },
  'steep sigmoid': { kind: 'sigmoid', slope: -4000, intercept: 900 },
  temperature: { kind: 'temperature', temperature: 2.5 },
  'low temperature': { kind: 'temperature', temperature: 0.02 },
  beta: { kind: 'beta', a: 0.6, b: 1.7, c: -0.3 },
  'steep beta': { kind: 'beta', a: 40, b: 900, c: 20 },
  'beta without a': { kind: 'beta', a: 0, b: 1.3, c: 0.2 },
  'beta without b': { kind: 'beta', a: 1.3, b: 0, c: 0.2 },
  'constant beta': { kind: 'beta', a: 0, b: 0, c: 0.2 },
  isotonic: STEEP,
  'isotonic of one knot': { kind: 'isotonic', x: [0.25], y: [0.75] },
};

for (const [name, calibrator] of Object.entries(CALIBRATORS)) {
  test(`forest, ${name}: within 1e-6 of the reference on special values, at every batch size`, async () => {
    const forest = randomForest(createRandom(5), {
      treeCount: 60,
      maxLeaves: 31,
      thresholds: THRESHOLDS,
    });
    assert.ok((await largestDelta(modelOf(forest, calibrator, 0.4), tables(6))) < 1e-6);
  });

  test(`linear, ${name}: within float32 rounding of the reference`, async () => {
    for (const clipped of [true, false]) {
      const linear = randomLinear(createRandom(7), clipped);
      assert.ok((await largestDelta(modelOf(linear, calibrator), tables(8))) < 1e-7);
    }
  });
}

test('a forest of probabilities (identity link) is clipped to [0, 1]', async () => {
  const shape = { treeCount: 20, maxLeaves: 16, thresholds: THRESHOLDS, link: 'identity' } as const;
  const forest = randomForest(createRandom(9), { ...shape, leafScale: 1.2 });
  assert.ok((await largestDelta(modelOf(forest), tables(10))) < 1e-6);
  for (const calibrator of Object.values(CALIBRATORS)) {
    assert.ok((await largestDelta(modelOf(forest, calibrator), tables(10))) < 1e-6);
  }
});

/** Every tree twice: with an offset on its leaves, and with the opposite one. */
function cancelling(forest: Forest, offset: number): Forest {
  const nodeCount = forest.left.length;
  const leafCount = forest.leafValue.length;
  const second = (child: number): number => (child >= 0 ? child + nodeCount : child - leafCount);
  return {
    ...forest,
    roots: Int32Array.from([...forest.roots, ...forest.roots.map(second)]),
    treeOutput: Int32Array.from([...forest.treeOutput, ...forest.treeOutput]),
    left: Int32Array.from([...forest.left, ...forest.left.map(second)]),
    right: Int32Array.from([...forest.right, ...forest.right.map(second)]),
    featureIndex: Int32Array.from([...forest.featureIndex, ...forest.featureIndex]),
    categorySet: Int32Array.from([...forest.categorySet, ...forest.categorySet]),
    threshold: Float64Array.from([...forest.threshold, ...forest.threshold]),
    defaultLeft: Uint8Array.from([...forest.defaultLeft, ...forest.defaultLeft]),
    leafValue: Float64Array.from([
      ...forest.leafValue.map((value) => value + offset),
      ...forest.leafValue.map((value) => value - offset),
    ]),
  };
}

test('huge leaf values that cancel are summed exactly enough', async () => {
  const forest = randomForest(createRandom(11), {
    treeCount: 64,
    maxLeaves: 4,
    thresholds: THRESHOLDS,
    leafScale: 0.2,
  });
  assert.ok((await largestDelta(modelOf(cancelling(forest, 1e5)), tables(12))) < 1e-6);
});

test('missing takes the default side, also where all nodes have the same', async () => {
  for (const side of [0, 1]) {
    for (const treeCount of [3, 120]) {
      const forest = randomForest(createRandom(13), {
        treeCount,
        maxLeaves: 12,
        thresholds: THRESHOLDS,
      });
      forest.defaultLeft.fill(side);
      const missing = tableOf(createRandom(14 + side), 100, [NaN]);
      const delta = await largestDelta(modelOf(forest), [missing, ...tables(16)]);
      assert.ok(delta < 1e-6);
    }
  }
});

test('a set column of many levels and patterns', async () => {
  const forest = randomForest(createRandom(15), {
    treeCount: 900,
    maxLeaves: 16,
    thresholds: THRESHOLDS,
    leafScale: 0.01,
  });
  const codes = Array.from({ length: 200 }, (_, code) => code);
  const random = createRandom(16);
  forest.categorySets = forest.categorySets.map(() => codes.filter(() => random.uniform() < 0.5));
  forest.featureIndex.forEach((_, node) => {
    if (forest.categorySet[node]! >= 0) forest.featureIndex[node] = NUMERIC_FEATURES[0]!;
  });
  const table = tableOf(random, 257, [...codes, 200, 201, -1, 0.5, NaN]);
  assert.ok((await largestDelta(modelOf(forest), [table])) < 1e-6);
});

test('float64 thresholds of imported models branch as they do on float32 inputs', async () => {
  const doubles = [0.1, 1 / 3, -2 / 7, 1e-50, -1e-50, 1e300, -1e300];
  const forest = randomForest(createRandom(17), {
    treeCount: 40,
    maxLeaves: 16,
    thresholds: doubles,
  });
  const random = createRandom(18);
  const near = doubles.flatMap((value) => {
    const rounded = Math.fround(value);
    return [rounded, nextUp32(rounded), nextDown32(rounded)];
  });
  const table = tableOf(random, 1000, [...near, ...SPECIAL_NUMBERS]);
  assert.ok((await largestDelta(modelOf(forest), [table])) < 1e-6);
});

test('trees of a single leaf, and no trees at all, are constants', async () => {
  const forest = randomForest(createRandom(19), { treeCount: 5, maxLeaves: 1, thresholds: [] });
  assert.ok(forest.roots.every((root) => root < 0));
  assert.ok((await largestDelta(modelOf(forest), tables(20))) < 1e-7);
  const none = new Int32Array(0);
  const empty = { ...forest, roots: none, treeOutput: none, leafValue: new Float64Array(0) };
  assert.ok((await largestDelta(modelOf(empty), tables(20))) < 1e-7);
  const bare = { ...randomLinear(createRandom(1), true), numeric: [], categorical: [] };
  assert.ok((await largestDelta(modelOf(bare), tables(20))) < 1e-7);
});

test('sets of codes on a numeric field, as importers make them', async () => {
  const forest = randomForest(createRandom(21), {
    treeCount: 30,
    maxLeaves: 8,
    thresholds: THRESHOLDS,
  });
  forest.featureIndex.forEach((_, node) => {
    if (forest.categorySet[node]! >= 0) forest.featureIndex[node] = NUMERIC_FEATURES[node % 4]!;
  });
  const codes = [0, -0, 1, 2, 3, 4, 5, 6, 7, 2.5, -1, -3, NaN, Infinity, -Infinity];
  const table = tableOf(createRandom(22), 1000, codes);
  assert.ok((await largestDelta(modelOf(forest), [table])) < 1e-6);
});

test('a threshold on the code of a category', async () => {
  const forest = randomForest(createRandom(23), {
    treeCount: 30,
    maxLeaves: 8,
    thresholds: THRESHOLDS,
  });
  forest.categorySet.forEach((set, node) => {
    if (set < 0) return;
    forest.categorySet[node] = -1;
    forest.threshold[node] = (node % LEVELS.length) - 0.5;
  });
  assert.ok((await largestDelta(modelOf(forest), tables(24))) < 1e-6);
});

test('a category that a linear model reads as a number is its code', async () => {
  const linear = randomLinear(createRandom(29), false);
  linear.numeric.forEach((input, i) => {
    input.featureIndex = CATEGORY_FEATURES[i % 2]!;
  });
  assert.ok((await largestDelta(modelOf(linear), tables(30))) < 1e-7);
});

test('an output whose name a field has gets a number', async () => {
  const names = FIELDS.map((field) => field.name);
  assert.ok(names.includes('label') && names.includes('probability'));
  const forest = randomForest(createRandom(25), {
    treeCount: 3,
    maxLeaves: 4,
    thresholds: THRESHOLDS,
  });
  const text = new TextDecoder('latin1').decode(exportOnnx(modelOf(forest)));
  assert.ok(text.includes('label_1') && text.includes('probability_1'));
});

test('equal models give equal bytes, with metadata and no ZipMap', () => {
  const make = (): Uint8Array =>
    exportOnnx(
      modelOf(
        randomForest(createRandom(27), { treeCount: 9, maxLeaves: 9, thresholds: THRESHOLDS }),
      ),
    );
  assert.equal(make(), make());
  const text = new TextDecoder().decode(make());
  for (const part of ['coppice', 'bought', 'no, thanks', 'já', 'threshold']) {
    assert.ok(text.includes(part), part);
  }
  assert.not.ok(text.includes('ZipMap'));
});

test('a model without fields is refused', () => {
  const model = modelOf(randomLinear(createRandom(1), true));
  const bare = {
    ...model,
    schema: { ...model.schema, fields: [] },
    features: FEATURES.slice(0, 0),
  };
  assert.throws(
    () => exportOnnx(bare),
    (error: unknown) => error instanceof ConfigError,
  );
});

test.run();
