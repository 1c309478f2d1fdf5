import { existsSync } from 'node:fs';
import { DataError } from '../../core/errors.js';
import { type LoggedLabel, type LoggedPrediction, parseLogLine } from '../../serve/index.js';
import { contentPieces, readProblem } from '../filePieces.js';
import { finishedFiles } from './logNames.js';

// a line is one prediction; what is longer is no log, and must not fill the memory
const LONGEST_LINE = 16 * 1024 * 1024;

/** The files of a log, the oldest first: those that are finished, then the one that is written. */
export async function logFiles(path: string): Promise<string[]> {
  const finished = (await finishedFiles(path)).map((file) => file.path);
  return existsSync(path) ? [...finished, path] : finished;
}

/**
 * The lines of a log, finished files among them, plain or gzipped, in constant memory; undefined for a line that is
 * neither a prediction nor a label. Empty lines are none.
 * @throws {DataError} when there is no such log or a file cannot be read.
 */
export async function* readPredictionLog(
  path: string,
): AsyncGenerator<LoggedPrediction | LoggedLabel | undefined> {
  const files = await logFiles(path);
  if (files.length === 0) throw new DataError('no such file', { file: path });
  for (const file of files) {
    try {
      for await (const line of linesOf(file)) if (line.trim() !== '') yield parseLogLine(line);
    } catch (error) {
      throw readProblem(file, error);
    }
  }
}

/** Lines by `\n` only: `node:readline` also ends lines at U+2028, which JSON strings may hold. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let open = '';
  for await (const bytes of contentPieces(path)) {
    const lines = (open + decoder.decode(bytes, { stream: true })).split('\n');
    open = lines.pop()!;
    yield* lines;
    // a stump is malformed, and so is what follows it up to the newline
    if (open.length > LONGEST_LINE) open = open.slice(0, 1);
  }
  yield open + decoder.decode();
}
