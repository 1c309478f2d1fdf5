import { existsSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { ConfigError } from '../../core/errors.js';
import { prepareData, trainingMatrix } from '../../lifecycle/dataStage.js';
import type { ConfigSource } from '../../lifecycle/index.js';
import type { Task } from '../../model/model.js';
import { writeFileAtomic } from '../../node/index.js';
import {
  HELD_OUT_SCORE_NAMES,
  type HeldOutScoreName,
  SEARCH_LEARNERS,
  SEARCH_STRATEGIES,
  type SearchLearner,
  type SearchProgress,
  type SearchStrategy,
  searchHyperparameters,
  type Trial,
} from '../../train/index.js';
import { type LifecycleFlags, loadData } from '../lifecycleRun.js';
import { createCommand, integer, withConfigFlags, withDataFlags } from '../options.js';
import { createProgress, formatTable, printResult } from '../output.js';
import { loadConfig } from '../settings.js';
import { formatTuned, tunedConfig } from '../tunedConfig.js';
import { splitSettings } from './train.js';

interface TuneFlags extends LifecycleFlags {
  model: SearchLearner;
  trials?: number;
  minutes?: number;
  strategy: SearchStrategy;
  metric?: HeldOutScoreName;
}

/** The configuration that `train --config` takes. */
const TUNED_FILE = 'tuned.yaml';
/** When only time limits a random search. */
const MANY_TRIALS = 10_000;
const SHOWN_TRIALS = 10;

/** `coppice tune`: the options of a learner that cross-validate best. */
export function tuneCommand(): Command {
  const command = createCommand(
    'tune',
    'Search the options of a model by cross-validation, and write the best as a configuration for train.',
    [
      'coppice tune --data churn.csv --target Churn --trials 30 --out tuned',
      'coppice tune --data churn.csv --target Churn --minutes 5 --strategy halving --out tuned',
      'coppice train --config tuned/tuned.yaml --data churn.csv --target Churn --out model',
    ].join('\n'),
  );
  return withConfigFlags(withDataFlags(command))
    .addOption(
      new Option('--model <learner>', 'learner').choices([...SEARCH_LEARNERS]).default('gbdt'),
    )
    .option(
      '--trials <count>',
      'how many options to try, the defaults first (default: 50; with --minutes as many as they allow)',
      integer,
    )
    .option('--minutes <number>', 'stop after so many minutes', minutes)
    .addOption(
      new Option('--strategy <name>', 'every trial in full, or more for the better ones')
        .choices([...SEARCH_STRATEGIES])
        .default('random'),
    )
    .addOption(
      new Option('--metric <name>', 'what to compare by (default: by the task)').choices([
        ...HELD_OUT_SCORE_NAMES,
      ]),
    )
    .option('--out <dir>', `folder to write ${TUNED_FILE} to; else it is printed`)
    .addHelpText(
      'after',
      '\n--set keeps an option of the learner as it is, or changes a dotted key of the configuration (docs/search.md).',
    )
    .action(tune);
}

async function tune(flags: TuneFlags): Promise<void> {
  const { learner, settings } = splitSettings(flags.set);
  const source = loadConfig({ ...flags, set: settings }, false);
  const { config } = source;
  const file = flags.out === undefined ? undefined : join(flags.out, TUNED_FILE);
  // before the work, so that nobody waits for what cannot be written
  if (flags.out !== undefined && existsSync(flags.out) && !statSync(flags.out).isDirectory()) {
    throw new ConfigError(`${flags.out} expected a folder, there is a file`);
  }
  const onProgress = createProgress(flags);
  const { data, task } = await prepare(flags, source, onProgress);
  // logistic regression draws nothing
  const seed = flags.model === 'logistic' ? {} : { seed: config.seed };
  const given = flags.config === undefined ? {} : config.training.candidates[flags.model];
  const fixed = { ...seed, ...given, ...learner };
  const onlyTime = flags.minutes !== undefined && flags.strategy === 'random';
  const result = searchHyperparameters(data, {
    learner: flags.model,
    task,
    fixed,
    // the folds that train deals with this seed: its cross-validation gives the same scores
    foldCount: config.training.folds,
    seed: config.seed,
    strategy: flags.strategy,
    maxTrials: flags.trials ?? (onlyTime ? MANY_TRIALS : 50),
    timeBudgetSeconds: flags.minutes === undefined ? Infinity : 60 * flags.minutes,
    now: () => performance.now(),
    metric: flags.metric,
    onProgress: (progress) => onProgress('train', describeProgress(progress)),
  });
  const { seed: _, ...options } = result.options;
  const { metric, greaterIsBetter, best, stopped } = result;
  const order = bestFirst(result.trials, greaterIsBetter, flags.model === 'logistic');
  const tuned = formatTuned(
    tunedConfig(config, flags.model, options),
    `${flags.model} by ${metric} ${formatScore(best)}, ${result.trials.length} trials, ${config.training.folds} folds`,
  );
  if (file !== undefined) {
    await mkdir(flags.out!, { recursive: true });
    await writeFileAtomic(file, tuned);
  }
  printResult(
    flags,
    {
      model: flags.model,
      task,
      metric,
      stopped,
      options,
      best: best.index,
      trials: order,
      ...(file && { file }),
    },
    [
      formatTable([
        ['trial', `${metric} (mean ± sd)`, 'options'],
        ...order.slice(0, SHOWN_TRIALS).map((trial) => row(trial)),
      ]),
      `\n${result.trials.length} trials, ${stopped === 'timeBudget' ? 'the time is over' : stopped}`,
      file === undefined ? `\n${tuned.trimEnd()}` : `written to ${file}`,
    ].join('\n'),
  );
}

/** The data as `train` would see it; the task follows from the target. */
async function prepare(
  flags: TuneFlags,
  source: ConfigSource,
  onProgress: ReturnType<typeof createProgress>,
): Promise<{
  data: ReturnType<typeof trainingMatrix>;
  task: Task;
}> {
  const { table, targetName, positive } = await loadData(flags, source, (message) =>
    onProgress('data', message),
  );
  const prepared = prepareData(
    { table, targetName, positive, task: flags.task, source, holdOut: false },
    { onProgress, now: () => performance.now() },
  );
  return { data: trainingMatrix(prepared), task: prepared.task };
}

function describeProgress(progress: SearchProgress): string {
  const { trial, best, evaluationCount, plannedCount, remainingSeconds } = progress;
  const rung = trial.resource === undefined ? '' : ` with ${Number(trial.resource.toPrecision(3))}`;
  return (
    `${evaluationCount} of ${plannedCount}: trial ${trial.index}${rung} ${formatScore(trial)}; ` +
    `best ${best.mean.toFixed(4)} (trial ${best.index}); ${Math.ceil(remainingSeconds!)} s left at most`
  );
}

function row(trial: Trial): string[] {
  const drawn = Object.entries(trial.drawn).map(([name, value]) => `${name} ${value}`);
  const trees = trial.options['numTrees'];
  if (trial.resource !== undefined && trees !== undefined) drawn.push(`numTrees ${trees}`);
  return [String(trial.index), formatScore(trial), drawn.join(', ') || 'defaults'];
}

function formatScore({ mean, sd }: Trial): string {
  return `${mean.toFixed(4)} ± ${sd!.toFixed(4)}`;
}

/** The better first; where rows are the resource, those with the most first. */
function bestFirst(trials: readonly Trial[], greaterIsBetter: boolean, byRows: boolean): Trial[] {
  const sign = greaterIsBetter ? -1 : 1;
  return [...trials].sort(
    (a, b) => (byRows ? (b.resource ?? 0) - (a.resource ?? 0) : 0) || sign * (a.mean - b.mean),
  );
}

function minutes(text: string): number {
  const value = Number(text);
  if (value > 0 && value < Infinity) return value;
  throw new InvalidArgumentError('expected a number above 0');
}
