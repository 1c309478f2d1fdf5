/** entries are never more */
const MOST_CELLS = 1024;
const FEWEST_CELLS = 16;
const MOST_SEARCH_CELLS = 2048;
/** thresholds of a cell that an entry has room for */
const CELL_THRESHOLDS = 3;
/** 2^23: what is added to it is rounded to an integer */
const INTEGERS = 8388608;

/**
 * How the kernel finds a rank without a full search: a monotone function puts a value into a cell, the table says how many
 * thresholds lie in lower cells, and only those of the cell itself are left to compare with.
 *
 * `cell(x) = clamp(x * scale + offset, 2^23, 2^23 + cellCount - 1) - 2^23`, each operation rounded to float32, halves to even. Any
 * monotone function gives exact ranks: a threshold in a lower cell is below the value and one in a higher cell above it.
 */
export interface CellGrid {
  cellCount: number;
  /** float32, > 0 */
  scale: number;
  /** float32, with 2^23 in it */
  offset: number;
  /** per threshold: its cell, not descending */
  cells: Uint16Array;
  /** thresholds of the fullest cell */
  fullest: number;
}

/** The smallest grid with at most three thresholds a cell, or undefined. O(thresholds + cells). */
export function findCells(thresholds: Float32Array): CellGrid | undefined {
  for (let cellCount = FEWEST_CELLS; cellCount <= MOST_CELLS; cellCount *= 2) {
    // a grid of fewer cells than that cannot do
    if (CELL_THRESHOLDS * cellCount < thresholds.length) continue;
    const grid = layGrid(thresholds, cellCount);
    if (grid.fullest <= CELL_THRESHOLDS) return grid;
  }
  return undefined;
}

/** The grid with the shortest binary search within a cell, and the smallest of these. */
export function findSearchCells(thresholds: Float32Array): CellGrid & { steps: number } {
  let best: (CellGrid & { steps: number }) | undefined;
  for (let cellCount = FEWEST_CELLS; cellCount <= MOST_SEARCH_CELLS; cellCount *= 2) {
    const grid = layGrid(thresholds, cellCount);
    const steps = Math.ceil(Math.log2(grid.fullest + 1));
    if (!best || steps < best.steps) best = { ...grid, steps };
  }
  return best!;
}

/**
 * Entries of 16 bytes a cell: its thresholds, +Infinity where there are fewer than three, and as an integer the number of
 * thresholds in lower cells. One more cell is that of NaN.
 */
export function cellEntries(
  { cellCount, cells }: CellGrid,
  thresholds: Float32Array,
  missingRank: number,
): Int32Array {
  const entries = new Int32Array(4 * (cellCount + 1));
  const floats = new Float32Array(entries.buffer);
  let next = 0;
  for (let cell = 0; cell < cellCount; cell++) {
    const at = 4 * cell;
    entries[at + CELL_THRESHOLDS] = next;
    for (let i = 0; i < CELL_THRESHOLDS; i++) {
      floats[at + i] = cells[next] === cell ? thresholds[next++]! : Infinity;
    }
  }
  entries[4 * cellCount + CELL_THRESHOLDS] = missingRank;
  return entries;
}

/** Per cell the number of thresholds in lower cells; 0 for that of NaN. */
export function lowerCounts({ cellCount, cells }: CellGrid): Uint32Array {
  const counts = new Uint32Array(cellCount + 1);
  let next = 0;
  for (let cell = 0; cell < cellCount; cell++) {
    counts[cell] = next;
    while (cells[next] === cell) next++;
  }
  return counts;
}

function layGrid(thresholds: Float32Array, cellCount: number): CellGrid {
  const { scale, offset } = spreadOver(thresholds, cellCount - 1);
  const cells = new Uint16Array(thresholds.length);
  let fullest = 1;
  let inCell = 0;
  for (let index = 0; index < thresholds.length; index++) {
    cells[index] = cellOf(thresholds[index]!, scale, offset, cellCount - 1);
    inCell = index > 0 && cells[index] === cells[index - 1] ? inCell + 1 : 1;
    fullest = Math.max(fullest, inCell);
  }
  return { scale, offset, cellCount, cells, fullest };
}

/** Spreads the cells from 0 to `highest` over the finite thresholds. */
function spreadOver(thresholds: Float32Array, highest: number): Pick<CellGrid, 'scale' | 'offset'> {
  let from = 0;
  let to = thresholds.length - 1;
  while (from < to && thresholds[from] === -Infinity) from++;
  while (to > from && thresholds[to] === Infinity) to--;
  const low = Number.isFinite(thresholds[from]) ? thresholds[from]! : 0;
  const width = Number.isFinite(thresholds[to]) ? thresholds[to]! - low : 0;
  // neither product may overflow; for the exactness any positive scale does
  const most = 1e30 / Math.max(1, Math.abs(low));
  const scale = width > 0 ? Math.min(highest / width, most) : 1;
  return { scale: Math.fround(scale), offset: Math.fround(INTEGERS - low * scale) };
}

function cellOf(x: number, scale: number, offset: number, last: number): number {
  const at = Math.fround(Math.fround(x * scale) + offset);
  return Math.min(INTEGERS + last, Math.max(INTEGERS, at)) - INTEGERS;
}
