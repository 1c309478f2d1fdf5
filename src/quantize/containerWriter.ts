import { encode } from '@msgpack/msgpack';
import { BLOB_VERSION, HEADER_BYTES, MAGIC, type Section } from './container.js';
import { crc32 } from './crc32.js';

/** A section out of plain data. Typed arrays become little-endian binary strings, undefined keys are left out. */
export function packSection(name: string, required: boolean, content: unknown): Section {
  return { name, required, body: encode(content, { ignoreUndefined: true, maxDepth: 600 }) };
}

/** Puts header and sections together. */
export function writeContainer(sections: readonly Section[]): Uint8Array {
  const map = Object.fromEntries(
    sections.map(({ name, required, body }) => [name, [required, body]]),
  );
  const payload = encode(map);
  const blob = new Uint8Array(HEADER_BYTES + payload.length);
  const view = new DataView(blob.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, BLOB_VERSION, true);
  view.setUint32(8, payload.length, true);
  view.setUint32(12, crc32(payload), true);
  blob.set(payload, HEADER_BYTES);
  return blob;
}
