import type { Predictor } from '../model/model.js';
import { fitForest, fitGbdt, fitLogistic, fitTree } from '../train/index.js';
import type { TrainingMatrix } from '../train/trainingMatrix.js';

/** The learners, simplest first: a tie in cross-validation goes to the earlier one. */
export const CANDIDATE_NAMES = ['logistic', 'tree', 'forest', 'gbdt'] as const;

export type CandidateName = (typeof CANDIDATE_NAMES)[number];

/** A fitted predictor, and whether its optimiser converged (always true for trees). */
export interface FittedCandidate {
  predictor: Predictor;
  converged: boolean;
}

/**
 * Fits one learner.
 * @param options - the learner's own options; `seed` is given where the learner draws random numbers.
 * @throws {ConfigError} on unknown options.
 */
export function fitCandidate(
  name: CandidateName,
  data: TrainingMatrix,
  options: Record<string, unknown>,
  seed: number,
): FittedCandidate {
  switch (name) {
    case 'logistic': {
      const { predictor, converged } = fitLogistic(data, options);
      return { predictor, converged };
    }
    case 'tree':
      return { predictor: fitTree(data, options), converged: true };
    case 'forest':
      return { predictor: fitForest(data, { seed, ...options }), converged: true };
    case 'gbdt':
      return { predictor: fitGbdt(data, { seed, ...options }), converged: true };
  }
}
