import { DataError } from '../core/errors.js';
import type { Table } from '../core/table.js';
import { TableBuilder } from '../data/index.js';
import { featureMatrix } from '../model/feature.js';
import type { Scorer } from '../score/index.js';
import { readCsv } from './csv.js';

/** Rows of a file, scored. */
export interface ScoredBatch {
  header: readonly string[];
  /** the cells as they stand in the file, one array a row */
  rows: readonly (readonly string[])[];
  /** the fields of the model, typed */
  table: Table;
  /** row-major, `scorer.outputCount` a row: probabilities, or numbers */
  predictions: Float32Array;
}

/**
 * Scores a CSV file some hundreds of rows at a time, in the file's order, in constant memory.
 * @param missingTokens - the cells that mean missing, as in training.
 * @param onBatch - reading waits for it.
 * @returns how many rows there were.
 * @throws {DataError} with `file:line:column` when the file lacks a field of the model or a cell is not what it should be.
 */
export async function scoreFile(
  path: string,
  scorer: Scorer,
  missingTokens: readonly string[],
  onBatch: (batch: ScoredBatch) => void | Promise<void>,
): Promise<number> {
  const { fields } = scorer.schema;
  const options = {
    types: Object.fromEntries(fields.map(({ name, type }) => [name, type])),
    columns: fields.map(({ name }) => name),
    missingTokens,
  };
  let header: readonly string[] | undefined;
  let headerLine = 1;
  let rowCount = 0;
  await readCsv(path, async (records) => {
    let start = 0;
    if (!header) {
      const [first] = records;
      header = first!.cells;
      headerLine = first!.line;
      checkFields(path, headerLine, header, options.columns);
      start = 1;
    }
    if (records.length === start) return;
    const builder = new TableBuilder(header, headerLine, path, options);
    const rows: string[][] = [];
    for (let i = start; i < records.length; i++) {
      const { cells, line } = records[i]!;
      builder.addRow(cells, line);
      rows.push(cells);
    }
    const { table } = builder.finish();
    const predictions = scorer.predict(featureMatrix(fields, scorer.features, table));
    rowCount += rows.length;
    await onBatch({ header, rows, table, predictions });
  });
  if (!header) throw new DataError('expected a header, got an empty file', { file: path });
  return rowCount;
}

function checkFields(
  file: string,
  line: number,
  header: readonly string[],
  names: readonly string[],
): void {
  const absent = names.filter((name) => !header.includes(name));
  if (absent.length === 0) return;
  throw new DataError(
    `expected the fields of the model; missing: ${absent.join(', ')}; there are: ${header.join(', ')}`,
    { file, line, column: 1 },
  );
}
