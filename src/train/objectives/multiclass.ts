import { log } from '../../core/elementary.js';
import type { TrainingProblem } from '../trainingProblem.js';
import { logOdds } from './binary.js';
import { marginsOf, type Objective } from './objective.js';

/**
 * Multiclass log loss over the softmax of K margins (Friedman, Hastie and Tibshirani 2000). A tree a class and round, all at
 * the margins that the round began with. The hessian `p (1 - p)` is multiplied by `K / (K - 1)`, as the classes move together.
 */
export function softmax(classCount: number): Objective {
  const curvature = classCount / (classCount - 1);
  return {
    task: 'multiclass',
    link: 'softmax',
    outputCount: classCount,
    metric: 'logLoss',
    baseScores: (problem) => classWeights(problem, classCount).map((weight) => log(weight)),
    startRound({ kernel, layout, rowCount }) {
      const { margins, normalizers } = layout;
      const sums = normalizers + 8 * rowCount;
      kernel.softmaxNormalizers(margins, 8 * rowCount, rowCount, classCount, normalizers, sums);
    },
    gradientsInto(workspace, output) {
      const { kernel, layout, rowCount } = workspace;
      kernel.softmaxGradients(
        8 * marginsOf(workspace, output),
        layout.normalizers,
        layout.normalizers + 8 * rowCount,
        layout.targets,
        output,
        layout.weights,
        rowCount,
        curvature,
        layout.gradients,
      );
    },
  };
}

/** A binary log loss for each class against all the others; their probabilities are divided by their sum. */
export function oneVsAll(classCount: number): Objective {
  let codes: Float32Array = new Float32Array(0);
  return {
    task: 'multiclass',
    link: 'logit',
    outputCount: classCount,
    metric: 'logLoss',
    baseScores(problem) {
      codes = problem.target;
      return Float64Array.from({ length: classCount }, (_, code) => logOdds(problem, code));
    },
    gradientsInto(workspace, output) {
      const { kernel, layout, rowCount, floats } = workspace;
      const targets = layout.targets / 4;
      for (let row = 0; row < rowCount; row++)
        floats[targets + row] = codes[row] === output ? 1 : 0;
      kernel.logisticGradients(
        8 * marginsOf(workspace, output),
        layout.targets,
        layout.weights,
        rowCount,
        layout.gradients,
      );
    },
  };
}

/** Share of the weight of each class. */
function classWeights(
  { rowCount, target, weight }: TrainingProblem,
  classCount: number,
): Float64Array {
  const shares = new Float64Array(classCount);
  let total = 0;
  for (let row = 0; row < rowCount; row++) {
    shares[target[row]!]! += weight[row]!;
    total += weight[row]!;
  }
  return shares.map((share) => share / total);
}
