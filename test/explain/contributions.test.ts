import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, DataError, ShapeError } from '../../src/core/errors.js';
import { createRandom } from '../../src/core/random.js';
import { contributions } from '../../src/explain/index.js';
import { bareModel } from '../../src/model/bareModel.js';
import type { Linear } from '../../src/model/linear.js';
import { margins } from '../../src/model/margin.js';
import type { Model } from '../../src/model/model.js';
import { randomCase, type Shape } from './randomForest.js';
import { shapleyByDefinition } from './shapleyByDefinition.js';

/** The tolerance that the documentation states. */
const TOLERANCE = 1e-9;

const shapes: fc.Arbitrary<Shape> = fc.record({
  seed: fc.integer(),
  treeCount: fc.integer({ min: 1, max: 4 }),
  maxLeaves: fc.integer({ min: 1, max: 24 }),
  numericCount: fc.integer({ min: 1, max: 5 }),
  levelCounts: fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 3 }),
  outputCount: fc.constantFrom(1, 1, 3),
  chains: fc.boolean(),
  emptyLeaves: fc.boolean(),
});

/** The sum of each block of contributions. */
function blockSums(values: Float64Array, featureCount: number): Float64Array {
  const sums = new Float64Array(values.length / (featureCount + 1));
  for (let at = 0; at < values.length; at++)
    sums[Math.floor(at / (featureCount + 1))]! += values[at]!;
  return sums;
}

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, within: number): void {
  assert.is(actual.length, expected.length);
  for (let i = 0; i < expected.length; i++) {
    const bound = within * Math.max(1, Math.abs(expected[i]!));
    const isClose = Math.abs(actual[i]! - expected[i]!) <= bound;
    if (!isClose) assert.unreachable(`entry ${i}: expected ${expected[i]}, got ${actual[i]}`);
  }
}

test('small forests have the Shapley values of the definition', () => {
  fc.assert(
    fc.property(shapes, (shape) => {
      const { model, forest, matrix, rowCount, featureCount } = randomCase(shape, 5);
      const actual = contributions(model, matrix, rowCount);
      const expected = Array.from({ length: rowCount }, (_, row) => {
        const values = matrix.subarray(row * featureCount, (row + 1) * featureCount);
        return shapleyByDefinition(forest, values, featureCount);
      });
      assertClose(actual, expected.flat(), 1e-12);
    }),
    { numRuns: 300 },
  );
});

test('contributions and the expected margin add up to the margin, whatever the shape', () => {
  const large = fc.record({
    seed: fc.integer(),
    treeCount: fc.integer({ min: 1, max: 12 }),
    maxLeaves: fc.integer({ min: 1, max: 120 }),
    numericCount: fc.integer({ min: 1, max: 60 }),
    levelCounts: fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 4 }),
    outputCount: fc.constantFrom(1, 2, 5),
    chains: fc.boolean(),
    emptyLeaves: fc.boolean(),
  });
  fc.assert(
    fc.property(large, (shape) => {
      const { model, forest, matrix, rowCount, featureCount } = randomCase(shape, 8);
      const expected = margins(forest, matrix, rowCount, featureCount);
      const actual = contributions(model, matrix, rowCount);
      assertClose(blockSums(actual, featureCount), expected, TOLERANCE);
    }),
    { numRuns: 150 },
  );
});

test('chains of 400 splits on 300 features stay within the tolerance', () => {
  for (let seed = 1; seed <= 3; seed++) {
    const shape = { seed, treeCount: 3, maxLeaves: 400, numericCount: 300, levelCounts: [] };
    const { model, forest, matrix, rowCount, featureCount } = randomCase(
      { ...shape, outputCount: 1, chains: true },
      10,
    );
    const expected = margins(forest, matrix, rowCount, featureCount);
    const actual = contributions(model, matrix, rowCount);
    assertClose(blockSums(actual, featureCount), expected, TOLERANCE);
  }
});

test('a feature that no tree reads has exactly 0', () => {
  const { model, forest, matrix, rowCount, featureCount } = randomCase(
    { seed: 5, treeCount: 6, maxLeaves: 12, numericCount: 6, levelCounts: [3], outputCount: 1 },
    20,
  );
  forest.featureIndex.forEach((feature, node) => {
    if (feature === 2) forest.featureIndex[node] = 3;
  });
  const values = contributions(model, matrix, rowCount);
  for (let row = 0; row < rowCount; row++) assert.is(values[row * (featureCount + 1) + 2], 0);
});

test('a split that changes nothing has a contribution of 0', () => {
  const { model, forest } = randomCase(
    { seed: 1, treeCount: 1, maxLeaves: 1, numericCount: 2, levelCounts: [], outputCount: 1 },
    1,
  );
  Object.assign(forest, andForest());
  forest.leafValue = Float64Array.of(1, 1, 3, 3);
  const values = contributions(model, [1, 1]);
  // x0 decides, x1 splits each side into equals
  assertClose(values, [1, 0, 2], 1e-15);
});

test('features that a model treats alike share alike', () => {
  const { model, forest } = randomCase(
    { seed: 1, treeCount: 1, maxLeaves: 1, numericCount: 2, levelCounts: [], outputCount: 1 },
    1,
  );
  Object.assign(forest, andForest());
  // x0 and x1: both halves even, 4 when both are positive
  assertClose(contributions(model, [1, 1]), [1.5, 1.5, 1], 1e-15);
  assertClose(contributions(model, [1, -1]), [0.5, -1.5, 1], 1e-15);
  assertClose(contributions(model, [-1, -1]), [-0.5, -0.5, 1], 1e-15);
});

/** `x0 > 0 and x1 > 0` on four equal quarters, worth 4. */
function andForest() {
  return {
    baseScores: Float64Array.of(0),
    roots: Int32Array.of(0),
    treeOutput: Int32Array.of(0),
    featureIndex: Int32Array.of(0, 1, 1),
    threshold: Float64Array.of(0, 0, 0),
    categorySet: Int32Array.of(-1, -1, -1),
    left: Int32Array.of(1, ~0, ~2),
    right: Int32Array.of(2, ~1, ~3),
    defaultLeft: Uint8Array.of(0, 0, 0),
    gain: new Float64Array(3),
    cover: new Float64Array(3),
    leafValue: Float64Array.of(0, 0, 0, 4),
    leafCover: Float64Array.of(25, 25, 25, 25),
    categorySets: [],
  };
}

test('trees of one leaf move only the expected margin', () => {
  const { model, forest } = randomCase(
    { seed: 3, treeCount: 3, maxLeaves: 1, numericCount: 2, levelCounts: [], outputCount: 1 },
    1,
  );
  forest.leafCover.fill(0);
  const sum = forest.baseScores[0]! + forest.leafValue.reduce((a, b) => a + b);
  assertClose(contributions(model, [NaN, 1]), [0, 0, sum], 1e-15);
});

test('rows are explained alike alone and together, and the matrix is not changed', () => {
  const { model, matrix, rowCount, featureCount } = randomCase(
    { seed: 8, treeCount: 9, maxLeaves: 30, numericCount: 4, levelCounts: [5], outputCount: 3 },
    17,
  );
  const before = matrix.slice();
  const together = contributions(model, matrix);
  for (let row = 0; row < rowCount; row++) {
    const alone = contributions(model, matrix.subarray(row * featureCount), 1);
    const block = 3 * (featureCount + 1);
    assert.equal(alone, together.slice(row * block, (row + 1) * block));
  }
  assert.ok(matrix.every((value, at) => Object.is(value, before[at])));
});

test('no rows have no contributions', () => {
  const { model } = randomCase(
    { seed: 8, treeCount: 2, maxLeaves: 5, numericCount: 2, levelCounts: [], outputCount: 1 },
    1,
  );
  assert.is(contributions(model, [], 0).length, 0);
});

/** A linear model of two numbers and a category, two outputs. */
function linearModel(): Model {
  const linear: Linear = {
    kind: 'linear',
    link: 'softmax',
    intercepts: [0.5, -1, 2],
    numeric: [
      {
        featureIndex: 0,
        fill: 4,
        lower: 0,
        upper: 10,
        center: 3,
        scale: 2,
        weights: [1, -2, 0.25],
      },
      {
        featureIndex: 2,
        fill: 0,
        lower: -1,
        upper: 1,
        center: 0.5,
        scale: 0.5,
        weights: [3, 0, -1],
      },
    ],
    categorical: [
      {
        featureIndex: 1,
        weights: [
          [1, 2],
          [-1, 0],
          [0.5, 4],
        ],
        fill: -1,
      },
    ],
  };
  const data = {
    matrix: Float32Array.of(0, 1, 0),
    rowCount: 1,
    featureCount: 3,
    categorical: [1],
  };
  return bareModel(data, linear, 'test', 'multiclass');
}

test('linear models: weight times the distance from the mean, the intercept expected', () => {
  const values = contributions(linearModel(), [7, 1, NaN, 99, -1, 0.5]);
  assertClose(values.subarray(0, 8), [2, 2, -3, 0.5, -4, 0, -0, -1], 1e-15);
  // 99 is clipped to 10; an unseen level and an average number add nothing
  assertClose(values.subarray(12, 16), [3.5, 0, 0, 0.5], 1e-15);
});

test('linear models add up with and without a background, whose mean contribution is 0', () => {
  const model = linearModel();
  const random = createRandom(4);
  const draw = (rowCount: number) =>
    Float64Array.from({ length: 3 * rowCount }, (_, at) => {
      if (random.uniform() < 0.1) return NaN;
      return at % 3 === 1 ? random.integer(3) - 1 : random.normal() * 5;
    });
  const [matrix, background] = [draw(40), draw(25)];
  const expected = margins(model.predictor, matrix, 40, 3);
  assertClose(blockSums(contributions(model, matrix), 3), expected, 1e-12);
  const against = contributions(model, matrix, 40, { background });
  assertClose(blockSums(against, 3), expected, 1e-12);
  const own = contributions(model, background, 25, { background });
  for (let entry = 0; entry < 12; entry++) {
    if (entry % 4 === 3) continue;
    let sum = 0;
    for (let row = 0; row < 25; row++) sum += own[row * 12 + entry]!;
    assert.ok(Math.abs(sum) < 1e-12);
  }
});

test('what cannot be explained says so', () => {
  const { model, forest, matrix } = randomCase(
    { seed: 2, treeCount: 3, maxLeaves: 9, numericCount: 3, levelCounts: [], outputCount: 1 },
    4,
  );
  const isError =
    (kind: new (...args: never[]) => Error, pattern: RegExp) =>
    (error: unknown): boolean =>
      error instanceof kind && pattern.test(error.message);
  assert.throws(() => contributions(model, [1, 2]), isError(ShapeError, /2 values, which are no/));
  assert.throws(
    () => contributions(model, matrix, 5),
    isError(ShapeError, /"matrix" has 12 values, expected 5 rows of 3 features/),
  );
  assert.throws(
    () => contributions(model, matrix, 4, { background: matrix }),
    isError(ConfigError, /"background" is for linear models/),
  );
  assert.throws(
    () => contributions(model, matrix, 4, { backgrund: matrix } as object),
    isError(ConfigError, /unknown contribution option "backgrund"; did you mean "background"/),
  );
  assert.throws(
    () => contributions(linearModel(), [1, 1, 1], 1, { background: [] }),
    isError(ConfigError, /"background" has no rows/),
  );
  forest.leafCover.fill(0);
  assert.throws(
    () => contributions(model, matrix),
    isError(DataError, /covers of its leaves .* not known/),
  );
});

test.run();
