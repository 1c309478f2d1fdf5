import { show } from '../core/check.js';
import { FormatError } from '../core/errors.js';
import { at, binary, container, record, truth } from '../core/place.js';
import { crc32 } from './crc32.js';
import { readMessagePack } from './messagePack.js';

/** "CPPC", read as a little-endian integer */
export const MAGIC = 0x43505043;
export const BLOB_VERSION = 1;
/** magic, version, payload length, CRC-32 of the payload */
export const HEADER_BYTES = 16;
/** Blobs above this are refused before anything is read. */
const MAX_BLOB_BYTES: number = 1 << 29;

/** A named part of a blob. A reader that does not know an optional section skips it; an unknown required one is an error. */
export interface Section {
  name: string;
  required: boolean;
  /** one MessagePack value; for free sections, any bytes */
  body: Uint8Array;
}

/**
 * Checks the header and the checksum and returns the sections, in order; their bodies are views of `blob`.
 * @throws {FormatError} saying what was seen and what was expected.
 */
export function readContainer(blob: Uint8Array): Section[] {
  const payload = readMessagePack(checkedPayload(blob), 'blob');
  const sections = container({ value: { blob: payload }, path: '' }, 'blob');
  const section = record({ required: at(0, truth), body: at(1, binary) });
  return Object.keys(sections.value).map((name) => ({ name, ...section(sections, name) }));
}

function checkedPayload(blob: Uint8Array): Uint8Array {
  if (!(blob instanceof Uint8Array)) fail('a Uint8Array', show(blob));
  const { buffer, byteOffset, length } = blob;
  if (length < HEADER_BYTES || length > MAX_BLOB_BYTES) {
    fail(`${HEADER_BYTES} to ${MAX_BLOB_BYTES} bytes`, length);
  }
  // plain views: Node's Buffer is a Uint8Array whose slice() shares its pooled memory instead of copying
  const payload = new Uint8Array(buffer, byteOffset + HEADER_BYTES, length - HEADER_BYTES);
  const header = new DataView(buffer, byteOffset);
  const field = (offset: number): number => header.getUint32(offset, true);
  if (field(0) !== MAGIC) fail('"CPPC" at the beginning', 'other bytes: this is no coppice blob');
  if (field(4) !== BLOB_VERSION) fail(`version ${BLOB_VERSION}`, `version ${field(4)}`);
  if (field(8) !== payload.length) fail(`${field(8)} bytes of payload`, payload.length);
  const checksum = crc32(payload);
  if (field(12) !== checksum) {
    fail(`the checksum ${field(12)}`, `${checksum}: the blob is corrupted`);
  }
  return payload;
}

function fail(expected: string, seen: string | number): never {
  throw new FormatError(`blob: expected ${expected}, got ${seen}`);
}
