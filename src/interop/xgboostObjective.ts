import { log } from '../core/elementary.js';
import type { Link } from '../model/forest.js';
import type { Task } from '../model/model.js';
import { MAX_CLASSES } from './importedModel.js';
import type { JsonPart } from './jsonPart.js';

/** What the sums of an XGBoost model mean. */
export interface XgboostObjective {
  task: Task;
  link: Link;
  /** per output: the margin that its trees are added to */
  baseScores: Float64Array;
}

const BINARY = { task: 'binary', link: 'logit' } as const;
const SOFTMAX = { task: 'multiclass', link: 'softmax' } as const;
const NUMBER = { task: 'regression', link: 'identity' } as const;
const POSITIVE = { task: 'regression', link: 'log' } as const;

const OBJECTIVES: Readonly<Record<string, { task: Task; link: Link }>> = Object.freeze({
  'binary:logistic': BINARY,
  'reg:logistic': BINARY,
  'multi:softprob': SOFTMAX,
  'multi:softmax': SOFTMAX,
  'reg:squarederror': NUMBER,
  'reg:linear': NUMBER,
  'reg:squaredlogerror': NUMBER,
  'reg:pseudohubererror': NUMBER,
  'reg:absoluteerror': NUMBER,
  'reg:quantileerror': NUMBER,
  'rank:pairwise': NUMBER,
  'rank:ndcg': NUMBER,
  'rank:map': NUMBER,
  'count:poisson': POSITIVE,
  'reg:gamma': POSITIVE,
  'reg:tweedie': POSITIVE,
});

/** Reads objective and base score. @param learner - `learner` of the file. @throws {FormatError} */
export function readObjective(learner: JsonPart): XgboostObjective {
  const name = learner.part('objective').part('name');
  const text = name.text();
  const objective = Object.hasOwn(OBJECTIVES, text) ? OBJECTIVES[text] : undefined;
  if (!objective) {
    throw name.error(
      `"${text}" is not supported; expected one of ${Object.keys(OBJECTIVES).join(', ')}`,
    );
  }
  const parameters = learner.part('learner_model_param');
  // later versions train several targets at once
  if (parameters.has('num_target')) parameters.part('num_target').integer(0, 1);
  const isMulticlass = objective.task === 'multiclass';
  const classCount = parameters
    .part('num_class')
    .integer(isMulticlass ? 3 : 0, isMulticlass ? MAX_CLASSES : 1);
  const outputCount = isMulticlass ? classCount : 1;
  const baseScores = readBaseScores(parameters.part('base_score'), objective.link, outputCount);
  return { ...objective, baseScores };
}

/**
 * The base score is stored as a prediction, `5E-1`, and from version 3.1 on as a list of them, `[5E-1]`. XGBoost takes it to
 * the margin in float32, one rounding an operation.
 */
function readBaseScores(part: JsonPart, link: Link, outputCount: number): Float64Array {
  const text = typeof part.value === 'number' ? String(part.value) : part.text();
  const given = text
    .replace(/^\[|\]$/g, '')
    .split(',')
    .map((score) => Math.fround(score.trim() === '' ? NaN : Number(score)));
  const isRight = given.every((score) => Number.isFinite(score) && isInDomain(score, link));
  if (!isRight || (given.length !== 1 && given.length !== outputCount)) {
    throw part.error(`expected ${DOMAIN[link]}, got "${text.slice(0, 60)}"`);
  }
  const margins = given.map((score) => marginOf(score, link));
  return Float64Array.from({ length: outputCount }, (_, i) => margins[i] ?? margins[0]!);
}

const DOMAIN: Readonly<Record<Link, string>> = Object.freeze({
  logit: 'a probability between 0 and 1',
  log: 'a positive number',
  identity: 'a finite number',
  softmax: 'a finite number, or one a class',
});

function isInDomain(score: number, link: Link): boolean {
  if (link === 'logit') return score > 0 && score < 1;
  return link === 'log' ? score > 0 : true;
}

function marginOf(score: number, link: Link): number {
  if (link === 'log') return Math.fround(log(score));
  if (link !== 'logit') return score;
  // -log(1 / p - 1); + 0, as one half has the margin 0 and not -0
  const odds = Math.fround(Math.fround(1 / score) - 1);
  return -Math.fround(log(odds)) + 0;
}
