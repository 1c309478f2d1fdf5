import { AT_ONCE, COLUMN_BYTES, GATHERED_OFFSET, KIND, ROW_OFFSET, SETS } from './bin';
import {
  addChunk,
  binColumn,
  clearSums,
  fillMargins,
  foldSums,
  gatherFeatures,
  lookUpSets,
  ranksOfBins,
  testPlanes,
} from './loops';
import {
  BLOCK_BYTES,
  BLOCKS,
  BLOCKS_END,
  FIRST_GROUP,
  GATHERED,
  GROUPS_END,
  MARGIN_STRIDE,
  OUTPUT_BYTES,
  OUTPUT_COUNT,
  OUTPUTS,
  PLANE_COUNT,
  RANKS,
  ROW_STRIDE,
  SCRATCH,
  TILE_ROWS,
  WALKED_ROWS,
} from './plan';
import { rowMargins } from './row';

/** scale (f64), then what the trees add whatever the row (i32), and addresses (u32): first chunk, end of the chunks */
export const GROUP_BYTES: usize = 24;

/**
 * The float64 margins of rows of features, or of rows that are binned already.
 * @param rows - float32, or bytes of the blob's columns; readable up to the next multiple of TILE_ROWS rows and 16 bytes further
 * @param columnStride - 0 of row-major rows; else bytes from a feature, or a column of the blob, to the next
 * @param margins - f64 a row for each output, MARGIN_STRIDE bytes apart; written up to the next multiple of TILE_ROWS rows
 */
export function forestMargins(
  plan: usize,
  rows: usize,
  columnStride: usize,
  rowCount: i32,
  margins: usize,
  isBinned: bool,
): void {
  const stride: usize = isBinned ? 1 : columnStride ? 4 : <usize>load<u32>(plan, ROW_STRIDE);
  const marginStride = <usize>load<u32>(plan, MARGIN_STRIDE);
  const walked = columnStride ? 0 : load<i32>(plan, WALKED_ROWS);
  let left = rowCount;
  for (; left > walked; left -= <i32>TILE_ROWS) {
    makeTests(plan, rows, columnStride, isBinned);
    let output = <usize>load<u32>(plan, OUTPUTS);
    let out = margins;
    for (let outputs = load<i32>(plan, OUTPUT_COUNT); outputs > 0; outputs--) {
      outputMargins(plan, output, out);
      output += OUTPUT_BYTES;
      out += marginStride;
    }
    rows += stride * TILE_ROWS;
    margins += 8 * TILE_ROWS;
  }
  for (; left > 0; left--) {
    rowMargins(plan, rows, margins, marginStride);
    rows += stride;
    margins += 8;
  }
}

/** Bins a tile and makes the planes of all tests. */
function makeTests(plan: usize, rows: usize, columnStride: usize, isBinned: bool): void {
  const gathered = <usize>load<u32>(plan, GATHERED);
  const ranks = <usize>load<u32>(plan, RANKS);
  const scratch = <usize>load<u32>(plan, SCRATCH);
  const stride = <usize>load<u32>(plan, ROW_STRIDE);
  const end = <usize>load<u32>(plan, BLOCKS_END);
  for (let block = <usize>load<u32>(plan, BLOCKS); block < end; block += BLOCK_BYTES) {
    if (columnStride == 0) gatherFeatures(rows + <usize>load<u32>(block), stride, gathered);
    const last = <usize>load<u32>(block, 8);
    let column = <usize>load<u32>(block, 4);
    while (column < last) {
      let next = column + COLUMN_BYTES;
      if (isBinned) ranksOfBins(column, rows, columnStride, ranks);
      else {
        const input = columnStride
          ? rows + (<usize>load<u32>(column, ROW_OFFSET) >> 2) * columnStride
          : gathered + <usize>load<u32>(column, GATHERED_OFFSET);
        if (load<u32>(column, KIND) == SETS) {
          lookUpSets(column, input, ranks, scratch);
          next = column + COLUMN_BYTES * <usize>load<u32>(column, AT_ONCE);
        } else binColumn(column, input, ranks, scratch);
      }
      for (let own = ranks; column < next; column += COLUMN_BYTES) {
        testPlanes(column, own, scratch);
        own += TILE_ROWS;
      }
    }
  }
}

/** The margins of one output for a tile whose tests have been made. */
function outputMargins(plan: usize, output: usize, margins: usize): void {
  const planeCount = load<i32>(plan, PLANE_COUNT);
  const end = <usize>load<u32>(output, GROUPS_END);
  fillMargins(margins, load<f64>(output));
  for (let group = <usize>load<u32>(output, FIRST_GROUP); group < end; group += GROUP_BYTES) {
    clearSums(plan, planeCount);
    let chunk = <usize>load<u32>(group, 12);
    const last = <usize>load<u32>(group, 16);
    while (chunk < last) chunk = addChunk(plan, chunk, planeCount);
    foldSums(plan, planeCount, load<i32>(group, 8), load<f64>(group), margins);
  }
}
