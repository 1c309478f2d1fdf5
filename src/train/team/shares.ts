import type { Kernel } from '../kernel/kernel.js';

/** From, up to but without: the rows of a job. */
export interface Range {
  from: number;
  to: number;
}

/** One of `parts` parts of `count` things. */
export function rangeOf(count: number, part: number, parts: number): Range {
  const cut = (index: number): number => Math.floor((count * index) / parts);
  return { from: cut(part), to: cut(part + 1) };
}

/** Loops over rows, each of which stands alone: any cut gives the same bits. */
export type RowLoop = keyof Kernel &
  (
    | 'logisticGradients'
    | 'roundGradients'
    | 'softmaxNormalizers'
    | 'softmaxGradients'
    | 'addToMargins'
  );

/** Most and fewest rows of a job: some 100 and 10 microseconds. */
const MOST_ROWS = 16_384;
const FEWEST_ROWS = 2048;

/** Rows of a job: an eighth, so that the last one is short. An even number, as kernels take them two at a time. */
export function rowsOfJob(rows: number): number {
  return Math.max(FEWEST_ROWS, Math.min(MOST_ROWS, 2 * Math.ceil(rows / 16)));
}

/** Which argument of a loop is the number of rows, and by how many bytes a row the others move on with the first row. */
interface Cut {
  rowCountAt: number;
  bytes: readonly (readonly [argument: number, bytesPerRow: number])[];
}

const CUTS: Readonly<Record<RowLoop, Cut>> = {
  logisticGradients: {
    rowCountAt: 3,
    bytes: [
      [0, 8],
      [1, 4],
      [2, 4],
      [4, 8],
    ],
  },
  roundGradients: {
    rowCountAt: 1,
    bytes: [
      [0, 8],
      // not an address: the number of the first random draw, two a row
      [2, 2],
    ],
  },
  softmaxNormalizers: {
    rowCountAt: 2,
    bytes: [
      [0, 8],
      [4, 8],
      [5, 8],
    ],
  },
  softmaxGradients: {
    rowCountAt: 6,
    bytes: [
      [0, 8],
      [1, 8],
      [2, 8],
      [3, 4],
      [5, 4],
      [8, 8],
    ],
  },
  addToMargins: { rowCountAt: 2, bytes: [[1, 4]] },
};

export const ROW_LOOPS: readonly RowLoop[] = Object.keys(CUTS) as RowLoop[];

/** Rows of a call of a loop. */
export function rowsOf(loop: RowLoop, args: ArrayLike<number>): number {
  return args[CUTS[loop].rowCountAt]!;
}

export function jobsOf(loop: RowLoop, args: ArrayLike<number>): number {
  const rows = rowsOf(loop, args);
  return Math.ceil(rows / rowsOfJob(rows));
}

/** Does one job of a loop. */
export function runRows(kernel: Kernel, loop: RowLoop, given: Float64Array, job: number): void {
  const { rowCountAt, bytes } = CUTS[loop];
  const args = given.slice(0, kernel[loop].length);
  const rows = args[rowCountAt]!;
  const from = job * rowsOfJob(rows);
  for (const [argument, bytesPerRow] of bytes) args[argument]! += bytesPerRow * from;
  args[rowCountAt] = Math.min(rowsOfJob(rows), rows - from);
  (kernel[loop] as (...all: number[]) => void)(...args);
}
