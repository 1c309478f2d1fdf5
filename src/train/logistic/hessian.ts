import { gramInto } from './gram.js';
import { curvaturesInto } from './loss.js';
import type { LogisticProblem } from './problem.js';

/**
 * Writes the Hessian of the smooth part of the objective where the residuals are those of `lossAlong`.
 * O(rows * inputs² * outputs²); see {@link createHessian}.
 */
export type HessianInto = (square: Float64Array, residuals: Float64Array) => void;

/** @returns a function that overwrites the upper triangle of a square of parameterCount * parameterCount. */
export function createHessian(problem: LogisticProblem): HessianInto {
  const { rowCount, columnCount, outputCount, parameterCount: size } = problem;
  const { penalisedCount, totalWeight, l2 } = problem;
  const curvatures = new Float64Array(rowCount);
  const block = outputCount === 1 ? undefined : new Float64Array(columnCount * columnCount);
  return (square, residuals) => {
    if (!block) {
      curvaturesInto(problem, residuals, 0, 0, curvatures);
      gramInto(square, problem, curvatures);
    } else {
      for (let k = 0; k < outputCount; k++) {
        for (let l = k; l < outputCount; l++) {
          curvaturesInto(problem, residuals, k, l, curvatures);
          gramInto(block, problem, curvatures);
          scatter(block, columnCount, square, outputCount, k, l);
        }
      }
    }
    for (let j = 0; j < penalisedCount; j++) square[j * size + j]! += l2 / totalWeight;
  };
}

/** Writes the block of two outputs where its parameters meet, above the diagonal: the block is symmetric, as is the square. */
function scatter(
  block: Float64Array,
  columnCount: number,
  square: Float64Array,
  outputCount: number,
  k: number,
  l: number,
): void {
  const size = columnCount * outputCount;
  for (let i = 0; i < columnCount; i++) {
    for (let j = i; j < columnCount; j++) {
      const value = block[i * columnCount + j]!;
      square[(i * outputCount + k) * size + j * outputCount + l] = value;
      // for i = j this one lies below the diagonal, where a factor goes: only above it counts
      if (i < j) square[(i * outputCount + l) * size + j * outputCount + k] = value;
    }
  }
}
