import type { TrainingProblem } from '../trainingProblem.js';
import type { Workspace } from '../workspace.js';
import { marginsOf, type Objective } from './objective.js';
import { weightedQuantile } from './weightedQuantile.js';

/**
 * Losses of `residual = margin - y` whose margin is the prediction.
 * @param slope - their derivative; the hessian is taken to be the weight
 */
function identityObjective(
  metric: string,
  slope: (residual: number) => number,
  baseScore: (problem: TrainingProblem) => number,
  leafValue?: Objective['leafValue'],
): Objective {
  return {
    task: 'regression',
    link: 'identity',
    outputCount: 1,
    metric,
    baseScores: (problem) => Float64Array.of(baseScore(problem)),
    gradientsInto(workspace) {
      const { layout, rowCount, floats, doubles } = workspace;
      const margins = marginsOf(workspace, 0);
      const targets = layout.targets / 4;
      const weights = layout.weights / 4;
      let at = layout.gradients / 4;
      for (let row = 0; row < rowCount; row++, at += 2) {
        const weight = floats[weights + row]!;
        floats[at] = weight * slope(doubles[margins + row]! - floats[targets + row]!);
        floats[at + 1] = weight;
      }
    },
    ...(leafValue && { leafValue }),
  };
}

/** Squared error `½ residual²`. */
export function squared(): Objective {
  return identityObjective('rmse', (residual) => residual, weightedMean);
}

/** Absolute error `|residual|`; a leaf holds the weighted median of what is left (Friedman 2001). */
export function absolute(): Objective {
  return quantileObjective('mae', 0.5, (residual) => Math.sign(residual));
}

/** Pinball loss: the margin estimates the `level` quantile of the target (Koenker and Bassett 1978). */
export function quantile(level: number): Objective {
  return quantileObjective('quantile', level, (residual) => (residual >= 0 ? 1 - level : -level));
}

/** Huber's loss: squared up to `delta`, linear beyond (Huber 1964). */
export function huber(delta: number): Objective {
  return identityObjective(
    'huber',
    (residual) => Math.max(-delta, Math.min(delta, residual)),
    weightedMean,
  );
}

function quantileObjective(
  metric: string,
  level: number,
  slope: (residual: number) => number,
): Objective {
  const values = new Scratch();
  const weights = new Scratch();
  const leafValue = (workspace: Workspace, rows: Uint32Array): number => {
    const { layout, floats, doubles } = workspace;
    const margins = marginsOf(workspace, 0);
    const residuals = values.ofLength(rows.length);
    const weight = weights.ofLength(rows.length);
    for (let i = 0; i < rows.length; i++) {
      residuals[i] = floats[layout.targets / 4 + rows[i]!]! - doubles[margins + rows[i]!]!;
      weight[i] = floats[layout.weights / 4 + rows[i]!]!;
    }
    return weightedQuantile(residuals, weight, level);
  };
  const baseScore = ({ target, weight }: TrainingProblem): number =>
    weightedQuantile(target, weight, level);
  return identityObjective(metric, slope, baseScore, leafValue);
}

/** A buffer that grows as it is needed. */
class Scratch {
  #buffer = new Float64Array(0);

  ofLength(length: number): Float64Array {
    if (this.#buffer.length < length) this.#buffer = new Float64Array(2 * length);
    return this.#buffer.subarray(0, length);
  }
}

/** Weighted mean of the target. */
export function weightedMean({ rowCount, target, weight }: TrainingProblem): number {
  let sum = 0;
  let total = 0;
  for (let row = 0; row < rowCount; row++) {
    sum += weight[row]! * target[row]!;
    total += weight[row]!;
  }
  return sum / total;
}
