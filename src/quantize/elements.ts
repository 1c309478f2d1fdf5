import { binary, inside, type Reader, refuse } from '../core/place.js';

/** A kind of typed array. */
export interface Elements<T> {
  new (buffer: ArrayBuffer): T;
  BYTES_PER_ELEMENT: number;
}

/**
 * Little-endian elements out of a binary string, copied so that they are aligned.
 * @param count - how many there are to be; any number when absent
 * @param item - checks each of them
 */
export function elements<T extends { length: number }>(
  Type: Elements<T>,
  count?: number,
  item?: Reader<number>,
): Reader<T> {
  return (place, key) => {
    const bytes = binary(place, key);
    const width = Type.BYTES_PER_ELEMENT;
    if (bytes.length % width !== 0) refuse(place, key, `a multiple of ${width} bytes`);
    const read = new Type(bytes.slice().buffer as ArrayBuffer);
    if (count !== undefined && read.length !== count) {
      refuse(place, key, `${count} elements`, read.length);
    }
    if (item) {
      const items = inside(place, key, read);
      for (let i = 0; i < read.length; i++) item(items, i);
    }
    return read;
  };
}
