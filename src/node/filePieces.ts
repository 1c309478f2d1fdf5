import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { DataError } from '../core/errors.js';

/** What a file is, byte for byte (as it stands on the disk, compressed or not). */
export interface FileDigest {
  /** in hex */
  sha256: string;
  byteCount: number;
}

const PIECE_BYTES = 1 << 18;

/** The digest of a file. */
export async function digestFile(path: string): Promise<FileDigest> {
  const hash = createHash('sha256');
  let byteCount = 0;
  try {
    for await (const bytes of createReadStream(path)) {
      hash.update(bytes);
      byteCount += bytes.length;
    }
  } catch (error) {
    throw readProblem(path, error);
  }
  return { sha256: hash.digest('hex'), byteCount };
}

/**
 * The text of a file in pieces, decompressed and decoded.
 * @param onBytes - sees the bytes of the file as they are read.
 */
export async function* textPieces(
  path: string,
  onBytes?: (bytes: Uint8Array) => void,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const bytes of contentPieces(path, onBytes)) {
    yield decoder.decode(bytes, { stream: true });
  }
  yield decoder.decode();
}

/** The bytes of a file in pieces, decompressed. */
export async function* contentPieces(
  path: string,
  onBytes?: (bytes: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  const raw = rawPieces(path, onBytes);
  const first = await raw.next();
  if (first.done) return;
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) {
    yield first.value;
    yield* raw;
    return;
  }
  const compressed = async function* (): AsyncGenerator<Uint8Array> {
    yield first.value;
    yield* raw;
  };
  const gunzip = createGunzip({ chunkSize: PIECE_BYTES });
  // an error of either stream ends the iteration below
  yield* pipeline(Readable.from(compressed()), gunzip, () => undefined);
}

async function* rawPieces(
  path: string,
  onBytes?: (bytes: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  for await (const bytes of createReadStream(path, { highWaterMark: PIECE_BYTES })) {
    onBytes?.(bytes);
    yield bytes;
  }
}

/** Says in our words why a file cannot be read; an error of another kind is returned as it is. */
export function readProblem(path: string, error: unknown): unknown {
  const { code, message, syscall } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new DataError('no such file', { file: path }, { cause: error });
  // the codes of zlib
  if (code?.startsWith('Z_')) {
    const problem = `expected a whole gzip file: ${message}`;
    return new DataError(problem, { file: path }, { cause: error });
  }
  if (!syscall) return error;
  return new DataError(`cannot be read: ${message}`, { file: path }, { cause: error });
}
