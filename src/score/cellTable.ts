/** entries are never more: 16 kB a column stay in the caches */
const MOST_CELLS = 2048;
const FEWEST_CELLS = 64;

/**
 * How the kernel finds a rank without a full search: a monotone function puts a value into a cell, the table says how many
 * thresholds lie in lower cells, and only those of the cell itself are left to compare with.
 *
 * `cell(x) = round(clamp(x * scale + offset, 0, cellCount - 1))`, each operation rounded to float32, halves to even. Any monotone
 * function gives exact ranks: a threshold in a lower cell is below the value and one in a higher cell above it.
 */
export interface CellTable {
  /** float32, > 0 */
  scale: number;
  /** float32 */
  offset: number;
  /** per cell: thresholds in lower cells */
  rank: Uint8Array;
  /** binary search steps that settle the fullest cell, in [1, 8] */
  steps: number;
}

/** The smallest table with the fewest search steps. O(thresholds + cells). */
export function buildCellTable(thresholds: Float32Array): CellTable {
  let best: CellGrid | undefined;
  for (let cellCount = FEWEST_CELLS; cellCount <= MOST_CELLS; cellCount *= 2) {
    const grid = layGrid(thresholds, cellCount);
    if (!best || grid.steps < best.steps) best = grid;
    if (best.steps === 1) break;
  }
  const { cellCount, cells, ...grid } = best!;
  const rank = new Uint8Array(cellCount);
  let from = 0;
  cells.forEach((cell, index) => {
    rank.fill(index, from, cell + 1);
    from = cell + 1;
  });
  rank.fill(thresholds.length, from);
  return { ...grid, rank };
}

interface CellGrid extends Omit<CellTable, 'rank'> {
  cellCount: number;
  /** per threshold: its cell, not descending */
  cells: Uint16Array;
}

function layGrid(thresholds: Float32Array, cellCount: number): CellGrid {
  const { scale, offset } = rangeOf(thresholds, cellCount);
  const cells = new Uint16Array(thresholds.length);
  let fullest = 1;
  let inCell = 0;
  for (let index = 0; index < thresholds.length; index++) {
    cells[index] = cellOf(thresholds[index]!, scale, offset, cellCount - 1);
    inCell = index > 0 && cells[index] === cells[index - 1] ? inCell + 1 : 1;
    fullest = Math.max(fullest, inCell);
  }
  return { scale, offset, cellCount, cells, steps: Math.ceil(Math.log2(fullest + 1)) };
}

/** Spreads the cells over the finite thresholds. */
function rangeOf(thresholds: Float32Array, cellCount: number): Pick<CellTable, 'scale' | 'offset'> {
  const finite = thresholds.filter(Number.isFinite);
  const low = finite[0] ?? 0;
  const width = (finite.at(-1) ?? 0) - low;
  // neither product may overflow; for the exactness any positive scale does
  const most = 1e30 / Math.max(1, Math.abs(low));
  const scale = width > 0 ? Math.min((cellCount - 1) / width, most) : 1;
  return { scale: Math.fround(scale), offset: Math.fround(-low * scale) };
}

function cellOf(x: number, scale: number, offset: number, last: number): number {
  const at = Math.fround(Math.fround(x * scale) + offset);
  const clamped = Math.min(last, Math.max(0, at));
  return Math.fround(clamped + 8388608) - 8388608;
}
