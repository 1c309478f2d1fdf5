import { createLbfgs } from './lbfgs.js';
import { createNewton } from './newton.js';
import { minimiseOrthant } from './orthant.js';
import type { LogisticProblem } from './problem.js';
import { minimiseProximal } from './proximal.js';
import { minimiseSmooth } from './smooth.js';
import { type LogisticSolution, type StoppingRule, startState, updateGradient } from './state.js';
import { chooseRepresentative } from './symmetry.js';

export interface SolverOptions extends StoppingRule {
  solver: 'newton' | 'lbfgs';
}

export interface Minimum extends LogisticSolution {
  /** there is no penalty and a hyperplane between the classes: the objective has no minimum, it falls for ever */
  separable: boolean;
}

/**
 * Minimises the objective, which is convex, from the weights 0 and the intercepts of the base rates: by Newton steps or
 * L-BFGS; with l1 by proximal Newton steps or OWL-QN.
 *
 * It ends when the optimality violation, which is the greatest component of the least-norm subgradient, is at most
 * `tolerance`, times the violation at the start where that is above 1 (columns that are not standardised).
 */
export function minimise(problem: LogisticProblem, options: SolverOptions): Minimum {
  const { l1, l2 } = problem;
  const state = startState(problem);
  const tolerance = options.tolerance * Math.max(1, updateGradient(problem, state));
  const rule = { maxIterations: options.maxIterations, tolerance };
  const isNewton = options.solver === 'newton';
  let solution: LogisticSolution;
  if (l1 > 0) {
    solution = isNewton
      ? minimiseProximal(problem, state, rule)
      : minimiseOrthant(problem, state, createLbfgs(problem), rule);
  } else {
    const directionInto = isNewton ? createNewton(problem) : createLbfgs(problem);
    solution = minimiseSmooth(problem, state, directionInto, rule);
  }
  const separable = l1 === 0 && l2 === 0 && isSeparated(problem, state.margins);
  chooseRepresentative(problem, solution.parameters);
  return { ...solution, converged: solution.converged && !separable, separable };
}

/** Whether every row lies strictly on the side of its class, a proof that a hyperplane separates the classes. */
function isSeparated(
  { rowCount, outputCount, target }: LogisticProblem,
  margins: Float64Array,
): boolean {
  for (let row = 0; row < rowCount; row++) {
    const y = target[row]!;
    if (outputCount === 1) {
      const margin = margins[row]!;
      if (!(y === 1 ? margin > 0 : margin < 0)) return false;
      continue;
    }
    const own = margins[row * outputCount + y]!;
    for (let k = 0; k < outputCount; k++) {
      if (k !== y && !(margins[row * outputCount + k]! < own)) return false;
    }
  }
  return true;
}
