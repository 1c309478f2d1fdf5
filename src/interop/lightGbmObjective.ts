import { FormatError } from '../core/errors.js';
import type { Link } from '../model/forest.js';
import type { Task } from '../model/model.js';
import { MAX_CLASSES } from './importedModel.js';
import type { TextBlock } from './lightGbmText.js';

/** What the raw scores of a LightGBM model mean. */
export interface LightGbmObjective {
  task: Task;
  link: Link;
  /** trees are written in turns: tree `i` adds to output `i % outputCount` */
  outputCount: number;
  /** the factor between a raw score and the margin */
  scale: number;
}

/** Objectives of one output whose raw scores are margins. */
const SINGLE_OUTPUT: Readonly<Record<string, { task: Task; link: Link }>> = Object.freeze({
  binary: { task: 'binary', link: 'logit' },
  cross_entropy: { task: 'binary', link: 'logit' },
  regression: { task: 'regression', link: 'identity' },
  regression_l1: { task: 'regression', link: 'identity' },
  huber: { task: 'regression', link: 'identity' },
  fair: { task: 'regression', link: 'identity' },
  quantile: { task: 'regression', link: 'identity' },
  mape: { task: 'regression', link: 'identity' },
  poisson: { task: 'regression', link: 'log' },
  gamma: { task: 'regression', link: 'log' },
  tweedie: { task: 'regression', link: 'log' },
  lambdarank: { task: 'regression', link: 'identity' },
  rank_xendcg: { task: 'regression', link: 'identity' },
});

/** Objectives of an output a class. */
const CLASS_LINKS: Readonly<Record<string, Link>> = Object.freeze({
  multiclass: 'softmax',
  multiclassova: 'logit',
});

/** Reads the objective of a file, for example `multiclass num_class:3`. @throws {FormatError} when it is not supported. */
export function readObjective(header: TextBlock): LightGbmObjective {
  const objective = header.text('objective');
  const [name, ...parameters] = objective.trim().split(/\s+/);
  if (header.has('average_output')) {
    throw new FormatError('LightGBM model: averaged output (boosting=rf) is not supported');
  }
  const single = Object.hasOwn(SINGLE_OUTPUT, name!) ? SINGLE_OUTPUT[name!] : undefined;
  const classLink = Object.hasOwn(CLASS_LINKS, name!) ? CLASS_LINKS[name!] : undefined;
  // a regression of square roots squares its scores again
  if ((!single && !classLink) || parameters.includes('sqrt')) {
    throw new FormatError(
      `LightGBM model: the objective "${objective}" is not supported; expected one of ` +
        [...Object.keys(SINGLE_OUTPUT), ...Object.keys(CLASS_LINKS)].join(', '),
    );
  }
  const outputCount = header.integer('num_tree_per_iteration');
  const classCount = header.integer('num_class');
  const isExpected = single
    ? outputCount === 1
    : outputCount === classCount && outputCount >= 3 && outputCount <= MAX_CLASSES;
  if (!isExpected) {
    throw new FormatError(
      `LightGBM model: the objective "${objective}" has ${single ? 'one tree' : `3 to ${MAX_CLASSES} trees, one a class,`} ` +
        `an iteration, got ${outputCount} and ${classCount} classes`,
    );
  }
  const scale = readSigmoid(parameters);
  return single
    ? { ...single, outputCount, scale }
    : { task: 'multiclass', link: classLink!, outputCount, scale };
}

function readSigmoid(parameters: readonly string[]): number {
  const given = parameters.find((parameter) => parameter.startsWith('sigmoid:'));
  const sigmoid = given ? Number(given.slice('sigmoid:'.length)) : 1;
  if (sigmoid > 0 && Number.isFinite(sigmoid)) return sigmoid;
  throw new FormatError(`LightGBM model: "${given}" is not a positive number`);
}
