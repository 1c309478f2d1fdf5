import { encode } from '@msgpack/msgpack';
import {
  HEADER_BYTES,
  MAGIC,
  readContainer,
  type Section,
} from '../../../src/quantize/container.js';
import { crc32 } from '../../../src/quantize/crc32.js';

/** A frame of any payload, with the right magic, version, length and checksum, so that the checks behind them are reached. */
export function framePayload(payload: Uint8Array): Uint8Array {
  const blob = new Uint8Array(HEADER_BYTES + payload.length);
  const view = new DataView(blob.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, 1, true);
  view.setUint32(8, payload.length, true);
  view.setUint32(12, crc32(payload), true);
  blob.set(payload, HEADER_BYTES);
  return blob;
}

/** A blob of sections as they are given: names may occur twice, as no writer of maps would have them. */
export function frameSections(sections: readonly Section[]): Uint8Array {
  const parts = sections.flatMap(({ name, required, body }) => [
    encode(name),
    encode([required, body]),
  ]);
  return framePayload(concat([mapHeader(sections.length), ...parts]));
}

/** The sections of a blob that is right; the bodies are copies. */
export function sectionsOf(blob: Uint8Array): Section[] {
  return readContainer(blob).map((section) => ({ ...section, body: section.body.slice() }));
}

/** MessagePack's 16-bit header of a map. */
export function mapHeader(count: number): Uint8Array {
  return Uint8Array.of(0xde, (count >> 8) & 0xff, count & 0xff);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
