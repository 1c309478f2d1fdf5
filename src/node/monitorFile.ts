import { DataError } from '../core/errors.js';
import type { Label, Monitor } from '../monitor/index.js';
import type { Scorer } from '../score/index.js';
import { readCsv } from './csv.js';
import { type ScoredBatch, scoreFile } from './scoreFile.js';

/** What a file's rows are kept apart by: their position, a column that tells the time, or a column whose values are the windows. */
export type RowPlaces =
  | { kind: 'position' }
  | { kind: 'time'; column: string }
  | { kind: 'name'; column: string; names: readonly string[]; ordered: boolean };

export interface MonitoredFile {
  rowCount: number;
  /** rows whose label was taken: those with a class of the model, or a number, in the target's column */
  labelCount: number;
}

/**
 * Scores the rows of a CSV file and counts them, in constant memory but for what the monitor keeps. Where the file has the
 * model's target, labels are taken too. Mutates `monitor`.
 * @param missingTokens - the cells that mean missing, as in training
 * @throws {DataError} when the file cannot be read, lacks a field or a column that is asked for, or a time is none.
 */
export async function monitorFile(
  path: string,
  {
    scorer,
    monitor,
    missingTokens,
    places,
  }: {
    scorer: Scorer;
    monitor: Monitor;
    missingTokens: readonly string[];
    places: RowPlaces;
  },
): Promise<MonitoredFile> {
  const { target } = scorer.schema;
  let rowCount = 0;
  let labelCount = 0;
  await scoreFile(path, scorer, missingTokens, (batch) => {
    const { header, rows, table, predictions } = batch;
    const at = placesOf(path, batch, places, rowCount);
    const ids = rows.map((_, row) => `row ${rowCount + row}`);
    monitor.record(table, predictions, ids, at);
    const column = header.indexOf(target.name);
    if (column >= 0) {
      rows.forEach((cells, row) => {
        const label = labelOf(cells[column]!, scorer.task, missingTokens, ids[row]!);
        if (label) labelCount += monitor.labels([label], at[row]!).accepted;
      });
    }
    rowCount += rows.length;
  });
  return { rowCount, labelCount };
}

/**
 * The distinct values of a column: numbers by size, which is an order to follow them in, others by their letters, which is none.
 * @throws {DataError} when there is no such column, or it has more than `limit` values.
 */
export async function namesIn(
  path: string,
  column: string,
  limit: number,
): Promise<{ names: string[]; ordered: boolean }> {
  let index: number | undefined;
  const names = new Set<string>();
  await readCsv(path, (records) => {
    for (const { cells } of records) {
      if (index === undefined) index = indexOfColumn(path, cells, column);
      else names.add(cells[index]!);
    }
    if (names.size <= limit) return;
    throw new DataError(
      `column "${column}" expected at most ${limit} distinct values to make windows of`,
      { file: path },
    );
  });
  const sorted = [...names].sort((a, b) => (a < b ? -1 : 1));
  const isDate = sorted.every((name) => /^\d{4}-\d\d/.test(name));
  const isNumeric = sorted.every((name) => name !== '' && Number.isFinite(Number(name)));
  if (isNumeric) sorted.sort((a, b) => Number(a) - Number(b));
  return { names: sorted, ordered: isNumeric || isDate };
}

function placesOf(
  path: string,
  { header, rows }: ScoredBatch,
  places: RowPlaces,
  rowsBefore: number,
): Float64Array {
  if (places.kind === 'position') return Float64Array.from(rows, (_, row) => rowsBefore + row);
  const column = indexOfColumn(path, header, places.column);
  if (places.kind === 'name') {
    const indices = new Map(places.names.map((name, index) => [name, index]));
    return Float64Array.from(rows, (cells) => indices.get(cells[column]!)!);
  }
  return Float64Array.from(rows, (cells, row) => {
    const time = timeOf(cells[column]!);
    if (time !== undefined) return time;
    throw new DataError(
      `row ${rowsBefore + row + 1}: "${places.column}" expected a time, as ISO 8601, or in seconds or milliseconds since 1970, got ${JSON.stringify(cells[column])}`,
      { file: path },
    );
  });
}

function indexOfColumn(path: string, header: readonly string[], column: string): number {
  const index = header.indexOf(column);
  if (index >= 0) return index;
  throw new DataError(`there is no column "${column}"; there are ${header.join(', ')}`, {
    file: path,
    line: 1,
  });
}

/** What is below it are seconds: in milliseconds it would be in 1973. */
const LEAST_MILLISECONDS = 1e11;

/** Milliseconds since 1970. A time of day without an offset is UTC, so that a report does not depend on where it is made. */
function timeOf(cell: string): number | undefined {
  if (/^\d{9,}(\.\d+)?$/.test(cell)) {
    const count = Number(cell);
    return count < LEAST_MILLISECONDS ? 1000 * count : count;
  }
  const parts =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?$/.exec(cell);
  if (!parts) return undefined;
  const [, day, clock, offset = 'Z'] = parts;
  const time = Date.parse(clock === undefined ? day! : `${day}T${clock}${offset}`);
  return Number.isNaN(time) ? undefined : time;
}

function labelOf(
  cell: string,
  task: Scorer['task'],
  missingTokens: readonly string[],
  id: string,
): Label | undefined {
  if (missingTokens.includes(cell)) return undefined;
  return { prediction_id: id, label: task === 'regression' ? Number(cell) : cell };
}
