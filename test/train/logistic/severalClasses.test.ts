import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../../src/core/random.js';
import type { Linear } from '../../../src/model/linear.js';
import { margins } from '../../../src/model/margin.js';
import { classProbabilities } from '../../../src/model/multiclass.js';
import {
  fitLogistic,
  LOGISTIC_DEFAULTS,
  LOGISTIC_TABLE,
  type LogisticOptions,
  trainLogistic,
} from '../../../src/train/logistic/logisticRegression.js';
import type { TrainingMatrix } from '../../../src/train/trainingMatrix.js';

const SOLVERS = ['newton', 'lbfgs'] as const;
/** No sharing of rare levels, which counts rows. */
const plain = { minLevelRows: 1 };

/** Two numbers, a near copy of the first, and a category; classes depend on all. Every class has a row. */
function draw(rowCount: number, classCount: number, seed: number): TrainingMatrix {
  const random = createRandom(seed);
  const matrix = new Float32Array(rowCount * 4);
  const target = new Int32Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const x = random.normal();
    const values = [x, 20 + 5 * random.normal(), x + 0.1 * random.normal(), random.integer(4)];
    if (random.integer(10) === 0) values[random.integer(4)] = NaN;
    matrix.set(values, row * 4);
    const score = x + 0.3 * (values[3] || 0) + random.normal();
    const drawn = Math.floor(classCount / (1 + Math.exp(-score)));
    target[row] = row < classCount ? row : Math.min(drawn, classCount - 1);
  }
  return { matrix, rowCount, featureCount: 4, target, categorical: [3] };
}

function coefficients({ intercepts, numeric, categorical }: Linear): number[] {
  return [
    ...intercepts,
    ...numeric.flatMap((input) => input.weights),
    ...categorical.flatMap((input) => input.weights.flat()),
  ];
}

function probabilities({ predictor }: { predictor: Linear }, data: TrainingMatrix): Float64Array {
  const { matrix, rowCount, featureCount } = data;
  const marginOfRow = margins(predictor, matrix, rowCount, featureCount);
  const { link, intercepts } = predictor;
  return classProbabilities(link, marginOfRow, intercepts.length);
}

function assertNear(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number) {
  assert.is(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    assert.ok(difference <= tolerance, `${i}: ${actual[i]} ≠ ${expected[i]}`);
  }
}

const penalty = fc.constantFrom(
  { l1: 0, l2: 1 },
  { l1: 1, l2: 0.1 },
  { l1: 5, l2: 5 },
  { l1: 2, l2: 0 },
);
const classes = fc.constantFrom(2, 3, 5);

test('a weight is the same as repeating the row, whatever the penalty, the classes and their weights', () => {
  const balance = fc.constantFrom('none' as const, 'balanced' as const);
  fc.assert(
    fc.property(
      penalty,
      classes,
      balance,
      fc.nat(),
      ({ l1, l2 }, classCount, classWeight, seed) => {
        const rows = draw(60, classCount, seed);
        const random = createRandom(seed + 1);
        const weight = Array.from({ length: 60 }, () => 1 + random.integer(3));
        const repeated = weight.flatMap((count, row) => new Array<number>(count).fill(row));
        const copies: TrainingMatrix = {
          ...rows,
          matrix: Float32Array.from(
            repeated.flatMap((row) => [...rows.matrix.subarray(4 * row, 4 * row + 4)]),
          ),
          rowCount: repeated.length,
          target: repeated.map((row) => rows.target[row]!),
        };
        const options = { ...plain, l1, l2, classWeight, clipFactor: 1, tolerance: 1e-11 };
        const weighted = fitLogistic({ ...rows, weight }, options);
        assertNear(
          probabilities(weighted, rows),
          probabilities(fitLogistic(copies, options), rows),
          1e-6,
        );
      },
    ),
    { numRuns: 40 },
  );
});

test('both solvers find the same minimum', () => {
  fc.assert(
    fc.property(penalty, classes, fc.nat(), ({ l1, l2 }, classCount, seed) => {
      const rows = draw(150, classCount, seed);
      const [newton, lbfgs] = SOLVERS.map((solver) =>
        fitLogistic(rows, { l1, l2, solver, tolerance: 1e-9, maxIterations: 20_000 }),
      );
      assert.ok(newton!.converged && lbfgs!.converged, `${l1} ${l2} ${classCount} ${seed}`);
      assertNear(probabilities(newton!, rows), probabilities(lbfgs!, rows), 1e-5);
    }),
    { numRuns: 30 },
  );
});

test('naming the classes otherwise names the outputs otherwise', () => {
  const rows = draw(200, 4, 3);
  const renamed = { ...rows, target: Array.from(rows.target, (y) => (y + 1) % 4) };
  for (const options of [{ l2: 2 }, { l1: 1, l2: 1 }]) {
    const { predictor } = fitLogistic(rows, options);
    const { predictor: other } = fitLogistic(renamed, options);
    const turned = (values: number[]): number[] => values.map((_, k) => values[(k + 1) % 4]!);
    assertNear(turned(other.intercepts), predictor.intercepts, 1e-5);
    predictor.numeric.forEach(({ weights }, j) => {
      assertNear(turned(other.numeric[j]!.weights), weights, 1e-5);
    });
  }
});

test('the probabilities of a class add up to its rows, for the intercepts are free', () => {
  const rows = draw(300, 3, 4);
  for (const options of [{ l2: 5 }, { l1: 3, l2: 0 }]) {
    const p = probabilities(fitLogistic(rows, { ...options, tolerance: 1e-10 }), rows);
    for (const k of [0, 1, 2]) {
      const expected = Array.from(rows.target).filter((y) => y === k).length;
      const sum = p.reduce((total, value, at) => total + (at % 3 === k ? value : 0), 0);
      assert.ok(Math.abs(sum - expected) < 1e-4, `${k}: ${sum} ${expected}`);
    }
  }
});

test('a great l1 leaves the base rates alone', () => {
  for (const classCount of [2, 3]) {
    for (const solver of SOLVERS) {
      const fit = fitLogistic(draw(100, classCount, 6), { l1: 1e6, solver });
      assert.ok(fit.converged);
      const { numeric, categorical } = fit.predictor;
      const weights = [
        ...numeric.flatMap((x) => x.weights),
        ...categorical.flatMap((x) => x.weights.flat()),
      ];
      assert.ok(weights.every((weight) => weight === 0));
    }
  }
});

test('class weights are those of rows', () => {
  const rows = draw(90, 3, 7);
  const weights = [0.5, 3, 1];
  const given = fitLogistic(rows, { classWeight: weights, scaling: 'none', clipFactor: 0 });
  const weight = Array.from(rows.target, (y) => weights[y]!);
  // preprocessing counts the weights of rows, not those of classes; without missing numbers it is the same here
  const whole = { ...rows, matrix: rows.matrix.map((x, at) => (x !== x && at % 4 < 3 ? 0 : x)) };
  const options = { scaling: 'none', clipFactor: 0 } as const;
  assertNear(
    coefficients(fitLogistic(whole, { ...options, classWeight: weights }).predictor),
    coefficients(fitLogistic({ ...whole, weight }, options).predictor),
    1e-6,
  );
  assert.ok(given.converged);
});

test('separable classes without a penalty stop and say so; with one they converge', () => {
  const matrix = Float32Array.from({ length: 30 }, (_, row) => row);
  for (const classCount of [2, 3]) {
    const target = Array.from({ length: 30 }, (_, row) => Math.floor((row * classCount) / 30));
    const rows = { matrix, rowCount: 30, featureCount: 1, target };
    for (const solver of SOLVERS) {
      const fit = fitLogistic(rows, { l2: 0, solver, maxIterations: 200 });
      assert.ok(fit.separable && !fit.converged, `${classCount} ${solver}`);
      assert.ok(coefficients(fit.predictor).every(Number.isFinite));
      for (const options of [{ l2: 1 }, { l1: 1, l2: 0 }]) {
        const held = fitLogistic(rows, { ...options, solver });
        assert.ok(held.converged && !held.separable, `${classCount} ${solver}`);
      }
    }
  }
});

test('constant, copied, huge, infinite and empty columns', () => {
  const random = createRandom(8);
  const target = Array.from({ length: 120 }, (_, row) => row % 3);
  const matrix = Float32Array.from({ length: 120 * 6 }, (_, at) => {
    const x = random.normal() + target[Math.floor(at / 6)]!;
    return [x, 7, 1e30 * x, at % 36 === 3 ? Infinity : x, NaN, 0][at % 6]!;
  });
  for (let row = 0; row < 120; row++) matrix[row * 6 + 5] = matrix[row * 6]!;
  const rows = { matrix, rowCount: 120, featureCount: 6, target };
  for (const solver of SOLVERS) {
    for (const options of [{ l2: 0 }, { l2: 1 }, { l1: 1, l2: 0 }, { l1: 1, l2: 1 }]) {
      const { predictor, converged } = fitLogistic(rows, { ...options, solver });
      assert.ok(converged, `${solver} ${JSON.stringify(options)}`);
      assert.ok(coefficients(predictor).every(Number.isFinite));
      assert.equal(predictor.numeric[1]!.weights, [0, 0, 0]);
      assert.equal(predictor.numeric[4]!.weights, [0, 0, 0]);
    }
  }
});

test('numbers that are not standardised converge too', () => {
  const rows = draw(200, 3, 9);
  const matrix = rows.matrix.map((x, at) => (at % 4 === 1 ? 1e4 * x : x));
  for (const options of [{ l2: 1 }, { l1: 1, l2: 0 }]) {
    const { converged } = fitLogistic(
      { ...rows, matrix },
      { ...options, scaling: 'none', solver: 'newton' },
    );
    assert.ok(converged);
  }
});

test('missing, unseen and out of range inputs give probabilities', () => {
  const rows = draw(200, 3, 10);
  const fit = fitLogistic(rows);
  const strange = Float32Array.of(NaN, NaN, NaN, NaN, Infinity, -1e38, 0, -1, 0, 0, 0, 99);
  const p = probabilities(fit, { ...rows, matrix: strange, rowCount: 3 });
  for (let row = 0; row < 3; row++) {
    assert.ok(Math.abs(p[3 * row]! + p[3 * row + 1]! + p[3 * row + 2]! - 1) < 1e-12);
  }
});

test('ending early is reported', () => {
  for (const l1 of [0, 1]) {
    for (const solver of SOLVERS) {
      const fit = fitLogistic(draw(200, 3, 11), { l1, solver, maxIterations: 1 });
      assert.not.ok(fit.converged);
      assert.is(fit.iterations, 1);
      assert.ok(fit.gradientNorm > 1e-8);
    }
  }
  // beyond the precision of doubles: it ends, and says so
  for (const l1 of [0, 1]) {
    const fit = fitLogistic(draw(200, 3, 11), { l1, tolerance: 1e-300, maxIterations: 500 });
    assert.ok(!fit.converged && fit.iterations < 500 && fit.gradientNorm < 1e-8);
  }
});

test('a whole model of several classes', () => {
  const model = trainLogistic(draw(100, 3, 12));
  assert.is(model.task, 'multiclass');
  assert.equal(model.schema.target.classes, ['0', '1', '2']);
  assert.is(trainLogistic(draw(100, 2, 12)).task, 'binary');
});

test('wrong classes are named', () => {
  const fails = (target: number[], expected: RegExp, options?: Partial<LogisticOptions>): void => {
    const rows = {
      matrix: new Float32Array(target.length),
      rowCount: target.length,
      featureCount: 1,
      target,
    };
    assert.throws(() => fitLogistic(rows, options), expected);
  };
  fails([0, 2, 2], /class 1 of 3 has no rows/);
  fails([0, 1, 1], /class 2 of 3 has no rows/, { classCount: 3 });
  fails([0, 1, 2], /below "classCount" = 2, got 2/, { classCount: 2 });
  fails([2, 2], /one class: all 2 rows .* are 2/);
  fails([1], /one class: all 1 rows .* are 1/);
  fails([], /no rows/);
  fails([0, 0.5], /row 1: expected a target that is a class/);
  fails([0, -1], /row 1: expected a target that is a class/);
  fails([0, 1], /"classWeight" expected a weight for each of 2 classes, got 3/, {
    classWeight: [1, 1, 1],
  });
  fails([0, 1], /"classWeight\[1\]" expected a number above 0/, { classWeight: [1, 0] });
  fails([0, 1], /"classWeight" expected one of none, balanced/, { classWeight: 'even' as 'none' });
  fails([0, 1], /"l1" expected/, { l1: -1 });
  fails([0, 1], /"tolerance" expected a number above 0/, { tolerance: 0 });
});

test('every default is within its range, and every option is in the table', () => {
  assert.ok(fitLogistic(draw(50, 3, 13), { ...LOGISTIC_DEFAULTS }).converged);
  assert.equal(Object.keys(LOGISTIC_DEFAULTS).sort(), Object.keys(LOGISTIC_TABLE).sort());
  for (const spec of Object.values(LOGISTIC_TABLE)) assert.ok(spec.description && spec.elsewhere);
});

test.run();
