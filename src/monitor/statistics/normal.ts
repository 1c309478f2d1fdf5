import { chiSquareSurvival } from './chiSquare.js';

/** The probability that a standard normal variable exceeds z: the p-value of a one-sided z test. NaN gives NaN. */
export function normalSurvival(z: number): number {
  const twoSided = chiSquareSurvival(z * z, 1);
  return z > 0 ? twoSided / 2 : 1 - twoSided / 2;
}
