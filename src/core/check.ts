import { ConfigError } from './errors.js';

/** Shows a value in an error message: strings quoted, long ones cut; of objects, what they are. */
export function show(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  }
  if (typeof value !== 'object' || value === null) return String(value);
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`;
  return Array.isArray(value) ? 'an array' : 'an object';
}

/**
 * Checks that a number is an integer in `[minimum, maximum]`.
 * @throws {ConfigError} naming the option, the range and what was seen.
 */
export function checkInteger(
  name: string,
  value: unknown,
  minimum: number,
  maximum: number = Number.MAX_SAFE_INTEGER,
): number {
  if (Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum) {
    return value as number;
  }
  throw new ConfigError(
    `"${name}" expected an integer in ${range(minimum, maximum)}, got ${show(value)}`,
  );
}

/**
 * Checks that a value is a finite number in `[minimum, maximum]`.
 * @throws {ConfigError} naming the option, the range and what was seen.
 */
export function checkNumber(
  name: string,
  value: unknown,
  minimum: number = -Number.MAX_VALUE,
  maximum: number = Number.MAX_VALUE,
): number {
  if (typeof value === 'number' && value >= minimum && value <= maximum) return value;
  throw new ConfigError(
    `"${name}" expected a number in ${range(minimum, maximum)}, got ${show(value)}`,
  );
}

/**
 * Checks that a value is one of a closed list.
 * @throws {ConfigError} naming the choices and what was seen.
 */
export function checkOneOf<T extends string>(
  name: string,
  value: unknown,
  choices: readonly T[],
): T {
  if (choices.includes(value as T)) return value as T;
  throw new ConfigError(`"${name}" expected one of ${choices.join(', ')}, got ${show(value)}`);
}

/**
 * Lays options over their defaults; a key that has no default is an error, with the nearest name that exists.
 * @throws {ConfigError} on an unknown key.
 */
export function withDefaults<T extends object>(
  what: string,
  defaults: Readonly<T>,
  given: Partial<T> | undefined,
): T {
  checkKnownKeys(what, given ?? {}, Object.keys(defaults));
  const merged: T = { ...defaults };
  for (const [key, value] of Object.entries(given ?? {})) {
    if (value !== undefined) merged[key as keyof T] = value as T[keyof T];
  }
  return merged;
}

/**
 * Refuses keys that are not in the list.
 * @throws {ConfigError} naming the key, and the nearest known one.
 */
export function checkKnownKeys(what: string, given: object, known: readonly string[]): void {
  for (const key of Object.keys(given)) {
    if (known.includes(key)) continue;
    throw new ConfigError(`unknown ${what} "${key}"; ${suggest(key, known, 'known:')}`);
  }
}

/** The end of a message about a misspelt name: the nearest known one, or all of them. */
export function suggest(name: string, known: readonly string[], all: string): string {
  const near = nearest(name, known);
  return near ? `did you mean "${near}"?` : `${all} ${known.join(', ')}`;
}

/** The known name closest to a misspelt one, or undefined when none is close. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let limit = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    // so many insertions it takes at least; and names from outside may be of any length
    if (Math.abs(candidate.length - name.length) >= limit) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < limit) {
      best = candidate;
      limit = distance;
    }
  }
  return best;
}

/** Levenshtein distance. O(a.length * b.length). */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current[j] = Math.min(substitution, previous[j]! + 1, current[j - 1]! + 1);
    }
    previous = current;
  }
  return previous[b.length]!;
}

function range(minimum: number, maximum: number): string {
  const low = minimum <= -Number.MAX_VALUE ? '(-Infinity' : `[${minimum}`;
  const high = maximum >= Number.MAX_SAFE_INTEGER ? 'Infinity)' : `${maximum}]`;
  return `${low}, ${high}`;
}
