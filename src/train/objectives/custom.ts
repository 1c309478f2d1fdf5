import { ConfigError } from '../../core/errors.js';
import type { Link } from '../../model/forest.js';
import type { Task } from '../../model/model.js';
import { marginsOf, type Objective } from './objective.js';

/** A loss of one's own. */
export interface CustomObjective {
  /** what the model predicts; regression when absent */
  task?: Task;
  /** from margins to predictions: identity when absent */
  link?: Link;
  /** margins a row; 1 when absent */
  outputCount?: number;
  /** the metric that early stopping watches unless another is named; rmse when absent */
  metric?: string;
  /** The constant margins that boosting starts from, one an output; 0 when absent. */
  baseScores?(target: Float32Array, weight: Float32Array): ArrayLike<number>;
  /**
   * The first and second derivatives of the loss of every row by the margin of one output, without the weight.
   * @param margins - output after output, a row each (IN)
   * @param gradients - a row each (OUT)
   * @param hessians - a row each, >= 0 (OUT)
   */
  gradientsInto(
    margins: Float64Array,
    target: Float32Array,
    output: number,
    gradients: Float64Array,
    hessians: Float64Array,
  ): void;
}

/**
 * An objective from functions. All outputs of a round see the margins that it began with.
 * @throws {ConfigError} on a row whose derivatives are not finite or whose hessian is negative.
 */
export function customObjective(custom: CustomObjective): Objective {
  const { task = 'regression', link = 'identity', outputCount = 1, metric = 'rmse' } = custom;
  let gradients = new Float64Array(0);
  let hessians = new Float64Array(0);
  let startingMargins = new Float64Array(0);
  return {
    task,
    link,
    outputCount,
    metric,
    baseScores({ target, weight }) {
      const given = custom.baseScores?.(target, weight);
      if (given && given.length !== outputCount) {
        throw new ConfigError(
          `objective.baseScores expected ${outputCount} numbers, got ${given.length}`,
        );
      }
      return given ? Float64Array.from(given) : new Float64Array(outputCount);
    },
    startRound(workspace) {
      const first = marginsOf(workspace, 0);
      startingMargins = workspace.doubles.slice(first, first + workspace.rowCount * outputCount);
    },
    gradientsInto({ layout, rowCount, floats }, output) {
      if (gradients.length !== rowCount) {
        gradients = new Float64Array(rowCount);
        hessians = new Float64Array(rowCount);
      }
      const target = floats.subarray(layout.targets / 4, layout.targets / 4 + rowCount);
      custom.gradientsInto(startingMargins, target, output, gradients, hessians);
      let at = layout.gradients / 4;
      for (let row = 0; row < rowCount; row++, at += 2) {
        const gradient = gradients[row]!;
        const hessian = hessians[row]!;
        if (!(Number.isFinite(gradient) && hessian >= 0 && hessian < Infinity)) {
          throw new ConfigError(
            `objective.gradientsInto expected finite derivatives and a hessian >= 0, got ${gradient} and ${hessian} in row ${row}`,
          );
        }
        const weight = floats[layout.weights / 4 + row]!;
        floats[at] = weight * gradient;
        floats[at + 1] = weight * hessian;
      }
    },
  };
}
