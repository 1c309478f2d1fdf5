import { DataError } from '../core/errors.js';
import { TableBuilder, type TableOptions, type TypedTable } from '../data/tableBuilder.js';
import { readCsv } from './csv.js';
import type { FileDigest } from './filePieces.js';

/** A table, how its columns were typed, and the digest of the file it came from. */
export interface FileTable extends TypedTable, FileDigest {}

/**
 * Reads a CSV file, plain or gzipped, into a table.
 * @throws {DataError} with `file:line:column` on bad data, see {@link readCsv} and {@link TableBuilder}.
 * @throws {ConfigError} when an option names a column that the file does not have.
 */
export async function readTable(
  path: string,
  options: Partial<TableOptions> = {},
): Promise<FileTable> {
  let builder: TableBuilder | undefined;
  const digest = await readCsv(path, (records) => {
    for (const { cells, line } of records) {
      if (builder) builder.addRow(cells, line);
      else builder = new TableBuilder(cells, line, path, options);
    }
  });
  if (!builder) throw new DataError('expected a header, got an empty file', { file: path });
  return { ...builder.finish(), ...digest };
}
