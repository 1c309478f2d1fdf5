import { log } from '../core/elementary.js';
import type { Link } from '../model/forest.js';
import type { TrainingProblem } from './trainingProblem.js';
import type { Workspace } from './workspace.js';

/** What boosting minimises. */
export interface Objective {
  link: Link;
  /** The best constant margin. */
  baseScore(problem: TrainingProblem): number;
  /** Writes the (gradient, hessian) pair of every row at the current margins into `layout.gradients`. */
  gradientsInto(workspace: Workspace): void;
}

/** Binary log loss `-w (y log p + (1 - y) log(1 - p))`, p = sigmoid(margin). */
export const logLoss: Objective = {
  link: 'logit',

  /** log-odds of the weighted prior */
  baseScore({ rowCount, target, weight }) {
    let positive = 0;
    let negative = 0;
    for (let row = 0; row < rowCount; row++) {
      if (target[row] === 1) positive += weight[row]!;
      else negative += weight[row]!;
    }
    return log(positive) - log(negative);
  },

  gradientsInto({ kernel, layout, rowCount }) {
    kernel.logisticGradients(
      layout.margins,
      layout.targets,
      layout.weights,
      rowCount,
      layout.gradients,
    );
  },
};
