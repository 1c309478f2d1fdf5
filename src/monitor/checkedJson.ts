import { show } from '../core/check.js';
import { FormatError } from '../core/errors.js';
import { readNumber } from '../core/json.js';

/** A JSON object that came from outside: every part is checked as it is read. */
export type Json = Readonly<Record<string, unknown>>;

/** @throws {FormatError} naming the part, what was expected and what was seen; so do all below. */
export function object(value: unknown, path: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw wrong(path, 'an object', value);
}

export function array(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw wrong(path, 'an array', value);
}

export function text(value: unknown, path: string): string {
  if (typeof value === 'string') return value;
  throw wrong(path, 'a string', value);
}

export function texts(value: unknown, path: string): string[] {
  return array(value, path).map((item, i) => text(item, `${path}[${i}]`));
}

/** A finite number. */
export function number(value: unknown, path: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw wrong(path, 'a finite number', value);
}

/** A number or an infinity, which JSON holds as a string. */
export function numberOrInfinity(value: unknown, path: string): number {
  const read = readNumber(value);
  if (read !== undefined && !Number.isNaN(read)) return read;
  throw wrong(path, 'a number or an infinity', value);
}

export function nonNegative(value: unknown, path: string): number {
  if (number(value, path) >= 0) return value as number;
  throw wrong(path, 'a number >= 0', value);
}

/** A number in [0, 1]. */
export function rate(value: unknown, path: string): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value;
  throw wrong(path, 'a number in [0, 1]', value);
}

/** A whole number >= 0 that float64 holds exactly. */
export function count(value: unknown, path: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw wrong(path, 'a count', value);
}

/** A whole number that float64 holds exactly. */
export function integer(value: unknown, path: string): number {
  if (Number.isSafeInteger(value)) return value as number;
  throw wrong(path, 'a whole number', value);
}

/** A list of one length, each item read by `read`. */
export function list<T>(
  value: unknown,
  path: string,
  length: number,
  read: (item: unknown, path: string) => T,
): T[] {
  const items = array(value, path);
  if (items.length !== length) throw wrong(path, `${length} items`, items.length);
  return items.map((item, i) => read(item, `${path}[${i}]`));
}

export function wrong(path: string, expected: string, seen: unknown): FormatError {
  return new FormatError(`"${path}" expected ${expected}, got ${show(seen)}`);
}
