import { checkInteger, checkNumber, checkOneOf, withDefaults } from '../core/check.js';
import { ConfigError, ShapeError } from '../core/errors.js';
import { createRandom } from '../core/random.js';
import type { MetricTask } from '../evaluate/trainingMetric.js';
import { checkFolds } from './crossValidate.js';
import { DEFAULT_SPACES } from './defaultSpaces.js';
import { foldsOfTask } from './folds.js';
import { type Bracket, halvingBracket, hyperbandBrackets } from './halving.js';
import { type HeldOutScore, type HeldOutScoreName, heldOutScore } from './heldOutScore.js';
import {
  checkSpace,
  createSampler,
  type DrawnOptions,
  type ParameterSpace,
} from './parameterSpace.js';
import {
  LEARNER_ACCESS,
  type LearnerAccess,
  type LearnerOptions,
  SEARCH_LEARNERS,
} from './searchLearner.js';
import { SEARCH_DEFAULTS, SEARCH_STRATEGIES, type SearchOptions } from './searchOptions.js';
import { hideUnseenLevels, splitFold } from './splitFold.js';
import type { TrainingMatrix } from './trainingMatrix.js';

/** All that a search will do, checked. */
export interface SearchPlan {
  settings: SearchOptions;
  access: LearnerAccess;
  score: HeldOutScore;
  resource: 'numTrees' | 'rows' | undefined;
  brackets: Bracket[];
  /** options of each trial without its resource: what was drawn, and all together */
  trials: { drawn: DrawnOptions; options: LearnerOptions }[];
  splitCount: number;
  /** copies of the rows of a split */
  split(index: number): { training: TrainingMatrix; heldOut: TrainingMatrix };
}

const DEFAULT_METRICS: Readonly<Record<MetricTask, HeldOutScoreName>> = {
  binary: 'rocAuc',
  multiclass: 'logLoss',
  regression: 'rmse',
  ranking: 'ndcg',
};

/** Works out what a search will do. @throws {ConfigError | ShapeError | DataError} before anything is fitted. */
export function planSearch(data: TrainingMatrix, given: Partial<SearchOptions>): SearchPlan {
  const settings = withDefaults('search option', SEARCH_DEFAULTS, given);
  const { task } = settings;
  checkOneOf('learner', settings.learner, SEARCH_LEARNERS);
  checkOneOf('task', task, ['binary', 'multiclass', 'regression', 'ranking']);
  checkOneOf('strategy', settings.strategy, SEARCH_STRATEGIES);
  checkInteger('maxTrials', settings.maxTrials, 1, 100_000);
  checkInteger('seed', settings.seed, -(2 ** 31), 2 ** 31 - 1);
  if (settings.timeBudgetSeconds !== Infinity) {
    checkNumber('timeBudgetSeconds', settings.timeBudgetSeconds, 0);
    if (!settings.now) {
      throw new ConfigError('"timeBudgetSeconds" expected "now", a clock in milliseconds');
    }
  }
  const score = heldOutScore(
    settings.metric ?? DEFAULT_METRICS[task],
    task,
    settings.metricOptions,
  );
  const access = LEARNER_ACCESS[settings.learner];
  const resource = resourceOf(settings, access);
  const brackets = bracketsOf(settings, resource);
  return {
    settings,
    access,
    score,
    resource,
    brackets,
    trials: drawTrials(data, settings, access, resource, brackets),
    ...splitsOf(data, settings),
  };
}

function resourceOf(
  { strategy, resource, minimumResource, maximumResource, learner }: SearchOptions,
  { hasTrees }: LearnerAccess,
): SearchPlan['resource'] {
  if (strategy === 'random') {
    if ((resource ?? minimumResource ?? maximumResource) !== undefined) {
      throw new ConfigError(
        'a random search has no resource; expected strategy halving or hyperband',
      );
    }
    return undefined;
  }
  const chosen = resource ?? (hasTrees ? 'numTrees' : 'rows');
  checkOneOf('resource', chosen, ['numTrees', 'rows']);
  if (chosen === 'numTrees' && !hasTrees) {
    throw new ConfigError(`${learner} has no trees; expected resource "rows"`);
  }
  return chosen;
}

function bracketsOf(settings: SearchOptions, resource: SearchPlan['resource']): Bracket[] {
  const { strategy, maxTrials, reductionFactor: factor } = settings;
  if (!resource) return [{ trialCount: maxTrials, resources: [undefined] }];
  checkNumber('reductionFactor', factor, 1.1, 100);
  const isInteger = resource === 'numTrees';
  const maximum = settings.maximumResource ?? (isInteger ? 300 : 1);
  const minimum = settings.minimumResource ?? maximum / factor ** 2;
  if (isInteger) checkInteger('maximumResource', maximum, 1, 100_000);
  else checkNumber('maximumResource', maximum, 1e-6, 1);
  checkNumber('minimumResource', minimum, isInteger ? 1 : 1e-6, maximum);
  const range = { minimum, maximum, factor, isInteger };
  if (strategy === 'halving') return [halvingBracket(maxTrials, range)];
  const brackets: Bracket[] = [];
  let left = maxTrials;
  for (const bracket of hyperbandBrackets(range)) {
    const trialCount = Math.min(left, bracket.trialCount);
    if (trialCount > 0) brackets.push({ ...bracket, trialCount });
    left -= trialCount;
  }
  return brackets;
}

function drawTrials(
  data: TrainingMatrix,
  settings: SearchOptions,
  access: LearnerAccess,
  resource: SearchPlan['resource'],
  brackets: readonly Bracket[],
): SearchPlan['trials'] {
  const { learner, task, fixed, seed } = settings;
  const base = { ...access.taskOptions(task, data), ...fixed };
  access.check(base);
  const space = settings.space ?? defaultSpace(learner, fixed, resource);
  if (resource === 'numTrees' && ('numTrees' in space || 'numTrees' in fixed)) {
    throw new ConfigError('"numTrees" is the resource of the search; expected "maximumResource"');
  }
  for (const name of Object.keys(space)) {
    if (name in fixed) throw new ConfigError(`"${name}" is both fixed and in the space`);
  }
  checkSpace(learner, space, access.table, (options) => access.check({ ...base, ...options }));
  const sample = createSampler(space, createRandom(seed).fork('search'));
  const trialCount = brackets.reduce((sum, bracket) => sum + bracket.trialCount, 0);
  return Array.from({ length: trialCount }, (_, index) => {
    const drawn = index === 0 ? {} : sample();
    const options = { ...base, ...drawn };
    // options that are fine alone may exclude each other
    access.check(options);
    return { drawn, options };
  });
}

/** Without what is fixed, and without what the search itself decides. */
function defaultSpace(
  learner: SearchOptions['learner'],
  fixed: LearnerOptions,
  resource: SearchPlan['resource'],
): ParameterSpace {
  const entries = Object.entries(DEFAULT_SPACES[learner]);
  return Object.fromEntries(
    entries.filter(([name]) => !(name in fixed) && !(name === 'numTrees' && name === resource)),
  );
}

function splitsOf(
  data: TrainingMatrix,
  { task, folds: given, foldCount, validation, seed }: SearchOptions,
): Pick<SearchPlan, 'splitCount' | 'split'> {
  if (validation) {
    if (given) throw new ConfigError('expected "folds" or "validation", got both');
    const expected = validation.rowCount * data.featureCount;
    if (validation.matrix.length !== expected || validation.target.length !== validation.rowCount) {
      throw new ShapeError(
        `"validation" of ${validation.rowCount} rows expected ${expected} values and ${validation.rowCount} targets, got ${validation.matrix.length} and ${validation.target.length}`,
      );
    }
    const heldOut: TrainingMatrix = {
      ...validation,
      matrix: validation.matrix.slice(),
      featureCount: data.featureCount,
    };
    hideUnseenLevels(heldOut, data);
    return { splitCount: 1, split: () => ({ training: data, heldOut }) };
  }
  checkInteger('foldCount', foldCount, 2, 255);
  const folds = given ?? foldsOfTask(task, data, foldCount, createRandom(seed).fork('folds'));
  checkFolds(folds, foldCount);
  // not kept: every fold's rows together are foldCount - 1 times the data
  const split = (fold: number): ReturnType<typeof splitFold> => splitFold(data, folds, fold);
  // tells of wrong lengths and divided queries now
  split(0);
  for (let fold = 0; fold < foldCount; fold++) {
    if (!folds.includes(fold)) throw new ShapeError(`fold ${fold} has no rows`);
  }
  return { splitCount: foldCount, split };
}
