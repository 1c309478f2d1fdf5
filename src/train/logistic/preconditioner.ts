import { factorise, solve } from './cholesky.js';
import { gramInto } from './gram.js';
import { curvaturesInto } from './loss.js';
import type { LogisticProblem } from './problem.js';

/** Multiplies a vector, length parameterCount, in place with an approximate inverse Hessian: symmetric, positive definite. */
export type Precondition = (vector: Float64Array) => void;

/** Up to this many columns a block of the Hessian a class costs less than it saves. */
const MAX_BLOCK_COLUMNS = 256;

/**
 * What L-BFGS starts from. The diagonal of the Hessian: one-hot columns of rare and of common levels differ in curvature by
 * orders of magnitude. With several classes and few columns, the block of each class, which undoes correlations too; not with
 * l1, whose steps are projected to an orthant a parameter at a time.
 * @param isStart - every row has the same probabilities
 */
export function createPreconditioner(
  problem: LogisticProblem,
  residuals: Float64Array,
  isStart: boolean,
): Precondition {
  const { outputCount, columnCount, l1 } = problem;
  return outputCount > 1 && columnCount <= MAX_BLOCK_COLUMNS && l1 === 0
    ? blockInverse(problem, residuals, isStart)
    : diagonalInverse(problem, residuals);
}

function diagonalInverse(problem: LogisticProblem, residuals: Float64Array): Precondition {
  const diagonal = hessianDiagonal(problem, residuals);
  return (vector) => {
    for (let j = 0; j < vector.length; j++) vector[j]! /= diagonal[j]!;
  };
}

function hessianDiagonal(problem: LogisticProblem, residuals: Float64Array): Float64Array {
  const { rowCount, numericCount, categoricalCount, numeric, oneHot } = problem;
  const { outputCount, parameterCount, penalisedCount, totalWeight, l2 } = problem;
  const diagonal = new Float64Array(parameterCount);
  const curvatures = new Float64Array(rowCount);
  for (let k = 0; k < outputCount; k++) {
    curvaturesInto(problem, residuals, k, k, curvatures);
    for (let row = 0; row < rowCount; row++) {
      const curvature = curvatures[row]!;
      diagonal[penalisedCount + k]! += curvature;
      for (let j = 0; j < numericCount; j++) {
        const x = numeric[row * numericCount + j]!;
        diagonal[j * outputCount + k]! += curvature * x * x;
      }
      for (let j = 0; j < categoricalCount; j++) {
        const column = oneHot[row * categoricalCount + j]!;
        if (column >= 0) diagonal[column * outputCount + k]! += curvature;
      }
    }
  }
  return diagonal.map((value, j) => {
    const penalised = value + (j < penalisedCount ? l2 / totalWeight : 0);
    // a constant column without a penalty has no curvature at all
    return penalised > 0 ? penalised : 1;
  });
}

/**
 * The Hessian of each class alone, inverted; then the part that is common to all classes is taken away, for it changes no
 * loss. At the start, where every row has the same probabilities, and without l2 that is the whole Hessian's inverse.
 */
function blockInverse(
  problem: LogisticProblem,
  residuals: Float64Array,
  isStart: boolean,
): Precondition {
  const { outputCount, columnCount: size } = problem;
  const curvatures = new Float64Array(problem.rowCount);
  const shared = new Float64Array(isStart ? size * size : 0);
  if (isStart) {
    gramInto(
      shared,
      problem,
      problem.weight.map((w) => w / problem.totalWeight),
    );
  }
  const blocks = Array.from({ length: outputCount }, (_, k) => {
    const square = new Float64Array(size * size);
    curvaturesInto(problem, residuals, k, k, curvatures);
    if (isStart) {
      // p · (1 - p), the same in every row: their weights add up to 1
      const curvature = curvatures.reduce((sum, value) => sum + value, 0);
      shared.forEach((value, at) => {
        square[at] = curvature * value;
      });
    } else gramInto(square, problem, curvatures);
    return factorOf(problem, square);
  });
  const part = new Float64Array(size);
  return (vector) => {
    blocks.forEach(({ square, diagonal }, k) => {
      for (let j = 0; j < size; j++) part[j] = vector[j * outputCount + k]!;
      solve(square, diagonal, size, part);
      for (let j = 0; j < size; j++) vector[j * outputCount + k] = part[j]!;
    });
    for (let start = 0; start < vector.length; start += outputCount) {
      let sum = 0;
      for (let k = 0; k < outputCount; k++) sum += vector[start + k]!;
      for (let k = 0; k < outputCount; k++) vector[start + k]! -= sum / outputCount;
    }
  };
}

/** Adds l2 to a block and factorises it in place. */
function factorOf(
  { columnCount: size, totalWeight, l2 }: LogisticProblem,
  square: Float64Array,
): { square: Float64Array; diagonal: Float64Array } {
  const diagonal = new Float64Array(size);
  let greatest = 0;
  for (let j = 0; j < size; j++) {
    if (j < size - 1) square[j * size + j]! += l2 / totalWeight;
    greatest = Math.max(greatest, square[j * size + j]!);
  }
  let ridge = 0;
  while (!factorise(square, diagonal, size, ridge)) {
    ridge = Math.max(100 * ridge, 1e-9 * greatest, Number.MIN_VALUE);
  }
  return { square, diagonal };
}
