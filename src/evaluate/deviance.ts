import { checkNumber } from '../core/check.js';
import { exp, log } from '../core/elementary.js';
import { ConfigError, DataError } from '../core/errors.js';
import { checkRows, weightedMean } from './checkRows.js';

/**
 * Mean Poisson deviance: 2 · (y log(y / μ) - y + μ).
 * @param target - counts, >= 0
 * @param predictions - means, > 0
 * @throws {ShapeError} when the lengths differ. @throws {DataError} without rows or on a value out of range.
 */
export function poissonDeviance(
  target: ArrayLike<number>,
  predictions: ArrayLike<number>,
  weight?: ArrayLike<number>,
): number {
  return tweedieDeviance(target, predictions, 1, weight);
}

/**
 * Mean gamma deviance: 2 · (log(μ / y) + y / μ - 1).
 * @param target - > 0
 * @param predictions - means, > 0
 * @throws as {@link poissonDeviance}
 */
export function gammaDeviance(
  target: ArrayLike<number>,
  predictions: ArrayLike<number>,
  weight?: ArrayLike<number>,
): number {
  return tweedieDeviance(target, predictions, 2, weight);
}

/**
 * Mean Tweedie deviance of variance μ^power (Jørgensen 1987): 0 is the squared error, 1 Poisson, 2 gamma, 3 inverse Gaussian,
 * between 1 and 2 compound Poisson sums with a point mass at 0.
 * @param target - >= 0 for a power below 2, > 0 from there on; anything for 0
 * @param predictions - means, > 0; anything for 0
 * @param power - 0 or at least 1
 * @throws as {@link poissonDeviance}; {ConfigError} on a power in (0, 1), for which there is no distribution, or below 0.
 */
export function tweedieDeviance(
  target: ArrayLike<number>,
  predictions: ArrayLike<number>,
  power: number,
  weight?: ArrayLike<number>,
): number {
  checkNumber('power', power);
  if (power !== 0 && power < 1) {
    throw new ConfigError(`"power" expected 0 or a number from 1 on, got ${power}`);
  }
  checkRows({ targets: target, predictions }, weight);
  if (power !== 0) checkPositive(target, predictions, power);
  const unit = unitDeviance(power);
  return weightedMean(target.length, weight, (row) => unit(target[row]!, predictions[row]!));
}

function unitDeviance(power: number): (y: number, mean: number) => number {
  if (power === 0) return (y, mean) => (y - mean) ** 2;
  if (power === 1) return (y, mean) => 2 * ((y === 0 ? 0 : y * log(y / mean)) - y + mean);
  if (power === 2) return (y, mean) => 2 * (log(mean / y) + y / mean - 1);
  const [one, two] = [1 - power, 2 - power];
  return (y, mean) => {
    const logMean = log(mean);
    const ofTarget = y === 0 ? 0 : exp(two * log(y)) / (one * two);
    return 2 * (ofTarget - (y * exp(one * logMean)) / one + exp(two * logMean) / two);
  };
}

function checkPositive(
  target: ArrayLike<number>,
  predictions: ArrayLike<number>,
  power: number,
): void {
  for (let row = 0; row < target.length; row++) {
    if (target[row]! < 0 || (target[row] === 0 && power >= 2)) {
      throw new DataError(
        `row ${row}: expected a target ${power >= 2 ? 'above 0' : '>= 0'}, got ${target[row]}`,
      );
    }
    if (!(predictions[row]! > 0)) {
      throw new DataError(`row ${row}: expected a prediction above 0, got ${predictions[row]}`);
    }
  }
}
