import { checkInteger, checkNumber, checkOneOf, show, withDefaults } from '../core/check.js';
import { ConfigError } from '../core/errors.js';

/** What a numeric or named option may be; the table that `--set key=value`, documentation and searches read. */
export type OptionSpec = NumericOption | ChoiceOption | FlagOption;

interface OptionText {
  description: string;
  /** the same thing in LightGBM / XGBoost / scikit-learn; `-` where there is none */
  elsewhere: string;
}

export interface NumericOption extends OptionText {
  kind: 'integer' | 'number';
  default: number;
  minimum: number;
  /** Infinity for none */
  maximum: number;
  /** the minimum itself is not allowed */
  aboveMinimum?: boolean;
}

export interface ChoiceOption extends OptionText {
  kind: 'choice';
  default: string;
  choices: readonly string[];
}

export interface FlagOption extends OptionText {
  kind: 'flag';
  default: boolean;
}

export type OptionTable<K extends string = string> = Readonly<Record<K, OptionSpec>>;

/** The default of every option of a table. */
export function defaultsOf<T extends object>(table: OptionTable): T {
  return Object.fromEntries(Object.entries(table).map(([name, spec]) => [name, spec.default])) as T;
}

/**
 * Lays options over their defaults and checks each against its table.
 * @throws {ConfigError} naming the option, its range and what was seen.
 */
export function resolveOptions<T extends object>(
  what: string,
  table: OptionTable,
  defaults: Readonly<T>,
  given: Partial<T> | undefined,
): T {
  const options = withDefaults(what, defaults, given);
  for (const [name, spec] of Object.entries(table)) {
    checkOption(name, spec, options[name as keyof T]);
  }
  return options;
}

function checkOption(name: string, spec: OptionSpec, value: unknown): void {
  if (spec.kind === 'choice') {
    checkOneOf(name, value, spec.choices);
    return;
  }
  if (spec.kind === 'flag') {
    if (typeof value === 'boolean') return;
    throw new ConfigError(`"${name}" expected true or false, got ${show(value)}`);
  }
  // the checks take a finite greatest value for "none"
  const maximum = Number.isFinite(spec.maximum) ? spec.maximum : undefined;
  if (spec.kind === 'integer') checkInteger(name, value, spec.minimum, maximum);
  else checkNumber(name, value, spec.minimum, maximum);
  if (spec.aboveMinimum && value === spec.minimum) {
    throw new ConfigError(`"${name}" expected a number above ${spec.minimum}, got ${value}`);
  }
}

/** A specification of an integer option. */
export function integer(
  value: number,
  minimum: number,
  maximum: number,
  description: string,
  elsewhere: string,
): NumericOption {
  return { kind: 'integer', default: value, minimum, maximum, description, elsewhere };
}

/** A specification of a number option. */
export function number(
  value: number,
  minimum: number,
  maximum: number,
  description: string,
  elsewhere: string,
  aboveMinimum = false,
): NumericOption {
  return { kind: 'number', default: value, minimum, maximum, aboveMinimum, description, elsewhere };
}

/** A specification of a named option. */
export function choice(
  value: string,
  choices: readonly string[],
  description: string,
  elsewhere: string,
): OptionTable[string] {
  return { kind: 'choice', default: value, choices, description, elsewhere };
}

/** A specification of an option that is on or off. */
export function flag(value: boolean, description: string, elsewhere: string): FlagOption {
  return { kind: 'flag', default: value, description, elsewhere };
}
