import { nearest } from '../../core/check.js';
import { parseDecimal } from '../../data/parseDecimal.js';
import type { Field } from '../../model/schema.js';
import { type Batch, batchAt, checkRowCount } from './batch.js';
import { csvCells } from './csvCells.js';
import { ID_FIELD } from './predictionId.js';
import { ProblemList } from './problem.js';

const LONGEST_ECHO = 100;

/**
 * The rows of a CSV body, whose header names the fields of the model in any order, and `prediction_id` if it likes. An
 * empty cell is a missing value, a number is written as a decimal; what comes out is what JSON would have said.
 * @throws {Refusal} 400 on broken quoting; 422 on a wrong header, rows of another width, cells that are no number, and
 * too many rows.
 */
export function rowsOfCsv(
  text: string,
  fields: readonly Field[],
  maxRows: number,
  maxProblems: number,
): Batch {
  const problems = new ProblemList(maxProblems);
  const [header = [], ...records] = csvCells(text.replace(/^\uFEFF/, ''), maxRows + 1);
  checkRowCount(records.length, maxRows);
  checkHeader(header, fields, problems);
  problems.refuseIfAny();
  const columns = header.map((name) => {
    const isNumber = fields.find((field) => field.name === name)?.type === 'number';
    return { name, read: isNumber ? numberOf : textOf };
  });
  const rows: Record<string, unknown>[] = [];
  for (let row = 0; row < records.length && !problems.full; row++) {
    const cells = records[row]!;
    if (cells.length !== header.length) {
      const message = `expected ${header.length} cells as in the header, got ${cells.length}`;
      problems.add('list_type', ['body', row], message);
      continue;
    }
    const record: Record<string, unknown> = {};
    for (const [index, { name, read }] of columns.entries()) {
      const value = read(cells[index]!);
      if (value === undefined) {
        problems.add('float_parsing', ['body', row, name], 'expected a decimal number or nothing');
      } else if (name !== ID_FIELD || value !== null) setOwn(record, name, value);
    }
    rows.push(record);
  }
  problems.refuseIfAny();
  return batchAt(['body'], rows);
}

function checkHeader(
  header: readonly string[],
  fields: readonly Field[],
  problems: ProblemList,
): void {
  const names = fields.map(({ name }) => name);
  for (const name of names) {
    if (header.includes(name)) continue;
    problems.add('missing', ['body', 'header', name], 'the header lacks this field of the model');
  }
  for (const [index, name] of header.entries()) {
    const loc = ['body', 'header', name.slice(0, LONGEST_ECHO)];
    if (header.indexOf(name) < index) problems.add('value_error', loc, 'the header names it twice');
    else if (name !== ID_FIELD && !names.includes(name)) {
      const guess = name.length <= LONGEST_ECHO ? nearest(name, names) : undefined;
      const hint = guess === undefined ? '' : `; did you mean "${guess}"?`;
      problems.add('extra_forbidden', loc, `the model has no such field${hint}`);
    }
    if (problems.full) return;
  }
}

/** Undefined when the cell is no number. */
function numberOf(cell: string): number | null | undefined {
  if (cell === '') return null;
  const value = parseDecimal(cell);
  return Number.isNaN(value) ? undefined : value;
}

function textOf(cell: string): string | null {
  return cell === '' ? null : cell;
}

/** A field may be called `__proto__`, which an assignment would take for something else. */
function setOwn(record: Record<string, unknown>, name: string, value: unknown): void {
  if (name in record) {
    Object.defineProperty(record, name, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  } else record[name] = value;
}
