import { ConfigError, FormatError } from '../core/errors.js';
import { readContainer } from './container.js';
import { type Packed, readMessagePack } from './messagePack.js';

/**
 * The drift section: a drift reference as it stands in JSON. It carries a format and a version of its own, so that this part of a
 * blob need not know what is in it.
 * @param reference - what `buildReference` of `coppice/monitor` gives
 * @throws {ConfigError} when it is no drift reference.
 */
export function packDrift(reference: object): object {
  if ((reference as { format?: unknown }).format !== 'coppice-drift-reference') {
    throw new ConfigError('"drift" expected a drift reference, as buildReference gives it');
  }
  return reference;
}

/**
 * What the drift section of a blob holds, as `JSON.parse` would give it: unchecked, `parseReference` reads it.
 * @returns undefined when the blob has none.
 * @throws {FormatError} on a wrong header or checksum, or when the section is no MessagePack.
 */
export function readDrift(blob: Uint8Array): unknown {
  const section = readContainer(blob).find(({ name }) => name === 'drift');
  return section && plainOf(readMessagePack(section.body, 'drift'));
}

function plainOf(value: Packed): unknown {
  if (Array.isArray(value)) return value.map(plainOf);
  if (value instanceof Uint8Array) throw new FormatError('drift: expected no binary strings');
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainOf(item)]));
}
