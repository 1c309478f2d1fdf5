import { parseArgs } from 'node:util';

/** An option of a bench. */
export interface BenchOption {
  /** what stands for its value in the list; a switch has none */
  value?: string;
  /** what it does, for the list */
  text: string;
  default?: string;
}

/** What was typed, by option: a string, or for a switch whether it is there. Absent without a default. */
export type Typed<Name extends string> = Readonly<Partial<Record<Name, string | boolean>>>;

/** A value that an option does not take. */
export class OptionError extends Error {}

/**
 * Reads the command line. On `--help`, an unknown option or a value that `check` throws an {@link OptionError} for, the list of
 * options is printed and the process ends, with code 2 unless it was asked for.
 * @param check - turns what was typed into what the bench needs
 */
export function readCommandLine<Name extends string, Chosen>(
  command: string,
  options: Readonly<Record<Name, BenchOption>>,
  check: (typed: Typed<Name>) => Chosen,
): Chosen {
  const names = Object.keys(options) as Name[];
  const config = Object.fromEntries(
    names.map((name) => {
      const { value, default: preset } = options[name];
      const type = value === undefined ? ('boolean' as const) : ('string' as const);
      return [name, preset === undefined ? { type } : { type, default: preset }];
    }),
  );
  try {
    const { values } = parseArgs({ options: { ...config, help: { type: 'boolean' } } });
    if (values['help']) end(command, options, 0);
    return check(values as Typed<Name>);
  } catch (error) {
    const known = error instanceof OptionError || error instanceof TypeError;
    if (!known) throw error;
    console.error(`${error.message}\n`);
    return end(command, options, 2);
  }
}

/** Names in a list `a,b`. @throws {OptionError} on one that is not allowed, listing those that are. */
export function chooseSome<T extends string>(
  option: string,
  typed: string | boolean | undefined,
  allowed: readonly T[],
): T[] {
  const names = String(typed ?? allowed.join(',')).split(',');
  const wrong = names.find((name) => !(allowed as readonly string[]).includes(name));
  if (wrong === undefined) return names as T[];
  throw new OptionError(`--${option} expected some of ${allowed.join(', ')}, got "${wrong}"`);
}

/** @throws {OptionError} when it is no whole number from `least` to `most`. */
export function readCount(
  option: string,
  typed: string | boolean | undefined,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): number {
  const count = Number(typed);
  if (/^\d+$/.test(String(typed)) && count >= least && count <= most) return count;
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
  throw new OptionError(`--${option} expected a whole number ${range}, got "${typed}"`);
}

function end(command: string, options: Readonly<Record<string, BenchOption>>, code: number): never {
  const rows = Object.entries({ ...options, help: { text: 'this list' } as BenchOption }).map(
    ([name, { value, text, default: preset }]) => {
      const left = `--${name}${value === undefined ? '' : ` ${value}`}`;
      return [left, preset === undefined ? text : `${text} (${preset})`] as const;
    },
  );
  const width = Math.max(...rows.map(([left]) => left.length));
  const list = rows.map(([left, text]) => `  ${left.padEnd(width)}  ${text}`);
  (code === 0 ? console.log : console.error)(`usage: ${command}\n${list.join('\n')}`);
  process.exit(code);
}
