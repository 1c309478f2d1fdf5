import type { ProblemList } from './problem.js';

/** The key under which a record may bring an id of its own. */
export const ID_FIELD = 'prediction_id';

const ID_PATTERN = /^[\w.:~-]{1,128}$/;

/** Whether a value may name a prediction: short, and safe in a log, a header and an address. */
export function isPredictionId(value: unknown): value is string {
  return typeof value === 'string' && ID_PATTERN.test(value);
}

/** A record apart from the id that it brings; undefined or null is none. */
export function splitId(value: unknown): { record: unknown; id: unknown } {
  if (typeof value !== 'object' || value === null) return { record: value, id: undefined };
  const { [ID_FIELD]: id } = value as Readonly<Record<string, unknown>>;
  if (id === undefined) return { record: value, id };
  const { [ID_FIELD]: _, ...record } = value as Readonly<Record<string, unknown>>;
  return { record, id: id ?? undefined };
}

/** Says what is wrong with the ids of a request: those that are none, and those given twice. */
export function checkIds(
  ids: readonly unknown[],
  pathOf: (row: number) => (string | number)[],
  problems: ProblemList,
): void {
  const seen = new Set<unknown>();
  for (let row = 0; row < ids.length && !problems.full; row++) {
    const id = ids[row];
    // a record without an id gets one
    if (id === undefined) continue;
    if (!isPredictionId(id)) {
      const message = 'expected 1 to 128 letters, digits or any of _ . : ~ -';
      problems.add('string_pattern_mismatch', pathOf(row), message);
    } else if (seen.has(id)) {
      problems.add('value_error', pathOf(row), 'another row of the batch has the same id');
    }
    seen.add(id);
  }
}

/** Gives predictions ids: unguessable in front, counted behind. Nothing is drawn before the first is needed. */
export function createIdMaker(): () => string {
  let prefix: string | undefined;
  let count = 0;
  return () => {
    // some edge workers have no randomness before their first request
    prefix ??= randomHex(10);
    return `${prefix}-${(count++).toString(36)}`;
  };
}

function randomHex(byteCount: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(byteCount));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
