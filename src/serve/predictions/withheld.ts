import { checkKnownKeys, nearest } from '../../core/check.js';
import { ConfigError } from '../../core/errors.js';
import type { Field } from '../../model/schema.js';

/** What the prediction log must not hold. A log with less than everything cannot be replayed. */
export interface WithheldFields {
  /** fields that are left out; `'all'` for every one */
  omit?: readonly string[] | 'all';
  /** fields of which a keyed hash is written instead: equal values stay equal, and are not told */
  hash?: readonly string[];
  /** text → its keyed hash (HMAC, say), and needed when `hash` names a field */
  hashText?: (text: string) => string;
}

/** How a field goes into the log: as it is, as its hash, or not at all. */
export type FieldLogging = 'plain' | 'omitted' | ((value: unknown) => string);

/**
 * How each field goes into the log, in the order of the fields. A hash is written as `{"hash":"..."}`, so that it is never taken for a value; a
 * missing value stays null.
 * @throws {ConfigError} on a field that the model does not have, or hashes without a way to make them.
 */
export function fieldLogging(
  fields: readonly Field[],
  withheld: WithheldFields = {},
): FieldLogging[] {
  checkKnownKeys('log field option', withheld, ['omit', 'hash', 'hashText']);
  const { omit = [], hash = [], hashText } = withheld;
  const names = fields.map(({ name }) => name);
  for (const name of [...(omit === 'all' ? [] : omit), ...hash]) {
    if (names.includes(name)) continue;
    const near = nearest(name, names);
    throw new ConfigError(
      `the model has no field "${name}" to keep out of the log${near ? `; did you mean "${near}"?` : `; it has ${names.join(', ')}`}`,
    );
  }
  if (hash.length > 0 && !hashText) throw new ConfigError('"hash" needs "hashText"');
  return names.map((name) => {
    if (omit === 'all' || omit.includes(name)) return 'omitted';
    return hash.includes(name) ? (value) => hashed(value, hashText!) : 'plain';
  });
}

function hashed(value: unknown, hashText: (text: string) => string): string {
  if (value === null || value === undefined) return 'null';
  return `{"hash":${JSON.stringify(hashText(String(value)))}}`;
}
