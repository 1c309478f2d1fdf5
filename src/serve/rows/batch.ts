import { Refusal } from '../http/refusal.js';
import { type Problem, ProblemList } from './problem.js';

type Path = readonly (string | number)[];

/** The rows of a body before they are checked against the model. */
export interface Batch {
  rows: readonly unknown[];
  /** where a row stands in the request */
  pathOf: (row: number) => (string | number)[];
}

/** Rows that stand below a path, by their number. */
export function batchAt(path: Path, rows: readonly unknown[]): Batch {
  return { rows, pathOf: (row) => [...path, row] };
}

/** The whole body as the only row. */
export function rowOfBody(body: unknown): Batch {
  return { rows: [body], pathOf: () => ['body'] };
}

/** @throws {Refusal} 422 when there are more rows than a batch may have. */
export function checkRowCount(rowCount: number, maxRows: number, path: Path = ['body']): void {
  if (rowCount <= maxRows) return;
  const msg = `expected at most ${maxRows} rows, got ${rowCount}`;
  const problem: Problem = { loc: [...path], msg, type: 'too_long' };
  throw new Refusal(422, [problem]);
}

/**
 * The rows of a JSON body: an array of records, or `{ "instances": [...] }`.
 * @throws {Refusal} 422 when it is neither, or there are too many rows.
 */
export function rowsOfJson(body: unknown, maxRows: number): Batch {
  if (Array.isArray(body)) {
    checkRowCount(body.length, maxRows);
    return batchAt(['body'], body);
  }
  const problems = new ProblemList(2);
  const path = ['body', 'instances'];
  if (typeof body !== 'object' || body === null) {
    problems.add('list_type', ['body'], 'expected an array of records, or { "instances": [...] }');
    throw new Refusal(422, problems.problems);
  }
  const { instances } = body as { instances?: unknown };
  const other = Object.keys(body).find((name) => name !== 'instances');
  if (other !== undefined) {
    const hint = 'expected an array of records, or "instances" and nothing else';
    problems.add('extra_forbidden', ['body', other.slice(0, 100)], hint);
  }
  if (!Object.hasOwn(body, 'instances')) problems.add('missing', path, 'field required');
  else if (!Array.isArray(instances))
    problems.add('list_type', path, 'expected an array of records');
  problems.refuseIfAny();
  const rows = instances as unknown[];
  checkRowCount(rows.length, maxRows, path);
  return batchAt(path, rows);
}

/**
 * The rows of a body of JSON lines; empty lines are none.
 * @throws {Refusal} 400 naming the line that is not JSON, 422 when there are too many.
 */
export function rowsOfLines(text: string, maxRows: number): Batch {
  const rows: unknown[] = [];
  let line = 0;
  for (let start = 0; start < text.length; ) {
    let end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    const content = text.slice(start, end).trim();
    line++;
    start = end + 1;
    if (content === '') continue;
    if (rows.length === maxRows) checkRowCount(rows.length + 1, maxRows);
    try {
      rows.push(JSON.parse(content));
    } catch {
      throw new Refusal(400, `line ${line} of the body is not valid JSON`);
    }
  }
  return batchAt(['body'], rows);
}
