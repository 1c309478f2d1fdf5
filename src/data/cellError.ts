import { DataError } from '../core/errors.js';

/**
 * A bad cell, found by someone who sees cells and not characters. The location has no column yet: whoever holds the
 * text finds it from the position of the cell in its record and throws the {@link DataError} of {@link located}.
 */
export class CellError extends DataError {
  readonly problem: string;
  readonly file: string;
  /** 1-based line on which the record starts */
  readonly recordLine: number;
  /** 0-based position of the cell in its record */
  readonly cellIndex: number;

  constructor(problem: string, file: string, recordLine: number, cellIndex: number) {
    super(problem, { file, line: recordLine });
    this.problem = problem;
    this.file = file;
    this.recordLine = recordLine;
    this.cellIndex = cellIndex;
  }

  /** The same error with the exact place of the cell, both 1-based. */
  located(line: number, column: number): DataError {
    return new DataError(this.problem, { file: this.file, line, column });
  }
}
