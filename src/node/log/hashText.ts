import { createHmac } from 'node:crypto';
import { ConfigError } from '../../core/errors.js';

const SHORTEST_KEY = 16;
const HASH_BYTES = 16;

/**
 * A keyed hash of text: HMAC-SHA-256, its first 16 bytes in hex. Equal texts stay equal; without the key they can neither
 * be told nor guessed, however few values a field has.
 * @throws {ConfigError} on a key of less than 16 bytes.
 */
export function createTextHash(key: Uint8Array): (text: string) => string {
  if (key.length < SHORTEST_KEY) {
    throw new ConfigError(
      `the key of hashed fields expected at least ${SHORTEST_KEY} bytes, got ${key.length}`,
    );
  }
  return (text) =>
    createHmac('sha256', key).update(text).digest().subarray(0, HASH_BYTES).toString('hex');
}
