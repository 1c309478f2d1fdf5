import { type Place, refuseAt, valueAt } from '../core/place.js';

/** A binary string of a blob; a view. */
export function bytesAt(place: Place, key: string | number): Uint8Array {
  const value = valueAt(place, key);
  return value instanceof Uint8Array ? value : refuseAt(place, key, 'bytes');
}

/**
 * Little-endian elements out of a binary string, copied so that they are aligned.
 * @param count - how many there are to be; any number when absent
 */
export function elementsAt<T extends { length: number }>(
  place: Place,
  key: string | number,
  type: { new (buffer: ArrayBuffer): T; BYTES_PER_ELEMENT: number },
  count?: number,
): T {
  const bytes = bytesAt(place, key);
  const width = type.BYTES_PER_ELEMENT;
  if (bytes.length % width !== 0) refuseAt(place, key, `a multiple of ${width} bytes`);
  const elements = new type(bytes.slice().buffer as ArrayBuffer);
  if (count === undefined || elements.length === count) return elements;
  return refuseAt(place, key, `${count} elements`, String(elements.length));
}
