import { ConfigError, DataError } from '../../core/errors.js';
import { checkGroups, checkTarget } from '../checkTarget.js';
import type { TrainingMatrix } from '../trainingMatrix.js';
import { binary } from './binary.js';
import { type CustomObjective, customObjective } from './custom.js';
import { lambdaRank } from './lambdaRank.js';
import { gamma, poisson, tweedie } from './logLink.js';
import { oneVsAll, softmax } from './multiclass.js';
import type { Objective } from './objective.js';
import { absolute, huber, quantile, squared } from './regression.js';

export const OBJECTIVE_NAMES = [
  'binary',
  'multiclass',
  'oneVsAll',
  'squared',
  'absolute',
  'huber',
  'quantile',
  'poisson',
  'gamma',
  'tweedie',
  'lambdarank',
] as const;

export type ObjectiveName = (typeof OBJECTIVE_NAMES)[number];

/** What of the options the loss depends on. */
export interface ObjectiveOptions {
  objective: ObjectiveName | CustomObjective;
  /** classes of a multiclass target; 0 takes the greatest code plus one */
  classCount: number;
  quantileLevel: number;
  huberDelta: number;
  tweediePower: number;
}

/**
 * The loss that a fit minimises, after a look at whether the target suits it.
 * @throws {DataError} on a target that the loss is not defined for.
 */
export function createObjective(options: ObjectiveOptions, data: TrainingMatrix): Objective {
  const { objective } = options;
  if (typeof objective === 'object') {
    checkTarget(data, 'a finite number', Number.isFinite);
    return customObjective(objective);
  }
  switch (objective) {
    case 'binary':
      checkTarget(data, '0 or 1', (y) => y === 0 || y === 1);
      return binary;
    case 'multiclass':
    case 'oneVsAll': {
      const classCount = countClasses(data, options.classCount);
      return objective === 'multiclass' ? softmax(classCount) : oneVsAll(classCount);
    }
    case 'poisson':
    case 'tweedie':
      checkTarget(data, 'a finite number from 0', (y) => y >= 0 && y < Infinity);
      checkTargetSum(data);
      return objective === 'poisson' ? poisson() : tweedie(options.tweediePower);
    case 'gamma':
      checkTarget(data, 'a finite number above 0', (y) => y > 0 && y < Infinity);
      return gamma();
    case 'lambdarank':
      checkTarget(data, 'an integer from 0 to 31', (y) => Number.isInteger(y) && y >= 0 && y < 32);
      return lambdaRank(checkGroups(data));
    default:
      checkTarget(data, 'a finite number', Number.isFinite);
      if (objective === 'squared') return squared();
      if (objective === 'absolute') return absolute();
      if (objective === 'huber') return huber(options.huberDelta);
      return quantile(options.quantileLevel);
  }
}

const MAX_CLASSES = 4096;

/** Checks class codes. @returns how many classes there are, 3 or more. */
function countClasses(data: TrainingMatrix, given: number): number {
  const limit = given || MAX_CLASSES;
  const expected = `a class code, an integer from 0 to ${limit - 1}`;
  checkTarget(data, expected, (y) => Number.isInteger(y) && y >= 0 && y < limit);
  let classCount = given;
  for (let row = 0; row < data.rowCount; row++) {
    classCount = Math.max(classCount, data.target[row]! + 1);
  }
  if (classCount >= 3) return classCount;
  throw new ConfigError(
    `"objective" is for three classes or more, the target has ${classCount}; expected binary`,
  );
}

function checkTargetSum({ target, rowCount }: TrainingMatrix): void {
  for (let row = 0; row < rowCount; row++) if (target[row]! > 0) return;
  throw new DataError('every target is 0: the mean of a logarithmic link must be above 0');
}
