const BYTE = 255;

/** Entry `256 k + byte`: what a byte does to the remainder when k more follow it in a step. */
const TABLE = new Int32Array(4 * 256);
for (let at = 0; at < TABLE.length; at++) {
  let value = at < 256 ? at : TABLE[at - 256]!;
  for (let bit = 0; bit < 8; bit++) value = (value & 1 ? 0xedb88320 : 0) ^ (value >>> 1);
  TABLE[at] = value;
}

/**
 * CRC-32 (ISO 3309, the one of zip and PNG) as an unsigned 32-bit integer, four bytes a step. O(bytes).
 * M. E. Kounavis and F. L. Berry, A Systematic Approach to Building High Performance Software-Based CRC Generators, 2005.
 */
export function crc32(bytes: Uint8Array): number {
  const words = new Int32Array(bytes.slice(0, bytes.length & ~3).buffer);
  let crc = -1;
  for (let i = 0; i < words.length; i++) {
    crc ^= words[i]!;
    crc =
      TABLE[768 + (crc & BYTE)]! ^
      TABLE[512 + ((crc >> 8) & BYTE)]! ^
      TABLE[256 + ((crc >> 16) & BYTE)]! ^
      TABLE[crc >>> 24]!;
  }
  for (let i = 4 * words.length; i < bytes.length; i++) {
    crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[i]!) & BYTE]!;
  }
  return ~crc >>> 0;
}
