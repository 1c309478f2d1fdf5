import { binColumn, COLUMN_BYTES } from './bin';
import { evaluate } from './evaluate';
import { fillMargins, fillSums, foldSums } from './fold';
import {
  COLUMN_COUNT,
  COLUMNS,
  FIRST_GROUP,
  GROUPS_END,
  MARGIN_STRIDE,
  OUTPUT_BYTES,
  OUTPUT_COUNT,
  OUTPUTS,
  PLANE_COUNT,
  ROW_STRIDE,
  SUMS,
  TILE,
  TILE_ROWS,
  WALKED_ROWS,
} from './plan';
import { rowMargins } from './row';

/** scale (f64), then for the low and the high plane: first operation, end, what single leaves add (u32, u32, i32) */
const GROUP_BYTES: usize = 32;

/**
 * The float64 margins of rows of features.
 * @param rows - row-major float32; readable up to the next multiple of TILE_ROWS rows
 * @param margins - f64 a row for each output, MARGIN_STRIDE bytes apart; written up to the next multiple of TILE_ROWS rows
 */
export function forestMargins(plan: usize, rows: usize, rowCount: i32, margins: usize): void {
  const stride = <usize>load<u32>(plan, ROW_STRIDE);
  const marginStride = <usize>load<u32>(plan, MARGIN_STRIDE);
  const walked = load<i32>(plan, WALKED_ROWS);
  let left = rowCount;
  for (; left > walked; left -= <i32>TILE_ROWS) {
    tileMargins(plan, rows, stride, margins, marginStride);
    rows += stride * TILE_ROWS;
    margins += 8 * TILE_ROWS;
  }
  for (; left > 0; left--) {
    rowMargins(plan, rows, margins, marginStride);
    rows += stride;
    margins += 8;
  }
}

function tileMargins(
  plan: usize,
  rows: usize,
  stride: usize,
  margins: usize,
  marginStride: usize,
): void {
  let out = <usize>load<u32>(plan, TILE);
  let column = <usize>load<u32>(plan, COLUMNS);
  for (let left = load<i32>(plan, COLUMN_COUNT); left > 0; left--) {
    binColumn(column, rows, stride, out);
    column += COLUMN_BYTES;
    out += TILE_ROWS;
  }
  let output = <usize>load<u32>(plan, OUTPUTS);
  for (let left = load<i32>(plan, OUTPUT_COUNT); left > 0; left--) {
    outputMargins(plan, output, margins);
    output += OUTPUT_BYTES;
    margins += marginStride;
  }
}

/** The margins of one output for a tile that has been binned. */
function outputMargins(plan: usize, output: usize, margins: usize): void {
  const planeCount = load<i32>(plan, PLANE_COUNT);
  const sums = <usize>load<u32>(plan, SUMS);
  const end = <usize>load<u32>(output, GROUPS_END);
  fillMargins(margins, load<f64>(output));
  for (let group = <usize>load<u32>(output, FIRST_GROUP); group < end; group += GROUP_BYTES) {
    for (let plane = 0; plane < planeCount; plane++) {
      const at = group + 8 + 12 * plane;
      const planeSums = sums + 2 * TILE_ROWS * plane;
      fillSums(planeSums, load<i32>(at, 8));
      evaluate(plan, <usize>load<u32>(at), <usize>load<u32>(at, 4), planeSums);
    }
    foldSums(plan, planeCount, load<f64>(group), margins);
  }
}
