import { Command, InvalidArgumentError, Option } from 'commander';
import { parse } from 'yaml';

const TASKS = ['binary', 'multiclass', 'regression'];

/** `--set key=value` as collected: dotted configuration keys, or bare options of the learner. */
export type Settings = Record<string, unknown>;

/** A command with the options that all have. */
export function createCommand(name: string, description: string, examples: string): Command {
  return new Command(name)
    .description(description)
    .option('--json', 'print one JSON document on standard output')
    .option('--quiet', 'no progress on standard error')
    .addHelpText('after', `\nExamples:\n${examples.replace(/^/gm, '  ')}`);
}

/** Adds the flags that name the data and its target. */
export function withDataFlags(command: Command): Command {
  return command
    .option('--data <file>', 'CSV with a header, plain or gzipped')
    .option('--target <column>', 'the column to predict')
    .addOption(
      new Option(
        '--task <task>',
        'what predicting it is; chosen by its values, and printed, when not given',
      ).choices(TASKS),
    )
    .option(
      '--positive <value>',
      'the positive class of two; chosen by a stated rule, and printed, when not given',
    )
    .option(
      '--missing <token>',
      'a cell that means missing, besides the empty one (repeatable)',
      collect,
      [],
    )
    .option(
      '--type <column=type>',
      'declare a column number or category (repeatable)',
      collectType,
      {},
    );
}

/** Adds `--config`, `--set` and `--seed`. */
export function withConfigFlags(command: Command): Command {
  return command
    .option('--config <file>', 'configuration in YAML')
    .option('--set <key=value>', 'change a setting (repeatable)', collectSetting, {})
    .option('--seed <integer>', 'seed of everything random', integer);
}

/** Parses a number. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('expected a number');
}

/** Parses a whole number. */
export function integer(text: string): number {
  const value = Number(text);
  if (/^[+-]?\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('expected a whole number');
}

/** Collects the values of a repeatable option. */
export function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}

function collectSetting(text: string, previous: Settings): Settings {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('expected key=value');
  let value: unknown;
  try {
    value = parse(text.slice(at + 1));
  } catch {
    throw new InvalidArgumentError(`the value is not a YAML scalar`);
  }
  return { ...previous, [text.slice(0, at)]: value };
}

function collectType(text: string, previous: Record<string, string>): Record<string, string> {
  const at = text.lastIndexOf('=');
  const type = text.slice(at + 1);
  if (at < 1 || (type !== 'number' && type !== 'category')) {
    throw new InvalidArgumentError('expected column=number or column=category');
  }
  return { ...previous, [text.slice(0, at)]: type };
}
