import { createHash } from 'node:crypto';
import { DataError } from '../core/errors.js';
import { CellError } from '../data/cellError.js';
import { locateBadByte, locateCell, locateQuoteFault } from './csvLocation.js';
import { type CsvRecord, CsvRecords, QuotingError } from './csvRecords.js';
import { type FileDigest, readProblem, textPieces } from './filePieces.js';

/**
 * Reads a CSV file, plain or gzipped (told by its first bytes), and hands its records over in order, the header first.
 *
 * UTF-8, with or without a byte order mark; lines end with LF, CRLF or CR; quoted cells may hold line ends. Empty lines
 * are no records. A {@link CellError} that `onRecords` throws comes out as a {@link DataError} with the exact column.
 * @param onRecords - takes some hundreds of records at a time; reading waits for it.
 * @returns the digest of the whole file.
 * @throws {DataError} when the file cannot be read, is not UTF-8, or breaks the quoting rules.
 */
export async function readCsv(
  path: string,
  onRecords: (records: CsvRecord[]) => void | Promise<void>,
): Promise<FileDigest> {
  const hash = createHash('sha256');
  let byteCount = 0;
  const records = new CsvRecords();
  try {
    const pieces = textPieces(path, (bytes) => {
      hash.update(bytes);
      byteCount += bytes.length;
    });
    for await (const piece of pieces) {
      const batch = await records.read(piece);
      if (batch.length > 0) await onRecords(batch);
    }
    const last = await records.end();
    if (last.length > 0) await onRecords(last);
  } catch (error) {
    throw await explain(path, error);
  } finally {
    records.destroy();
  }
  return { sha256: hash.digest('hex'), byteCount };
}

/** Turns what went wrong into a {@link DataError} that says where, by reading the file again. */
async function explain(path: string, error: unknown): Promise<unknown> {
  if (error instanceof CellError) return locateCell(path, error);
  if (error instanceof QuotingError) return locateQuoteFault(path, error);
  if ((error as { code?: string }).code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
    return locateBadByte(path);
  }
  return readProblem(path, error);
}
