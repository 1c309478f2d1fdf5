import { checkOneOf } from '../core/check.js';
import { ConfigError } from '../core/errors.js';
import { columnNamed, type Table } from '../core/table.js';
import {
  type Interval,
  METRIC_NAMES,
  MULTICLASS_METRIC_NAMES,
  pairedDifference,
  REGRESSION_METRIC_NAMES,
  type Recount,
  recountBinary,
  recountMulticlass,
  recountRegression,
} from '../evaluate/index.js';
import { featureMatrix } from '../model/feature.js';
import { margins, predictions } from '../model/margin.js';
import type { Model, Task } from '../model/model.js';
import type { Config } from './config.js';
import type { Sample } from './dataStage.js';

/** A model in use, which a new one is held against. */
export interface Champion {
  model: Model;
  /** of the run that made it */
  runId: string;
  /** the metric that decides; by default log loss, of a regression RMSE */
  metric: string | undefined;
  /** how much better the new model must be at the least; >= 0 */
  margin: number;
}

/** Rows that neither model was trained on, with the target in the order of the challenger's classes. */
export type HeldOutRows = Pick<Sample, 'table' | 'target'>;

/** One metric of both models on the same rows. */
export interface ComparedMetric {
  name: string;
  champion: number;
  challenger: number;
  /** challenger - champion, with the ends of its interval */
  difference: Interval;
  greaterIsBetter: boolean;
  /** what the interval says of the challenger */
  verdict: 'better' | 'worse' | 'undecided';
}

/** Whether a new model replaces the one in use. */
export interface ModelComparison {
  champion: string;
  rowCount: number;
  /** of the intervals */
  confidence: number;
  /** the one that decides */
  decidedBy: string;
  margin: number;
  replace: boolean;
  reason: string;
  metrics: ComparedMetric[];
}

const DECIDING: Readonly<Record<Task, string>> = {
  binary: 'logLoss',
  multiclass: 'logLoss',
  regression: 'rmse',
};

const NAMES: Readonly<Record<Task, readonly string[]>> = {
  binary: METRIC_NAMES,
  multiclass: MULTICLASS_METRIC_NAMES,
  regression: REGRESSION_METRIC_NAMES,
};

const LOWER_IS_BETTER: readonly string[] = [
  'logLoss',
  'brierScore',
  'calibrationError',
  'rmse',
  'mae',
  'medianAbsoluteError',
  'mape',
];

// with fewer the ends of the interval that decides are no such ends, and move with the seed
const LEAST_RESAMPLES = 2000;

/**
 * Checks that a champion can be compared, before anything is trained.
 * @throws {ConfigError} on a metric that the task has not.
 */
export function checkChampion({ model, metric }: Champion): void {
  if (metric !== undefined) checkOneOf('metric', metric, NAMES[model.task]);
}

/**
 * Holds a new model against the one in use on rows that neither was trained on. The new one replaces it only when the whole interval
 * of the deciding metric's difference is on its side.
 * @throws {ConfigError} when the tasks differ. @throws {ShapeError} when the rows lack a field of the champion.
 */
export function compareModels(
  champion: Champion,
  challenger: Model,
  held: HeldOutRows,
  config: Config,
): ModelComparison {
  if (champion.model.task !== challenger.task) {
    throw new ConfigError(
      `the model in use is of the task ${champion.model.task}, the new one of ${challenger.task}`,
    );
  }
  const { task } = challenger;
  const [before, after] = recountsOf(champion.model, challenger, held);
  const once = new Float64Array(held.target.length).fill(1);
  const values = { champion: before.evaluate(once), challenger: after.evaluate(once) };
  const { bootstrap_resamples: resamples, confidence: level } = config.evaluation;
  const differences = pairedDifference(before, after, {
    resamples: Math.max(resamples, LEAST_RESAMPLES),
    level,
    seed: config.seed,
  });
  const decidedBy = champion.metric ?? DECIDING[task];
  const metrics = NAMES[task].map((name): ComparedMetric => {
    const greaterIsBetter = !LOWER_IS_BETTER.includes(name);
    const difference = differences[name]!;
    return {
      name,
      champion: values.champion[name]!,
      challenger: values.challenger[name]!,
      difference,
      greaterIsBetter,
      verdict: verdictOf(difference, greaterIsBetter, name === decidedBy ? champion.margin : 0),
    };
  });
  const deciding = metrics.find(({ name }) => name === decidedBy)!;
  return {
    champion: champion.runId,
    rowCount: held.target.length,
    confidence: level,
    decidedBy,
    margin: champion.margin,
    replace: deciding.verdict === 'better',
    reason: reasonOf(deciding, champion.margin),
    metrics,
  };
}

function verdictOf(
  { lower, upper }: Interval,
  greaterIsBetter: boolean,
  margin: number,
): ComparedMetric['verdict'] {
  const [least, most] = greaterIsBetter ? [lower, upper] : [-upper, -lower];
  if (least > margin) return 'better';
  return most < 0 ? 'worse' : 'undecided';
}

function reasonOf({ name, verdict, difference }: ComparedMetric, margin: number): string {
  const digits = (value: number): string => String(Number(value.toPrecision(3)));
  const by = `${name} differs by ${digits(difference.value)}, between ${digits(difference.lower)} and ${digits(difference.upper)}`;
  if (verdict === 'better') return `the new model is better: ${by}`;
  if (verdict === 'worse') return `the model in use is better: ${by}`;
  return margin > 0
    ? `the new model is not shown to be better by ${margin}: ${by}`
    : `neither is shown to be better: ${by}`;
}

function recountsOf(
  champion: Model,
  challenger: Model,
  { table, target }: HeldOutRows,
): [Recount<string>, Recount<string>] {
  const [before, after] = [predict(champion, table), predict(challenger, table)];
  if (champion.task === 'binary' && challenger.task === 'binary') {
    const labels = Uint8Array.from(target);
    checkPositive(champion, challenger);
    return [
      recountBinary(labels, before, champion.threshold.value),
      recountBinary(labels, after, challenger.threshold.value),
    ];
  }
  if (challenger.task === 'regression') {
    return [recountRegression(target, before), recountRegression(target, after)];
  }
  const ours = challenger.schema.target.classes;
  const theirs = champion.schema.target.classes;
  const classes = [...ours, ...theirs.filter((name) => !ours.includes(name))];
  const recount = (probabilities: Float64Array, own: readonly string[]) =>
    recountMulticlass({
      labels: target,
      probabilities: spreadClasses(probabilities, own, classes),
      classCount: classes.length,
    });
  return [recount(before, theirs), recount(after, ours)];
}

function checkPositive(champion: Model, challenger: Model): void {
  const [, theirs] = champion.schema.target.classes;
  const [, ours] = challenger.schema.target.classes;
  if (theirs === ours) return;
  throw new ConfigError(
    `the positive class of the model in use is ${JSON.stringify(theirs)}, that of the new one ${JSON.stringify(ours)}`,
  );
}

function predict(model: Model, table: Table): Float64Array {
  for (const { name } of model.schema.fields) columnNamed(table, name);
  const matrix = featureMatrix(model.schema.fields, model.features, table);
  return predictions(
    model,
    margins(model.predictor, matrix, table.rowCount, model.features.length),
  );
}

/** Probabilities of some classes as those of all; a class that the model does not know has none. */
function spreadClasses(
  probabilities: Float64Array,
  own: readonly string[],
  all: readonly string[],
): Float64Array {
  const rowCount = probabilities.length / own.length;
  const out = new Float64Array(rowCount * all.length);
  own.forEach((name, k) => {
    const column = all.indexOf(name);
    for (let row = 0; row < rowCount; row++) {
      out[row * all.length + column] = probabilities[row * own.length + k]!;
    }
  });
  return out;
}
