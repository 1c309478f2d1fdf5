// Input that has next to nothing to learn from: a defined result, or an error that says why.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, DataError, ShapeError } from '../../src/core/errors.js';
import type { Forest } from '../../src/model/forest.js';
import { margins } from '../../src/model/margin.js';
import { fitGbdt } from '../../src/train/gbdt.js';
import type { GbdtOptions } from '../../src/train/gbdtOptions.js';
import { OBJECTIVE_NAMES, type ObjectiveName } from '../../src/train/objectives/createObjective.js';
import { fitForest, fitTree } from '../../src/train/randomForest.js';
import type { TrainingMatrix } from '../../src/train/trainingMatrix.js';

const POLICIES = ['leafwise', 'depthwise', 'symmetric'] as const;
const EAGER: Partial<GbdtOptions> = {
  numTrees: 3,
  minChildSamples: 1,
  minDataInBin: 1,
  minDataPerGroup: 1,
  minChildWeight: 0,
};

/** A target that suits the objective, of as many rows as asked for. */
function targetFor(objective: ObjectiveName, rowCount: number): number[] {
  const classes = objective === 'multiclass' || objective === 'oneVsAll' ? 3 : 2;
  const offset = objective === 'gamma' ? 1 : 0;
  return Array.from({ length: rowCount }, (_, row) => (row % classes) + offset);
}

function problem(
  objective: ObjectiveName,
  rows: number[][],
  categorical?: number[],
): TrainingMatrix {
  return {
    matrix: Float32Array.from(rows.flat()),
    rowCount: rows.length,
    featureCount: rows[0]!.length,
    target: targetFor(objective, rows.length),
    ...(objective === 'lambdarank' && { group: [rows.length] }),
    ...(categorical && { categorical }),
  };
}

function assertFinite(forest: Forest, data: TrainingMatrix, what: string): void {
  const probes = Float32Array.from(
    [NaN, Infinity, -Infinity, 0, -1, 7, 1e30].flatMap((x) => Array(data.featureCount).fill(x)),
  );
  for (const matrix of [data.matrix, probes]) {
    const rowCount = matrix.length / data.featureCount;
    for (const margin of margins(forest, matrix, rowCount, data.featureCount)) {
      assert.ok(Number.isFinite(margin), `${what}: ${margin}`);
    }
  }
}

/** Fits every objective by every policy. */
function fitAll(what: string, rows: number[][], categorical?: number[], extra = {}): void {
  for (const objective of OBJECTIVE_NAMES) {
    for (const growPolicy of POLICIES) {
      const data = { ...problem(objective, rows, categorical), ...extra };
      const forest = fitGbdt(data, { ...EAGER, objective, growPolicy });
      assertFinite(forest, data, `${what}, ${objective}, ${growPolicy}`);
    }
  }
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

test('constant features leave the best constant', () => {
  fitAll(
    'constant',
    range(12).map(() => [7, 0]),
  );
  const data = problem(
    'squared',
    range(4).map(() => [7]),
  );
  const forest = fitGbdt(data, { ...EAGER, objective: 'squared' });
  for (const margin of margins(forest, data.matrix, 4, 1)) assert.ok(Math.abs(margin - 0.5) < 1e-9);
});

test('features without a single value', () => {
  fitAll(
    'missing',
    range(12).map(() => [NaN, NaN]),
    [1],
  );
});

test('infinities and zeros of both signs', () => {
  const values = [Infinity, -Infinity, 0, -0, 3.4e38, -3.4e38, 1e-45, NaN, 1];
  fitAll(
    'infinite',
    range(18).map((row) => [values[row % 9]!, -values[row % 9]!]),
  );
});

test('more levels than rows, and levels that occur once', () => {
  fitAll(
    'levels',
    range(12).map((row) => [row * 100_000, row]),
    [0, 1],
  );
});

test('as few rows as there are classes', () => {
  fitAll('few', [[1], [2], [3]]);
});

test('one row is a constant where the loss has one, and an error for classes', () => {
  for (const objective of ['squared', 'absolute', 'quantile', 'huber', 'gamma'] as const) {
    const data = { matrix: Float32Array.of(5), rowCount: 1, featureCount: 1, target: [3] };
    const forest = fitGbdt(data, { ...EAGER, objective });
    assertFinite(forest, data, objective);
  }
  const one = { matrix: Float32Array.of(5), rowCount: 1, featureCount: 1, target: [1] };
  assert.throws(() => fitGbdt(one), /one class/);
  assert.throws(() => fitTree(one), /one class/);
  assert.throws(() => fitForest(one), /one class/);
});

test('rows of weight 0 are no rows; weights of 0 alone are an error', () => {
  const rows = range(20).map((row) => [row, row % 3]);
  for (const objective of OBJECTIVE_NAMES) {
    if (objective === 'lambdarank') continue;
    const data = problem(objective, rows);
    const weight = rows.map((_, row) => (row < 12 ? 1 : 0));
    const options = { ...EAGER, objective };
    const kept = problem(objective, rows.slice(0, 12));
    assert.equal(fitGbdt({ ...data, weight }, options), fitGbdt(kept, options), objective);
    assert.throws(() => fitGbdt({ ...data, weight: weight.map(() => 0) }, options), /no rows/);
  }
});

test('a single tree and a forest take the same', () => {
  for (const objective of ['binary', 'multiclass', 'squared'] as const) {
    for (const rows of [range(12).map(() => [7]), range(12).map(() => [NaN]), [[1], [2], [3]]]) {
      const data = problem(objective, rows);
      assertFinite(fitTree(data, { objective, minChildSamples: 1 }), data, `tree, ${objective}`);
      const options = { objective, numTrees: 5, minChildSamples: 1 };
      assertFinite(fitForest(data, options), data, `forest, ${objective}`);
    }
  }
});

test('what cannot be trained on is an error of its kind', () => {
  const data = problem(
    'binary',
    range(10).map((row) => [row]),
  );
  const fails = (change: Partial<TrainingMatrix>, kind: unknown, message: RegExp): void =>
    assert.throws(
      () => fitGbdt({ ...data, ...change }),
      (error: Error) => error instanceof (kind as typeof Error) && message.test(error.message),
    );
  fails({ target: Array(10).fill(0) }, DataError, /one class: all 10 rows/);
  fails({ weight: Array(10).fill(Infinity) }, DataError, /finite weight >= 0, got Infinity/);
  fails({ weight: [1] }, ShapeError, /"weight" expected rowCount = 10 entries, got 1/);
  fails({ matrix: new Float32Array(9) }, ShapeError, /"matrix" expected/);
  fails(
    { categorical: [0], matrix: Float32Array.from(range(10), (x) => x / 2) },
    DataError,
    /level code/,
  );
  fails({ featureCount: 0 }, ConfigError, /"featureCount" expected an integer/);
});

test.run();
