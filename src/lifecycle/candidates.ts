import { show } from '../core/check.js';
import { ConfigError } from '../core/errors.js';
import type { Predictor, Task } from '../model/model.js';
import { type CustomObjective, fitForest, fitGbdt, fitLogistic, fitTree } from '../train/index.js';
import type { TrainingMatrix } from '../train/trainingMatrix.js';
import type { ConfigSource } from './config.js';

/** The learners, simplest first: a tie in cross-validation goes to the earlier one. */
export const CANDIDATE_NAMES = ['logistic', 'tree', 'forest', 'gbdt'] as const;

export type CandidateName = (typeof CANDIDATE_NAMES)[number];

/** A learner with its options, the objective of the task among them. */
export interface Candidate {
  name: CandidateName;
  options: Record<string, unknown>;
}

/** A fitted predictor, and whether its optimiser converged (always true for trees). */
export interface FittedCandidate {
  predictor: Predictor;
  converged: boolean;
}

/** What a learner may minimise for a task, the default first. Means of leaves know only the first. */
const OBJECTIVES: Readonly<Record<Task, readonly string[]>> = Object.freeze({
  binary: ['binary'],
  multiclass: ['multiclass', 'oneVsAll'],
  regression: ['squared', 'absolute', 'huber', 'quantile', 'poisson', 'gamma', 'tweedie'],
});

/**
 * The candidates of a configuration for a task, in its order. Logistic regression has classes: for a regression it is left
 * out of the default list, and an error where it was asked for.
 * @param classCount - of a multiclass target
 * @throws {ConfigError} when a candidate or its objective does not fit the task.
 */
export function candidatesFor(source: ConfigSource, task: Task, classCount: number): Candidate[] {
  const { config, askedCandidates } = source;
  const names = Object.keys(config.training.candidates) as CandidateName[];
  const fitting = names.filter((name) => {
    if (name !== 'logistic' || task !== 'regression') return true;
    if (!askedCandidates.includes(name)) return false;
    throw new ConfigError(
      'the candidate "logistic" is for classes, the task is regression; expected tree, forest or gbdt',
    );
  });
  return fitting.map((name) => {
    const options = config.training.candidates[name]!;
    return { name, options: withObjective(name, options, task, classCount) };
  });
}

/** The options with the objective of the task, unless a fitting one is given. Binary is every learner's default. */
function withObjective(
  name: CandidateName,
  options: Record<string, unknown>,
  task: Task,
  classCount: number,
): Record<string, unknown> {
  if (name === 'logistic') return options;
  const fitting = name === 'gbdt' ? OBJECTIVES[task] : OBJECTIVES[task].slice(0, 1);
  const given = options['objective'];
  if (given !== undefined && !fitting.includes(given as string) && !isCustom(name, given, task)) {
    throw new ConfigError(
      `"objective" of ${name} expected ${fitting.join(' or ')}, as the task is ${task}, got ${show(given)}`,
    );
  }
  if (options['classCount'] !== undefined && options['classCount'] !== classCount) {
    throw new ConfigError(
      `"classCount" of ${name} follows from the target, which has ${classCount || 'no'} classes, got ${options['classCount']}`,
    );
  }
  if (task === 'binary') return options;
  return {
    ...options,
    objective: given ?? fitting[0],
    ...(task === 'multiclass' && { classCount }),
  };
}

/** Functions of one's own, which boosting takes; they say what they are for. */
function isCustom(name: CandidateName, objective: unknown, task: Task): boolean {
  if (name !== 'gbdt' || typeof objective !== 'object' || objective === null) return false;
  return ((objective as CustomObjective).task ?? 'regression') === task;
}

/**
 * Fits one learner.
 * @param candidate - with the learner's own options; `seed` is given where the learner draws random numbers.
 * @throws {ConfigError} on unknown options.
 */
export function fitCandidate(
  { name, options }: Candidate,
  data: TrainingMatrix,
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
