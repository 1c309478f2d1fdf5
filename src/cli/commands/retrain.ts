import { type Command, Option } from 'commander';
import { ConfigError } from '../../core/errors.js';
import { createCommand, withSettingFlags } from '../options.js';
import { type RetrainFlags, retrainRun } from '../retrainRun.js';

/** `coppice retrain DIR --data FILE`: a new model on fresh data, and whether it is better than the one in use. */
export function retrainCommand(): Command {
  const command = createCommand(
    'retrain',
    'Train a model anew on fresh data, by the configuration of a run, and hold it against the model of that run on rows that neither ' +
      'was trained on. It replaces the other only when the interval of the difference says that it is better.',
    [
      'coppice retrain model --data march.csv --out model-march',
      'coppice retrain model --data march.csv --hold-out last --promote',
      'coppice retrain model --data march.csv --metric averagePrecision --margin 0.01',
    ].join('\n'),
  );
  return withSettingFlags(command)
    .argument('<dir>', 'folder of the run whose model is in use')
    .requiredOption(
      '--data <file>',
      'CSV with the fields and the target of the model, plain or gzipped',
    )
    .option('--out <dir>', 'folder to write (default: artifacts/<name>-<run id>)')
    .option(
      '--promote',
      'when the new model is better, put it into <dir>; the run that was there is kept as <dir>-<its run id>',
    )
    .addOption(
      new Option(
        '--hold-out <rows>',
        'the rows that decide: some at random, or the last ones',
      ).choices(['random', 'last']),
    )
    .option('--metric <name>', 'the metric that decides (default: logLoss, of a regression rmse)')
    .option('--margin <number>', 'how much better it must be at the least', decimal, 0)
    .action((directory: string, flags: RetrainFlags) => {
      if (flags.promote && flags.out !== undefined) {
        throw new ConfigError('expected either --out or --promote');
      }
      return retrainRun(directory, flags);
    });
}

function decimal(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value < Infinity) return value;
  throw new ConfigError(`--margin expected a number >= 0, got ${JSON.stringify(text)}`);
}
