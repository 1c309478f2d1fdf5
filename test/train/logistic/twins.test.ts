import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../../src/core/random.js';
import { descend } from '../../../src/train/logistic/coordinateDescent.js';
import { createHessian } from '../../../src/train/logistic/hessian.js';
import { lossAlong } from '../../../src/train/logistic/loss.js';
import type { LogisticProblem } from '../../../src/train/logistic/problem.js';
import { gradientInto, multiplyInto } from '../../../src/train/logistic/product.js';

/** A problem of random rows: some categories are off, and the classes are as good as random. */
function draw(rowCount: number, numericCount: number, outputCount: number, seed: number) {
  const random = createRandom(seed);
  const categoricalCount = random.integer(3);
  const levels = 3;
  const columnCount = numericCount + categoricalCount * levels + 1;
  const oneHot = Int32Array.from({ length: rowCount * categoricalCount }, (_, at) => {
    const level = random.integer(levels + 1) - 1;
    return level < 0 ? -1 : numericCount + (at % categoricalCount) * levels + level;
  });
  const weight = Float64Array.from({ length: rowCount }, () => 0.1 + random.uniform());
  const problem: LogisticProblem = {
    rowCount,
    numericCount,
    categoricalCount,
    columnCount,
    outputCount,
    parameterCount: columnCount * outputCount,
    penalisedCount: (columnCount - 1) * outputCount,
    numeric: Float64Array.from({ length: rowCount * numericCount }, () => random.normal()),
    oneHot,
    target: Int32Array.from({ length: rowCount }, () => random.integer(Math.max(2, outputCount))),
    weight,
    totalWeight: weight.reduce((sum, w) => sum + w, 0),
    l1: 0.3,
    l2: 0.7,
  };
  const parameters = Float64Array.from({ length: problem.parameterCount }, () => random.normal());
  return { problem, parameters };
}

/** The columns laid out, the intercept's ones last. */
function denseRow(problem: LogisticProblem, row: number): number[] {
  const { numericCount, categoricalCount, columnCount, numeric, oneHot } = problem;
  const dense = new Array<number>(columnCount).fill(0);
  for (let j = 0; j < numericCount; j++) dense[j] = numeric[row * numericCount + j]!;
  for (let j = 0; j < categoricalCount; j++) {
    const column = oneHot[row * categoricalCount + j]!;
    if (column >= 0) dense[column]! += 1;
  }
  dense[columnCount - 1] = 1;
  return dense;
}

/** Loss, gradient and Hessian by their formulas, a row, a column and an output at a time. */
function naive(problem: LogisticProblem, parameters: Float64Array) {
  const { rowCount, outputCount: count, parameterCount: size, penalisedCount } = problem;
  const { target, weight, totalWeight, l2 } = problem;
  const margins: number[] = [];
  const gradient = new Array<number>(size).fill(0);
  const hessian = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  let loss = 0;
  for (let row = 0; row < rowCount; row++) {
    const x = denseRow(problem, row);
    const own = Array.from({ length: count }, (_, k) =>
      x.reduce((sum, value, j) => sum + value * parameters[j * count + k]!, 0),
    );
    margins.push(...own);
    // two classes as softmax over the margins 0 and m
    const all = count === 1 ? [0, own[0]!] : own;
    const sum = all.reduce((total, m) => total + Math.exp(m), 0);
    const p = all.map((m) => Math.exp(m) / sum);
    loss -= weight[row]! * Math.log(p[target[row]!]!);
    const shift = count === 1 ? 1 : 0;
    for (let i = 0; i < size; i++) {
      const k = (i % count) + shift;
      const xi = x[Math.floor(i / count)]!;
      const residual = p[k]! - (target[row] === k ? 1 : 0);
      gradient[i]! += (weight[row]! * residual * xi) / totalWeight;
      for (let j = 0; j < size; j++) {
        const l = (j % count) + shift;
        const curvature = p[k]! * ((k === l ? 1 : 0) - p[l]!);
        hessian[i]![j]! +=
          (weight[row]! * curvature * xi * x[Math.floor(j / count)]!) / totalWeight;
      }
    }
  }
  for (let i = 0; i < penalisedCount; i++) {
    gradient[i]! += (l2 * parameters[i]!) / totalWeight;
    hessian[i]![i]! += l2 / totalWeight;
  }
  return { margins, loss, gradient, hessian };
}

function assertNear(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  assert.is(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    assert.ok(difference <= 1e-9 * (1 + Math.abs(expected[i]!)), `${what} ${i}: ${difference}`);
  }
}

test('margins, loss, gradient and Hessian are those of the formulas', () => {
  const rows = fc.constantFrom(1, 2, 3, 4, 5, 8, 17);
  const numeric = fc.constantFrom(0, 1, 3, 4, 5, 9);
  const outputs = fc.constantFrom(1, 3, 4, 5);
  fc.assert(
    fc.property(rows, numeric, outputs, fc.nat(), (rowCount, numericCount, outputCount, seed) => {
      const { problem, parameters } = draw(rowCount, numericCount, outputCount, seed);
      const expected = naive(problem, parameters);
      const margins = new Float64Array(rowCount * outputCount);
      multiplyInto(problem, parameters, margins);
      assertNear(margins, expected.margins, 'margin');

      const residuals = new Float64Array(margins.length);
      const { value } = lossAlong(problem, margins, margins, 0, residuals);
      assertNear([value], [expected.loss], 'loss');
      const gradient = new Float64Array(problem.parameterCount);
      gradientInto(problem, parameters, residuals, gradient);
      assertNear(gradient, expected.gradient, 'gradient');

      const square = new Float64Array(problem.parameterCount ** 2);
      createHessian(problem)(square, residuals);
      expected.hessian.forEach((values, i) => {
        const from = i * problem.parameterCount;
        const actual = square.subarray(from + i, from + problem.parameterCount);
        assertNear(actual, values.slice(i), `Hessian row ${i}`);
      });
    }),
  );
});

test('the loss along a line, and its slope, are those at the point', () => {
  for (const outputCount of [1, 3]) {
    const { problem, parameters } = draw(17, 4, outputCount, 5);
    const margins = new Float64Array(17 * outputCount);
    multiplyInto(problem, parameters, margins);
    const step = margins.map((margin, i) => Math.sin(i) - 0.1 * margin);
    const at = (t: number): number =>
      lossAlong(
        problem,
        margins.map((m, i) => m + t * step[i]!),
        step,
        0,
        step.slice(),
      ).value;
    for (const t of [0, 0.5, 2]) {
      const { value, slope } = lossAlong(problem, margins, step, t, step.slice());
      assertNear([value], [at(t)], 'value');
      const difference = (at(t + 1e-5) - at(t - 1e-5)) / 2e-5;
      assert.ok(Math.abs(slope - difference) < 1e-6, `${slope} ${difference}`);
    }
  }
});

test('coordinate descent with Newton steps ends where plain sweeps end', () => {
  const size = 12;
  for (let seed = 0; seed < 20; seed++) {
    const random = createRandom(seed);
    // columns that are nearly one another, which plain sweeps take thousands for
    const common = Array.from({ length: size }, () => random.normal());
    const columns = Array.from({ length: size }, () =>
      common.map((c) => c + 0.2 * random.normal()),
    );
    const square = new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        square[i * size + j] = columns[i]!.reduce((sum, x, k) => sum + x * columns[j]![k]!, 0);
      }
    }
    const { problem } = draw(1, size - 1, 1, 0);
    const shape = {
      ...problem,
      parameterCount: size,
      penalisedCount: size - 1,
      totalWeight: 1,
      l1: 0.4,
    };
    const start = Float64Array.from({ length: size }, () => random.normal());
    const z = new Float64Array(size);
    descend(shape, square, start.slice(), z, 1e-12);

    const plain = new Float64Array(size);
    for (let sweep = 0; sweep < 300_000; sweep++) {
      let moved = 0;
      for (let j = 0; j < size; j++) {
        let slope = start[j]!;
        for (let k = 0; k < size; k++) slope += square[j * size + k]! * plain[k]!;
        const curvature = square[j * size + j]!;
        const goal = curvature * plain[j]! - slope;
        const reach = j < size - 1 ? 0.4 : 0;
        const after = (Math.sign(goal) * Math.max(0, Math.abs(goal) - reach)) / curvature;
        moved = Math.max(moved, Math.abs(after - plain[j]!));
        plain[j] = after;
      }
      if (moved < 1e-13) break;
    }
    z.forEach((value, j) => {
      assert.ok(Math.abs(value - plain[j]!) < 1e-6, `seed ${seed}, ${j}: ${value} ${plain[j]}`);
      assert.is(value === 0, plain[j] === 0);
    });
  }
});

test.run();
