import { PADDED_THRESHOLDS } from '../kernel/kernel.js';
import type { Workspace } from '../workspace.js';
import type { CategoryBins } from './categoryBins.js';
import type { NumericBins } from './numericBins.js';
import { storeColumns } from './storedColumns.js';

/**
 * Fills the binned matrix of a workspace: a byte a row and column, column by column, and once more row-major with
 * columns bundled where they can be. The gradients are overwritten.
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
  workspace.stored = storeColumns(workspace);
}

function binNumbers(
  { kernel, layout, floats, rowCount }: Workspace,
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
    layout.columnBins + column * rowCount + start,
  );
}

function binCodes(
  { layout, bytes, rowCount }: Workspace,
  { binOfCode, featureIndex, valueBinCount }: CategoryBins,
  column: number,
  start: number,
  values: Float32Array,
  featureCount: number,
): void {
  let at = layout.columnBins + column * rowCount + start;
  for (let i = featureIndex; i < values.length; i += featureCount) {
    const code = values[i]!;
    bytes[at++] = code >= 0 ? binOfCode[code]! : valueBinCount;
  }
}

/** The first step of a binary search over `count` values: a power of two, twice which is above `count`. */
function firstStepOf(count: number): number {
  let step = 1;
  while (2 * step <= count) step *= 2;
  return step;
}
