import { checkKnownKeys, checkNumber, checkOneOf, show } from '../core/check.js';
import { exp, log } from '../core/elementary.js';
import { ConfigError } from '../core/errors.js';
import type { Random } from '../core/random.js';
import type { OptionSpec, OptionTable } from './optionTable.js';

/** Numbers between two bounds, both included. */
export interface NumberRange {
  kind: 'number' | 'integer';
  minimum: number;
  maximum: number;
  /** log: every factor is as likely, for sizes of unknown magnitude; default linear */
  scale?: 'linear' | 'log';
}

/** One of some values, each as likely. */
export interface ChoiceRange {
  kind: 'choice';
  values: readonly (string | number | boolean)[];
}

export type ParameterRange = NumberRange | ChoiceRange;

/** Option name → what a search may set it to. */
export type ParameterSpace = Readonly<Record<string, ParameterRange>>;

/** The options that a trial sets. */
export type DrawnOptions = Record<string, string | number | boolean>;

/**
 * Checks a space against the table of a learner's options.
 * @param what - the learner, for messages
 * @param accepts - throws a ConfigError on an option that the learner refuses
 * @throws {ConfigError} naming the parameter, on an unknown one, a wrong range or one that leaves the range of the option.
 */
export function checkSpace(
  what: string,
  space: ParameterSpace,
  table: OptionTable,
  accepts: (options: DrawnOptions) => void,
): void {
  checkKnownKeys(`parameter of ${what}`, space, Object.keys(table));
  for (const [name, range] of Object.entries(space)) {
    checkRange(name, range, table[name]!);
    const ends = range.kind === 'choice' ? range.values : [range.minimum, range.maximum];
    for (const value of ends) accepts({ [name]: value });
  }
}

/**
 * Draws from a space. Each parameter has random numbers of its own: another one beside it leaves its values alone.
 * Numbers have four significant digits, so that they can be read and written down.
 * @returns what draws the next options, in the order of the space.
 */
export function createSampler(space: ParameterSpace, random: Random): () => DrawnOptions {
  const streams = Object.entries(space).map(([name, range]) => ({
    name,
    range,
    random: random.fork(`parameter ${name}`),
  }));
  return () =>
    Object.fromEntries(streams.map(({ name, range, random: own }) => [name, draw(range, own)]));
}

function draw(range: ParameterRange, random: Random): string | number | boolean {
  if (range.kind === 'choice') return range.values[random.integer(range.values.length)]!;
  const { kind, minimum, maximum, scale } = range;
  // an integer is the floor of a number below the next one, so that both ends are as likely as the others
  const end = kind === 'integer' ? maximum + 1 : maximum;
  const share = random.uniform();
  const value =
    scale === 'log'
      ? exp(log(minimum) + share * (log(end) - log(minimum)))
      : minimum + share * (end - minimum);
  const rounded = kind === 'integer' ? Math.floor(value) : Number(value.toPrecision(4));
  return Math.min(maximum, Math.max(minimum, rounded));
}

function checkRange(name: string, range: ParameterRange, spec: OptionSpec): void {
  const where = `range of "${name}"`;
  if (typeof range !== 'object' || range === null) {
    throw new ConfigError(`${where} expected an object with a kind, got ${show(range)}`);
  }
  checkOneOf(`${name}.kind`, range.kind, ['number', 'integer', 'choice']);
  if (range.kind === 'choice') {
    checkKnownKeys(`key of the ${where}`, range, ['kind', 'values']);
    if (Array.isArray(range.values) && range.values.length > 0) return;
    throw new ConfigError(`${where} expected "values", a list of at least one`);
  }
  checkKnownKeys(`key of the ${where}`, range, ['kind', 'minimum', 'maximum', 'scale']);
  const { kind, minimum, maximum, scale = 'linear' } = range;
  if (spec.kind === 'choice' || spec.kind === 'flag') {
    throw new ConfigError(`${where} expected kind "choice", got ${show(kind)}`);
  }
  if (spec.kind === 'integer' && kind !== 'integer') {
    throw new ConfigError(`${where} expected kind "integer" or "choice", got ${show(kind)}`);
  }
  checkOneOf(`${name}.scale`, scale, ['linear', 'log']);
  checkNumber(`${name}.minimum`, minimum);
  checkNumber(`${name}.maximum`, maximum, minimum);
  if (kind === 'integer' && !(Number.isInteger(minimum) && Number.isInteger(maximum))) {
    throw new ConfigError(`${where} expected integer ends, got ${minimum} and ${maximum}`);
  }
  if (scale === 'log' && minimum <= 0) {
    throw new ConfigError(`${where} of scale "log" expected a minimum above 0, got ${minimum}`);
  }
}
