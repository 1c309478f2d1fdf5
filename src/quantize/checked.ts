import { show } from '../core/check.js';
import { FormatError } from '../core/errors.js';
import type { Packed } from './messagePack.js';

/**
 * Reads fields out of decoded sections. Each takes the path of the value, which the {@link FormatError} names.
 */

function wrong(path: string, expected: string, seen: Packed | undefined): never {
  throw new FormatError(`${path}: expected ${expected}, got ${describe(seen)}`);
}

function describe(value: Packed | undefined): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (value instanceof Map) return 'a map';
  return value === undefined ? 'nothing' : show(value);
}

export function asMap(value: Packed | undefined, path: string): Map<string, Packed> {
  return value instanceof Map ? value : wrong(path, 'a map', value);
}

export function asList(
  value: Packed | undefined,
  path: string,
  minimum: number,
  maximum: number,
): Packed[] {
  if (!Array.isArray(value)) return wrong(path, 'an array', value);
  if (value.length >= minimum && value.length <= maximum) return value;
  throw new FormatError(`${path}: expected ${minimum} to ${maximum} entries, got ${value.length}`);
}

export function asText(value: Packed | undefined, path: string): string {
  return typeof value === 'string' ? value : wrong(path, 'a string', value);
}

export function asOneOf<T extends string>(
  value: Packed | undefined,
  path: string,
  choices: readonly T[],
): T {
  return choices.includes(value as T)
    ? (value as T)
    : wrong(path, choices.join(' or ') || 'nothing', value);
}

export function asBoolean(value: Packed | undefined, path: string): boolean {
  return typeof value === 'boolean' ? value : wrong(path, 'true or false', value);
}

export function asInteger(
  value: Packed | undefined,
  path: string,
  minimum: number,
  maximum: number,
): number {
  if (Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum) {
    return value as number;
  }
  return wrong(path, `an integer in [${minimum}, ${maximum}]`, value);
}

/** A number that may be infinite, but not NaN. */
export function asNumber(value: Packed | undefined, path: string): number {
  if (typeof value === 'number' && value === value) return value;
  return wrong(path, 'a number', value);
}

export function asFinite(
  value: Packed | undefined,
  path: string,
  minimum: number = -Number.MAX_VALUE,
  maximum: number = Number.MAX_VALUE,
): number {
  if (typeof value === 'number' && value >= minimum && value <= maximum) return value;
  return wrong(path, `a finite number in [${minimum}, ${maximum}]`, value);
}

function asBytes(value: Packed | undefined, path: string): Uint8Array {
  return value instanceof Uint8Array ? value : wrong(path, 'bytes', value);
}

/**
 * Little-endian elements out of a binary string, copied so that they are aligned.
 * @param count - how many there are to be; any number when absent
 */
export function asElements<T extends { length: number }>(
  value: Packed | undefined,
  path: string,
  type: { new (buffer: ArrayBuffer): T; BYTES_PER_ELEMENT: number },
  count?: number,
): T {
  const bytes = asBytes(value, path);
  if (bytes.length % type.BYTES_PER_ELEMENT !== 0) {
    wrong(path, `a multiple of ${type.BYTES_PER_ELEMENT} bytes`, value);
  }
  const elements = new type(bytes.slice().buffer as ArrayBuffer);
  if (count === undefined || elements.length === count) return elements;
  throw new FormatError(`${path}: expected ${count} elements, got ${elements.length}`);
}
