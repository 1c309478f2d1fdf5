import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { formatCsvRow } from '../data/formatCsvRow.js';

/** Writes a CSV file that appears whole or not at all. */
export class CsvWriter {
  private readonly path: string;
  private readonly partPath: string;
  private readonly stream: WriteStream;
  private failure: unknown;

  /** @param path - the file that {@link close} leaves; till then the rows go to a file beside it. */
  constructor(path: string) {
    this.path = path;
    this.partPath = `${path}.${process.pid}.part`;
    this.stream = createWriteStream(this.partPath);
    this.stream.on('error', (error) => (this.failure = error));
  }

  /** Appends rows; resolves when the stream takes more. */
  async write(rows: Iterable<readonly string[]>): Promise<void> {
    let text = '';
    for (const row of rows) text += formatCsvRow(row);
    if (this.failure) throw this.failure;
    if (!this.stream.write(text)) await once(this.stream, 'drain');
  }

  /** Finishes the file and puts it in its place. */
  async close(): Promise<void> {
    if (this.failure) throw this.failure;
    this.stream.end();
    await finished(this.stream);
    await rename(this.partPath, this.path);
  }

  /** Leaves nothing behind. */
  async abort(): Promise<void> {
    this.stream.destroy();
    await finished(this.stream).catch(() => undefined);
    await rm(this.partPath, { force: true });
  }
}

/**
 * Writes a CSV file: `produce` hands over the rows, the file appears when it is done, and not when it throws.
 * @throws whatever `produce` throws.
 */
export async function writeCsv(
  path: string,
  produce: (writer: CsvWriter) => Promise<void>,
): Promise<void> {
  const writer = new CsvWriter(path);
  try {
    await produce(writer);
    await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}
