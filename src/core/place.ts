import { show } from './check.js';
import { FormatError } from './errors.js';

/**
 * A map or list that came from outside (MessagePack, JSON), and the path that leads to it.
 *
 * The functions below read a member of one. When it is not what is asked for they throw a {@link FormatError} with the path of the
 * member, what was expected and what was seen. Maps have no inherited members, or are what `JSON.parse` gives.
 */
export interface Place<T extends object = object> {
  readonly value: T;
  readonly path: string;
}

type Key = string | number;

/** What stands at a key; undefined where nothing does. */
export function valueAt({ value }: Place, key: Key): unknown {
  return (value as Record<Key, unknown>)[key];
}

function pathAt({ path }: Place, key: Key): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  return path ? `${path}.${key}` : key;
}

/** A member that is known to be a map, a list or an array of numbers, as a place of its own. */
export function inside<T extends object>(place: Place, key: Key, value: T): Place<T> {
  return { value, path: pathAt(place, key) };
}

/** Refuses what stands at a key. @param seen - what the message shows instead of it. */
export function refuseAt(
  place: Place,
  key: Key,
  expected: string,
  seen: string = describe(valueAt(place, key)),
): never {
  throw new FormatError(`${pathAt(place, key)}: expected ${expected}, got ${seen}`);
}

function describe(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return value === undefined ? 'nothing' : show(value);
}

export function mapAt(place: Place, key: Key): Place {
  const value = valueAt(place, key);
  const isMap = typeof value === 'object' && value && !Array.isArray(value);
  if (!isMap || ArrayBuffer.isView(value)) refuseAt(place, key, 'a map');
  return inside(place, key, value as object);
}

/** @param minimum, maximum - entries that it may have */
export function listAt(
  place: Place,
  key: Key,
  minimum: number,
  maximum: number,
): Place<readonly unknown[]> {
  const value = valueAt(place, key);
  if (!Array.isArray(value)) refuseAt(place, key, 'an array');
  const { length } = value as unknown[];
  if (length < minimum || length > maximum) {
    refuseAt(place, key, `${minimum} to ${maximum} entries`, String(length));
  }
  return inside(place, key, value as unknown[]);
}

/** What `read` makes of each entry of a list. */
export function entriesAt<T>(
  place: Place,
  key: Key,
  minimum: number,
  maximum: number,
  read: (list: Place, index: number) => T,
): T[] {
  const list = listAt(place, key, minimum, maximum);
  return list.value.map((_, index) => read(list, index));
}

export function textAt(place: Place, key: Key): string {
  const value = valueAt(place, key);
  return typeof value === 'string' ? value : refuseAt(place, key, 'a string');
}

export function booleanAt(place: Place, key: Key): boolean {
  const value = valueAt(place, key);
  return typeof value === 'boolean' ? value : refuseAt(place, key, 'true or false');
}

export function oneOfAt<T extends string>(place: Place, key: Key, choices: readonly T[]): T {
  const value = valueAt(place, key) as T;
  return choices.includes(value) ? value : refuseAt(place, key, choices.join(' or ') || 'nothing');
}

export function integerAt(place: Place, key: Key, minimum: number, maximum: number): number {
  const value = valueAt(place, key) as number;
  return Number.isInteger(value) && value >= minimum && value <= maximum
    ? value
    : refuseAt(place, key, `an integer in [${minimum}, ${maximum}]`);
}

/** A number that is not NaN; finite unless the bounds say otherwise. */
export function numberAt(
  place: Place,
  key: Key,
  minimum: number = -Number.MAX_VALUE,
  maximum: number = Number.MAX_VALUE,
): number {
  const value = valueAt(place, key);
  if (typeof value === 'number' && value >= minimum && value <= maximum) return value;
  const isAnyFinite = minimum === -Number.MAX_VALUE && maximum === -minimum;
  return refuseAt(
    place,
    key,
    isAnyFinite ? 'a finite number' : `a number in [${minimum}, ${maximum}]`,
  );
}
