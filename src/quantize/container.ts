import { show } from '../core/check.js';
import { FormatError } from '../core/errors.js';
import { crc32 } from './crc32.js';
import { type Packed, readMessagePack } from './messagePack.js';

/** "CPPC" */
export const MAGIC = [0x43, 0x50, 0x50, 0x43] as const;
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
  if (!(blob instanceof Uint8Array)) throw new FormatError('a blob is a Uint8Array');
  const content = readMessagePack(checkedPayload(blob), 'blob');
  if (!(content instanceof Map))
    throw new FormatError('blob: the payload is not a map of sections');
  return [...content].map(([name, entry]) => readEntry(name, entry));
}

function checkedPayload(blob: Uint8Array): Uint8Array {
  if (blob.length < HEADER_BYTES) {
    throw new FormatError(`blob: ${blob.length} bytes are less than the header's ${HEADER_BYTES}`);
  }
  if (blob.length > MAX_BLOB_BYTES) {
    throw new FormatError(`blob: ${blob.length} bytes are more than ${MAX_BLOB_BYTES}`);
  }
  if (MAGIC.some((byte, index) => blob[index] !== byte)) {
    throw new FormatError('blob: it does not begin with "CPPC", this is no coppice blob');
  }
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const version = view.getUint32(4, true);
  if (version !== BLOB_VERSION) {
    throw new FormatError(`blob: version ${version}, this reader knows version ${BLOB_VERSION}`);
  }
  const length = view.getUint32(8, true);
  if (length !== blob.length - HEADER_BYTES) {
    throw new FormatError(
      `blob: the header says ${length} bytes of payload, there are ${blob.length - HEADER_BYTES}`,
    );
  }
  // a plain view: Node's Buffer is a Uint8Array whose slice() shares its pooled memory instead of copying
  const payload = new Uint8Array(
    blob.buffer,
    blob.byteOffset + HEADER_BYTES,
    blob.byteLength - HEADER_BYTES,
  );
  const stored = view.getUint32(12, true);
  const computed = crc32(payload);
  if (stored !== computed) {
    throw new FormatError(
      `blob: corrupted; the checksum is ${computed.toString(16)}, the header says ${stored.toString(16)}`,
    );
  }
  return payload;
}

function readEntry(name: string, entry: Packed): Section {
  if (Array.isArray(entry) && entry.length === 2) {
    const [required, body] = entry;
    if (typeof required === 'boolean' && body instanceof Uint8Array) {
      return { name, required, body };
    }
  }
  throw new FormatError(`blob: section ${show(name)} is not [required, bytes]`);
}
