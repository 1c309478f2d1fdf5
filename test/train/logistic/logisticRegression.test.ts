import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../../src/core/random.js';
import type { Linear } from '../../../src/model/linear.js';
import { margins } from '../../../src/model/margin.js';
import {
  fitLogistic,
  type LogisticOptions,
  trainLogistic,
} from '../../../src/train/logistic/logisticRegression.js';
import type { TrainingMatrix } from '../../../src/train/trainingMatrix.js';

interface Fixture {
  /** numbers, category codes, target; null is missing */
  rows: (number | null)[][];
  categorical: number[];
  /** margins of the first rows */
  fits: { l2: number; margins: number[]; numeric: number[]; categorical: number[][] }[];
}

const fixture = JSON.parse(
  readFileSync(new URL('fixtures/logistic.json', import.meta.url), 'utf8'),
) as Fixture;

const data: TrainingMatrix = {
  matrix: Float32Array.from(
    fixture.rows.flatMap((row) => row.slice(0, -1)),
    (x) => x ?? NaN,
  ),
  rowCount: fixture.rows.length,
  featureCount: fixture.rows[0]!.length - 1,
  target: fixture.rows.map((row) => row.at(-1)!),
  categorical: fixture.categorical,
};

/** No clipping, no sharing, as in the fixture. */
const plain = { clipFactor: 0, minLevelRows: 1 };

/** Everything that was learned, in one list. */
function coefficients({ intercepts, numeric, categorical }: Linear): number[] {
  return [
    ...intercepts,
    ...numeric.flatMap((input) => input.weights),
    ...categorical.flatMap((input) => input.weights.flat()),
  ];
}

function assertNear(actual: number[], expected: number[], tolerance: number): void {
  assert.is(actual.length, expected.length);
  actual.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]!) <= tolerance, `${i}: ${value} ≠ ${expected[i]}`);
  });
}

/** Rows of which a part are numbers, the others codes, with a target that depends on both. */
function draw(rowCount: number, seed: number): TrainingMatrix {
  const random = createRandom(seed);
  const matrix = new Float32Array(rowCount * 4);
  const target = new Uint8Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const values = [
      random.normal(),
      50 + 3 * random.normal(),
      random.integer(5),
      random.integer(30),
    ];
    matrix.set(values, row * 4);
    target[row] = values[0]! + 0.4 * (values[2]! - 2) + random.normal() > 0 ? 1 : 0;
  }
  return { matrix, rowCount, featureCount: 4, target, categorical: [2, 3] };
}

function selectRows(from: TrainingMatrix, rows: number[]): TrainingMatrix {
  const { featureCount, matrix, target } = from;
  return {
    ...from,
    matrix: Float32Array.from(
      rows.flatMap((row) => [...matrix.subarray(row * featureCount, (row + 1) * featureCount)]),
    ),
    rowCount: rows.length,
    target: rows.map((row) => target[row]!),
  };
}

for (const { l2, margins: expected, numeric, categorical } of fixture.fits) {
  for (const solver of ['newton', 'lbfgs'] as const) {
    test(`agrees with scikit-learn: ${solver}, l2 ${l2}`, () => {
      const { predictor, converged } = fitLogistic(data, { ...plain, l2, solver });
      assert.ok(converged);
      // the intercept depends on the rounding of the centres; the margins do not
      assertNear(coefficients(predictor).slice(1), [...numeric, ...categorical.flat()], 1e-5);
      const marginOfRow = margins(predictor, data.matrix, expected.length, data.featureCount);
      assertNear(Array.from(marginOfRow), expected, 1e-5);
    });
  }
}

test('the gradient of the exported model is zero', () => {
  const rows = draw(500, 1);
  const options = { ...plain, l2: 2, missingCategory: 'mostFrequent' as const, tolerance: 1e-11 };
  const { predictor } = fitLogistic(rows, options);
  const objective = (model: Linear): number => {
    const marginOfRow = margins(model, rows.matrix, rows.rowCount, rows.featureCount);
    const loss = marginOfRow.reduce(
      (total, m, row) => total + Math.log1p(Math.exp(m)) - rows.target[row]! * m,
      0,
    );
    const weights = coefficients(model).slice(1);
    return loss + weights.reduce((total, w) => total + w * w, 0);
  };
  const best = objective(predictor);
  for (const step of [1e-3, -1e-3]) {
    const moved = structuredClone(predictor);
    moved.intercepts[0]! += step;
    assert.ok(objective(moved) > best);
    predictor.numeric.forEach((_, j) => {
      const other = structuredClone(predictor);
      other.numeric[j]!.weights[0]! += step;
      assert.ok(objective(other) > best, `numeric ${j}`);
    });
    predictor.categorical.forEach(({ weights }, j) => {
      weights[0]!.forEach((_, level) => {
        const other = structuredClone(predictor);
        other.categorical[j]!.weights[0]![level]! += step;
        assert.ok(objective(other) > best, `category ${j} level ${level}`);
      });
    });
  }
});

test('a weight is the same as repeating the row; 0 is the same as leaving it out', () => {
  const rows = draw(200, 2);
  const weight = Array.from({ length: 200 }, (_, row) => row % 4);
  const repeated = weight.flatMap((count, row) => new Array<number>(count).fill(row));
  const options = { ...plain, clipFactor: 1, tolerance: 1e-12 };
  const weighted = fitLogistic({ ...rows, weight }, options).predictor;
  const expected = fitLogistic(selectRows(rows, repeated), options).predictor;
  assertNear(coefficients(weighted), coefficients(expected), 1e-6);
});

test('both solvers find the same minimum', () => {
  const rows = draw(1003, 3);
  const [newton, lbfgs] = (['newton', 'lbfgs'] as const).map((solver) =>
    fitLogistic(rows, { solver, tolerance: 1e-10 }),
  );
  assert.ok(newton!.converged && lbfgs!.converged);
  assertNear(coefficients(newton!.predictor), coefficients(lbfgs!.predictor), 1e-6);
});

test('unscaled columns make no difference', () => {
  const rows = draw(400, 4);
  const stretched = rows.matrix.map((x, at) => (at % 4 === 1 ? 1024 * x : x));
  const first = fitLogistic(rows).predictor;
  const second = fitLogistic({ ...rows, matrix: stretched }).predictor;
  assertNear(coefficients(second), coefficients(first), 1e-6);
});

test('not converging is reported', () => {
  for (const solver of ['newton', 'lbfgs'] as const) {
    const { converged, iterations, gradientNorm } = fitLogistic(data, { solver, maxIterations: 1 });
    assert.not.ok(converged);
    assert.is(iterations, 1);
    assert.ok(gradientNorm > 1e-8);
  }
});

test('separable classes converge with a penalty, and without one end without NaN', () => {
  const separable: TrainingMatrix = {
    matrix: Float32Array.of(1, 2, 3, 4, 5, 6),
    rowCount: 6,
    featureCount: 1,
    target: [0, 0, 0, 1, 1, 1],
  };
  assert.ok(fitLogistic(separable).converged);
  for (const solver of ['newton', 'lbfgs'] as const) {
    const { predictor } = fitLogistic(separable, { l2: 0, solver, maxIterations: 100 });
    assert.ok(coefficients(predictor).every(Number.isFinite));
    assert.ok(predictor.numeric[0]!.weights[0]! > 5);
  }
});

test('redundant and constant columns need no penalty', () => {
  const rows = draw(300, 5);
  const matrix = Float32Array.from(
    { length: 900 },
    (_, i) => [rows.matrix[4 * Math.floor(i / 3)]!, rows.matrix[4 * Math.floor(i / 3)]!, 7][i % 3]!,
  );
  for (const solver of ['newton', 'lbfgs'] as const) {
    const twins = { matrix, rowCount: 300, featureCount: 3, target: rows.target };
    const { predictor, converged } = fitLogistic(twins, { l2: 0, solver });
    assert.ok(converged, solver);
    const [first, second, constant] = predictor.numeric.flatMap((input) => input.weights);
    assert.ok(Math.abs(first! - second!) < 1e-3, `${first} ${second}`);
    assert.is(constant, 0);
  }
});

test('missing categories have a weight of their own, and unseen levels share it', () => {
  // missing is always positive, level 0 and 1 are even
  const codes = Array.from({ length: 90 }, (_, row) => [0, 1, NaN][row % 3]!);
  const categories: TrainingMatrix = {
    matrix: Float32Array.from(codes),
    rowCount: 90,
    featureCount: 1,
    target: codes.map((code, row) => (code !== code || row % 2 === 0 ? 1 : 0)),
    categorical: [0],
  };
  const { predictor } = fitLogistic(categories);
  const [zero, , missing, unseen] = margins(predictor, Float32Array.of(0, 1, NaN, -1), 4, 1);
  assert.ok(missing! > 1.5 && Math.abs(zero!) < 0.3, `${missing} ${zero}`);
  assert.is(unseen, missing);
});

test('a model over bare features is whole', () => {
  const model = trainLogistic({ ...draw(100, 6), featureNames: ['p', 'q', 'r', 's'] });
  assert.is(model.origin, 'logistic');
  assert.equal(
    model.schema.fields.map(({ name, type }) => `${name}:${type}`),
    ['p:number', 'q:number', 'r:category', 's:category'],
  );
  const levels = model.features.map((feature) =>
    feature.kind === 'category' ? feature.levels.length : 0,
  );
  assert.equal(levels, [0, 0, 5, 30]);
  const { predictor } = model;
  assert.is(predictor.kind === 'linear' && predictor.categorical[1]!.weights[0]!.length, 30);
});

test('wrong input is named', () => {
  const rows = draw(20, 7);
  const wrong = (change: Partial<TrainingMatrix>, options?: Partial<LogisticOptions>) => () =>
    fitLogistic({ ...rows, ...change }, options);
  assert.throws(wrong({ target: new Uint8Array(20) }), /one class/);
  assert.throws(wrong({ target: new Uint8Array(3) }), /target/);
  assert.throws(wrong({ categorical: [0] }), /feature 0 expected a category code, got/);
  assert.throws(wrong({}, { l2: -1 }), /"l2" expected/);
  assert.throws(wrong({}, { L2: 1 } as Partial<LogisticOptions>), /did you mean "l2"/);
  assert.throws(wrong({}, { solver: 'sgd' as 'auto' }), /"solver" expected one of/);
});

test.run();
