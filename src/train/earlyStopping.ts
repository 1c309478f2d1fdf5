import type { TrainingMetric } from './trainingMetric.js';

/** Watches a score from round to round. */
export interface EarlyStopping {
  /** the round with the best score, counting from 1; 0 before the first */
  readonly bestRound: number;
  readonly bestScore: number;
  /** Takes note of a round's score. @returns whether to stop. */
  update(round: number, score: number): boolean;
}

/**
 * Stops when a score has not got better by more than `minDelta` for `patience` rounds.
 * @param patience - 0 never stops
 */
export function createEarlyStopping(
  { greaterIsBetter }: Pick<TrainingMetric, 'greaterIsBetter'>,
  patience: number,
  minDelta: number,
): EarlyStopping {
  let bestRound = 0;
  let bestScore = greaterIsBetter ? -Infinity : Infinity;
  return {
    get bestRound() {
      return bestRound;
    },
    get bestScore() {
      return bestScore;
    },
    update(round, score) {
      const isBetter = greaterIsBetter
        ? score > bestScore + minDelta
        : score < bestScore - minDelta;
      if (isBetter) {
        bestRound = round;
        bestScore = score;
      }
      return patience > 0 && round - bestRound >= patience;
    },
  };
}
