import { show } from './check.js';
import { FormatError } from './errors.js';

/**
 * A map or list that came from outside (MessagePack, JSON), and the path that leads to it. Maps have no inherited members, or are
 * what `JSON.parse` gives.
 */
export interface Place {
  readonly value: object;
  readonly path: string;
}

export type Key = string | number;

/** characters of a name that a message shows */
const LONGEST_NAME = 64;

/**
 * Reads what stands at a key of a place.
 * @throws {FormatError} with its path, what was expected and what was seen.
 */
export type Reader<T> = (place: Place, key: Key) => T;

/** What stands at a key; undefined where nothing does. */
export function valueAt({ value }: Place, key: Key): unknown {
  return (value as Record<Key, unknown>)[key];
}

/** A member that is known to be a map, a list or an array, as a place of its own. */
export function inside({ path }: Place, key: Key, value: object): Place {
  if (typeof key === 'number') return { value, path: `${path}[${key}]` };
  // names from outside may be of any length
  const name = key.length > LONGEST_NAME ? `${key.slice(0, LONGEST_NAME)}…` : key;
  return { value, path: path ? `${path}.${name}` : name };
}

/** Refuses what stands at a key. @param seen - what the message shows instead of it. */
export function refuse(
  place: Place,
  key: Key,
  expected: string,
  seen: unknown = describe(valueAt(place, key)),
): never {
  throw new FormatError(`${inside(place, key, place).path}: expected ${expected}, got ${seen}`);
}

function describe(value: unknown): string {
  return value === undefined ? 'nothing' : show(value);
}

/** A reader of what passes a test. */
function scalar<T>(expected: string, test: (value: unknown) => boolean): Reader<T> {
  return (place, key) => {
    const value = valueAt(place, key);
    return test(value) ? (value as T) : refuse(place, key, expected);
  };
}

export const text: Reader<string> = scalar('a string', (value) => typeof value === 'string');

export const truth: Reader<boolean> = scalar(
  'true or false',
  (value) => typeof value === 'boolean',
);

export const binary: Reader<Uint8Array> = scalar('bytes', (value) => value instanceof Uint8Array);

/** A map or a list as a place. */
export const container: Reader<Place> = (place, key) =>
  inside(place, key, anyContainer(place, key));

const anyContainer: Reader<object> = scalar(
  'a map or a list',
  (value) => typeof value === 'object' && value !== null && !ArrayBuffer.isView(value),
);

export function oneOf<T extends string>(choices: readonly T[]): Reader<T> {
  return scalar(choices.join(' or ') || 'nothing', (value) => choices.includes(value as T));
}

/** A reader of what is of a kind and in `[minimum, maximum]`. */
type Ranged = (minimum: number, maximum: number) => Reader<number>;

function ranged(kind: string, test: (value: unknown) => boolean): Ranged {
  return (minimum, maximum) =>
    scalar(
      `${kind} in [${minimum}, ${maximum}]`,
      (value) => test(value) && (value as number) >= minimum && (value as number) <= maximum,
    );
}

export const integer: Ranged = ranged('an integer', Number.isInteger);

/** NaN is in no range. */
export const number: Ranged = ranged('a number', (value) => typeof value === 'number');

export const finite: Reader<number> = scalar('a finite number', Number.isFinite);

/** A list of `minimum` to `maximum` items. */
export function list<T>(minimum: number, maximum: number, item: Reader<T>): Reader<T[]> {
  return (place, key) => {
    const value = valueAt(place, key);
    if (!Array.isArray(value)) return refuse(place, key, 'an array');
    const { length } = value;
    if (length < minimum || length > maximum) {
      refuse(place, key, `${minimum} to ${maximum} items`, length);
    }
    const items = inside(place, key, value);
    return value.map((_, index) => item(items, index));
  };
}

/** An object with the members of a map. Those that are undefined are left out. */
export function record<T>(members: { [K in keyof T]-?: Reader<T[K]> }): Reader<T> {
  const entries = Object.entries<Reader<unknown>>(members);
  return (place, key) => {
    const own = container(place, key);
    const read: Record<string, unknown> = {};
    for (const [name, member] of entries) {
      const value = member(own, name);
      if (value !== undefined) read[name] = value;
    }
    return read as T;
  };
}

/** The member of a list that stands for a member of a {@link record}. */
export function at<T>(index: number, item: Reader<T>): Reader<T> {
  return (place) => item(place, index);
}

export function optional<T>(member: Reader<T>): Reader<T | undefined> {
  return (place, key) => (valueAt(place, key) === undefined ? undefined : member(place, key));
}
