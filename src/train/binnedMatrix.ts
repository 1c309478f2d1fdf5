import type { CategoryBins } from './categoryBins.js';
import { PADDED_THRESHOLDS } from './kernel/kernel.js';
import type { NumericBins } from './numericBins.js';
import type { Workspace } from './workspace.js';

/**
 * Fills the binned matrix of a workspace: a byte a row and column, once row-major and once column by column.
 * @param matrix - row-major float32 of `workspace.rowCount` rows
 */
export function binMatrixInto(
  workspace: Workspace,
  matrix: Float32Array,
  featureCount: number,
): void {
  const { rowCount, chunkRows, floats, layout, mapper } = workspace;
  for (let start = 0; start < rowCount; start += chunkRows) {
    const count = Math.min(chunkRows, rowCount - start);
    const values = matrix.subarray(start * featureCount, (start + count) * featureCount);
    floats.set(values, layout.chunk / 4);
    mapper.columns.forEach((bins, column) => {
      if (bins.kind === 'number') {
        binNumbers(workspace, bins, column, start, count, featureCount);
      } else {
        binCodes(workspace, bins, column, start, values, featureCount);
      }
    });
  }
}

function binNumbers(
  { kernel, layout, floats, rowCount, binStride }: Workspace,
  { thresholds, featureIndex, valueBinCount }: NumericBins,
  column: number,
  start: number,
  count: number,
  featureCount: number,
): void {
  const first = layout.thresholds / 4;
  floats.set(thresholds, first);
  floats.fill(Infinity, first + thresholds.length, first + PADDED_THRESHOLDS);
  kernel.binColumn(
    layout.chunk + featureIndex * 4,
    featureCount * 4,
    count,
    layout.thresholds,
    firstStepOf(thresholds.length),
    valueBinCount,
    layout.bins + start * binStride + column,
    binStride,
    layout.columnBins + column * rowCount + start,
  );
}

function binCodes(
  { layout, bytes, rowCount, binStride }: Workspace,
  { binOfCode, featureIndex, valueBinCount }: CategoryBins,
  column: number,
  start: number,
  values: Float32Array,
  featureCount: number,
): void {
  let at = layout.bins + start * binStride + column;
  let columnAt = layout.columnBins + column * rowCount + start;
  for (let i = featureIndex; i < values.length; i += featureCount, at += binStride) {
    const code = values[i]!;
    const bin = code >= 0 ? binOfCode[code]! : valueBinCount;
    bytes[at] = bin;
    bytes[columnAt++] = bin;
  }
}

/** The first step of a binary search over `count` values: a power of two, twice which is above `count`. */
function firstStepOf(count: number): number {
  let step = 1;
  while (2 * step <= count) step *= 2;
  return step;
}
