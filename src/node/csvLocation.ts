import { DataError } from '../core/errors.js';
import type { CellError } from '../data/cellError.js';
import { positionOf, scanRecord } from '../data/csvRecord.js';
import { MAX_RECORD_LENGTH, type QuotingError } from './csvRecords.js';
import { contentPieces, textPieces } from './filePieces.js';

/** Reads the file again to find the column of a bad cell. */
export async function locateCell(path: string, error: CellError): Promise<DataError> {
  const text = await textFrom(path, error.recordLine);
  const { cellOffsets } = scanRecord(text, 0);
  const offset = cellOffsets[Math.min(error.cellIndex, cellOffsets.length - 1)]!;
  const { line, column } = positionOf(text, offset, error.recordLine);
  return error.located(line, column);
}

/** Reads the file again to find the quote that is wrong. */
export async function locateQuoteFault(path: string, error: QuotingError): Promise<DataError> {
  const text = await textFrom(path, error.line);
  for (let at = 0; at < text.length; ) {
    const scan = scanRecord(text, at);
    if (scan.fault) {
      const { kind, offset } = scan.fault;
      const problem =
        kind === 'unterminated'
          ? 'this quote is never closed; expected a closing quote before the end of the file'
          : `expected a comma or a line end after the closing quote, got ${JSON.stringify(text[offset])}`;
      return new DataError(problem, { file: path, ...positionOf(text, offset, error.line) });
    }
    at = scan.end;
  }
  const problem = `expected records of at most ${MAX_RECORD_LENGTH} characters`;
  return new DataError(problem, { file: path, line: error.line }, { cause: error });
}

/** Reads the file again to find the byte that is not UTF-8. */
export async function locateBadByte(path: string): Promise<DataError> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let line = 1;
  let column = 1;
  let previous = '';
  // the first byte of the character that is being read
  let lead: number | undefined;
  for await (const bytes of contentPieces(path)) {
    if (previous === '' && isUtf16(bytes)) {
      return new DataError('expected UTF-8, got UTF-16', { file: path, line, column });
    }
    for (const byte of bytes) {
      lead ??= byte;
      let character: string;
      try {
        character = decoder.decode(Uint8Array.of(byte), { stream: true });
      } catch {
        const problem = `expected UTF-8, got the byte 0x${lead.toString(16)}`;
        return new DataError(problem, { file: path, line, column });
      }
      if (character === '') continue;
      if (character === '\n' || character === '\r') {
        if (character === '\r' || previous !== '\r') line++;
        column = 1;
      } else if (character !== '\uFEFF' || previous !== '') column++;
      previous = character;
      lead = undefined;
    }
  }
  const problem = 'expected UTF-8, got half a character at the end';
  return new DataError(problem, { file: path, line, column });
}

function isUtf16(bytes: Uint8Array): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
}

/** The text from a line on, long enough for the record that starts there and all that were read with it. */
async function textFrom(path: string, line: number): Promise<string> {
  let text = '';
  let skip = line - 1;
  try {
    for await (const piece of textPieces(path)) {
      text += piece;
      for (let at = 0; skip > 0; skip--) {
        const end = /\r\n|\n|\r(?!$)/.exec(text.slice(at));
        at += end ? end.index + end[0].length : 0;
        if (skip === 1 || !end) text = text.slice(at);
        if (!end) break;
      }
      if (skip === 0 && text.length > 4 * MAX_RECORD_LENGTH) break;
    }
  } catch {
    // bytes that are no text lie behind the place that is looked for
  }
  return text;
}
