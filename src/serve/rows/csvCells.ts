import { scanRecord } from '../../data/csvRecord.js';
import { Refusal } from '../http/refusal.js';

/** Text that is more than cells with commas between and LF or CRLF behind: a quote, or a CR alone. */
const IRREGULAR = /"|\r(?!\n)/;
const CELL_END = /[,\n\r]/g;

/**
 * The records of a CSV text, header first; empty lines are none. Lines end with LF, CRLF or CR, quoted cells may hold them.
 * @param maxRecords - records are read no further than one more than these
 * @throws {Refusal} 400 naming the record that breaks the quoting rules.
 */
export function csvCells(text: string, maxRecords: number): string[][] {
  return IRREGULAR.test(text) ? scanCells(text, maxRecords) : splitCells(text, maxRecords);
}

function splitCells(text: string, maxRecords: number): string[][] {
  const records: string[][] = [];
  for (let start = 0; start < text.length && records.length <= maxRecords; ) {
    let end = text.indexOf('\n', start);
    if (end < 0) end = text.length;
    const cellsEnd = end > start && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
    if (cellsEnd > start) records.push(text.slice(start, cellsEnd).split(','));
    start = end + 1;
  }
  return records;
}

function scanCells(text: string, maxRecords: number): string[][] {
  const records: string[][] = [];
  for (let start = 0; start < text.length && records.length <= maxRecords; ) {
    const { cellOffsets, end, fault } = scanRecord(text, start);
    if (fault) {
      const problem =
        fault.kind === 'unterminated' ? 'a quote is never closed' : 'text follows a quote';
      throw new Refusal(
        400,
        `record ${records.length + 1} of the body is not valid CSV: ${problem}`,
      );
    }
    const cells = cellOffsets.map((offset) => cellAt(text, offset));
    if (cells.length > 1 || cells[0] !== '' || text[start] === '"') records.push(cells);
    start = end;
  }
  return records;
}

/** The cell that starts at an offset; a quoted one is closed. */
function cellAt(text: string, offset: number): string {
  if (text[offset] !== '"') {
    CELL_END.lastIndex = offset;
    return text.slice(offset, CELL_END.exec(text)?.index ?? text.length);
  }
  let close = text.indexOf('"', offset + 1);
  while (text[close + 1] === '"') close = text.indexOf('"', close + 2);
  return text.slice(offset + 1, close).replaceAll('""', '"');
}
