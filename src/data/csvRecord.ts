/** The places of the cells of one CSV record. */
export interface RecordScan {
  /** offset into the text at which each cell starts (its quote, when it is quoted) */
  cellOffsets: number[];
  /** offset behind the record and its line end */
  end: number;
  /** set when the record breaks the quoting rules */
  fault?: QuoteFault;
}

export interface QuoteFault {
  kind: 'unterminated' | 'textAfterQuote';
  /** of the opening quote, or of the text behind the closing one */
  offset: number;
}

/**
 * Finds the cells of the record that starts at `start`, by character. It makes no strings: the reader has done so, this
 * serves to say where a bad cell is. Lines end with LF, CRLF or CR; blanks may stand around a quoted cell.
 */
export function scanRecord(text: string, start: number): RecordScan {
  const cellOffsets: number[] = [];
  for (let at = start; ; ) {
    cellOffsets.push(at);
    const quote = skipBlanks(text, at);
    if (text[quote] === '"') {
      cellOffsets[cellOffsets.length - 1] = quote;
      const close = closingQuote(text, quote);
      if (close < 0) {
        return { cellOffsets, end: text.length, fault: { kind: 'unterminated', offset: quote } };
      }
      at = skipBlanks(text, close + 1);
      if (at < text.length && !isCellEnd(text, at)) {
        return { cellOffsets, end: at, fault: { kind: 'textAfterQuote', offset: at } };
      }
    } else {
      while (at < text.length && !isCellEnd(text, at)) at++;
    }
    if (text[at] !== ',') return { cellOffsets, end: skipLineEnd(text, at) };
    at++;
  }
}

/** The line and column of an offset, 1-based, when the text starts at `firstLine`; the column counts code points. */
export function positionOf(
  text: string,
  offset: number,
  firstLine: number,
): { line: number; column: number } {
  const before = text.slice(0, offset).split(/\r\n|\n|\r/);
  const lastLine = before[before.length - 1]!;
  return { line: firstLine + before.length - 1, column: Array.from(lastLine).length + 1 };
}

function closingQuote(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at;
  }
  return -1;
}

function isCellEnd(text: string, at: number): boolean {
  const character = text[at];
  return character === ',' || character === '\n' || character === '\r';
}

function skipBlanks(text: string, at: number): number {
  while (at < text.length && text[at] !== '\n' && text[at] !== '\r' && /\s/.test(text[at]!)) at++;
  return at;
}

function skipLineEnd(text: string, at: number): number {
  return text.startsWith('\r\n', at) ? at + 2 : Math.min(at + 1, text.length);
}
