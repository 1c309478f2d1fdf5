import { finished } from 'node:stream/promises';
import { type CsvParserStream, parse } from 'fast-csv';

/** A record of a CSV file. */
export interface CsvRecord {
  cells: string[];
  /** 1-based line of the file on which the record starts */
  line: number;
}

/** The text breaks the quoting rules somewhere at or below a line. */
export class QuotingError extends Error {
  readonly line: number;
  constructor(line: number, cause?: unknown) {
    super('bad quoting', { cause });
    this.line = line;
  }
}

/** Longest record, in characters; an open quote would otherwise swallow the rest of the file. */
export const MAX_RECORD_LENGTH: number = 1 << 20;

/**
 * Text that is more than cells with commas between and LF or CRLF behind: a quote, a CR alone, or a line that starts
 * with a blank (`fast-csv` skips blanks when it looks for a quote).
 */
const IRREGULAR = /"|\r(?!\n)|^[^\S\r\n]/m;

/**
 * From pieces of text to records. The parser is `fast-csv`; up to the first line that is {@link IRREGULAR} a record is
 * what lies between the commas, so the text is split, which is several times faster and gives the same.
 */
export class CsvRecords {
  private carry = '';
  private line = 1;
  private strict: StrictParser | undefined;

  /** The records that end in this piece. */
  async read(piece: string): Promise<CsvRecord[]> {
    if (this.strict) return this.strict.read(piece);
    const text = this.carry + piece;
    const end = text.lastIndexOf('\n') + 1;
    // a file of CR line ends has no LF at all
    if (end === 0 && IRREGULAR.test(text)) return this.readLines(text, '');
    if (end === 0 && text.length > MAX_RECORD_LENGTH) throw new QuotingError(this.line);
    return this.readLines(text.slice(0, end), text.slice(end));
  }

  /** The records that were still open. */
  async end(): Promise<CsvRecord[]> {
    const records = this.strict ? [] : await this.readLines(this.carry, '');
    return this.strict ? records.concat(await this.strict.end()) : records;
  }

  destroy(): void {
    this.strict?.destroy();
  }

  /**
   * @param lines - whole lines; the last one of a file may lack its line end.
   * @param open - the start of the line behind them.
   */
  private async readLines(lines: string, open: string): Promise<CsvRecord[]> {
    const irregular = lines.search(IRREGULAR);
    this.carry = irregular < 0 ? open : '';
    if (irregular < 0) return this.split(lines);
    const start = lines.lastIndexOf('\n', irregular - 1) + 1;
    const records = this.split(lines.slice(0, start));
    this.strict = new StrictParser(this.line);
    return records.concat(await this.strict.read(lines.slice(start) + open));
  }

  private split(text: string): CsvRecord[] {
    const records: CsvRecord[] = [];
    let { line } = this;
    for (let start = 0; start < text.length; line++) {
      let end = text.indexOf('\n', start);
      if (end < 0) end = text.length;
      const cellsEnd = end > start && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
      if (cellsEnd > start) records.push({ cells: text.slice(start, cellsEnd).split(','), line });
      start = end + 1;
    }
    this.line = line;
    return records;
  }
}

/** Pieces of text through `fast-csv`, and the line numbers that it does not give. */
class StrictParser {
  private readonly stream: CsvParserStream<string[], string[]>;
  private line: number;
  private records: CsvRecord[] = [];
  private openLength = 0;

  constructor(line: number) {
    this.line = line;
    this.stream = parse<string[], string[]>({ headers: false, ignoreEmpty: false });
    // write and end report errors to their callers
    this.stream.on('error', () => undefined);
    this.stream.on('data', (cells: string[]) => this.take(cells));
  }

  async read(piece: string): Promise<CsvRecord[]> {
    if (piece === '') return [];
    this.openLength += piece.length;
    await new Promise<void>((resolve, reject) => {
      this.stream.write(piece, (error) => (error ? reject(this.fault(error)) : resolve()));
    });
    if (this.openLength > MAX_RECORD_LENGTH) throw this.fault();
    return this.flush();
  }

  async end(): Promise<CsvRecord[]> {
    const done = finished(this.stream);
    this.stream.end();
    try {
      await done;
    } catch (error) {
      throw this.fault(error);
    }
    return this.flush();
  }

  destroy(): void {
    this.stream.destroy();
  }

  private take(cells: string[]): void {
    this.openLength = 0;
    // an empty line
    if (cells.length > 0) this.records.push({ cells, line: this.line });
    this.line++;
    for (const cell of cells) this.line += lineEndCount(cell);
  }

  private flush(): CsvRecord[] {
    const { records } = this;
    this.records = [];
    return records;
  }

  private fault(cause?: unknown): QuotingError {
    return new QuotingError(this.line, cause);
  }
}

function lineEndCount(cell: string): number {
  if (!cell.includes('\n') && !cell.includes('\r')) return 0;
  return cell.split(/\r\n|\n|\r/).length - 1;
}
