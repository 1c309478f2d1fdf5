import type { Link } from '../../model/forest.js';
import type { Task } from '../../model/model.js';
import type { TrainingProblem } from '../trainingProblem.js';
import type { Workspace } from '../workspace.js';

/** What boosting minimises: a sum over rows of `weight * loss(target, margins)`. */
export interface Objective {
  readonly task: Task;
  readonly link: Link;
  /** margins a row, and trees a round */
  readonly outputCount: number;
  /** the metric that early stopping watches unless another is named */
  readonly metric: string;
  /** The best constant margins, one an output; -Infinity for an output that no row asks for. */
  baseScores(problem: TrainingProblem): Float64Array;
  /** Called before the gradients of a round: works out what its outputs share. */
  startRound?(workspace: Workspace): void;
  /**
   * Writes the (gradient, hessian) pair of every row, weight included, into `layout.gradients`, at the margins that the
   * round began with for this output.
   */
  gradientsInto(workspace: Workspace, output: number): void;
  /**
   * The best value of a leaf, where a Newton step is not: for losses without curvature.
   * @param rows - row numbers of the leaf
   */
  leafValue?(workspace: Workspace, rows: Uint32Array): number;
}

/** Where the margins of an output start, in float64 elements. */
export function marginsOf({ layout, rowCount }: Workspace, output: number): number {
  return layout.margins / 8 + output * rowCount;
}
