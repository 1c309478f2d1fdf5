import { binCountOf } from '../bins/binMapper.js';
import { GROUP_COLUMNS, PAIR_BYTES } from '../kernel/kernel.js';
import type { Workspace } from '../workspace.js';

/** The histograms of a growing tree: gradient and hessian sums a bin, for the columns of the tree. */
export interface Histograms {
  /** Chooses the columns of a tree; a group of eight is built as a whole. */
  useColumns(columns: Uint32Array): void;
  /** Byte address of a slot. */
  addressOf(slot: number): number;
  /** Builds the histogram of a range of `sampleIndices`. */
  buildInto(slot: number, start: number, count: number): void;
  /** Turns the parent's histogram into that of the other child. */
  subtract(parentSlot: number, childSlot: number): void;
  /** Gradient and hessian over the first `count` rows of `sampleIndices`. */
  sumRows(count: number): { gradient: number; hessian: number };
  /** Rows a histogram bin, over a range of `sampleIndices`; reused by the next call. */
  countRows(start: number, count: number): Uint32Array;
  /** The same for one column at a time, where few are asked for. */
  columnCounter(start: number, count: number): ColumnCounter;
}

/** Rows a bin of one column of a leaf; gone with the next leaf. */
export type ColumnCounter = (column: number) => Uint32Array;

export function createHistograms(workspace: Workspace): Histograms {
  const { kernel, layout, mapper, stored, firstBin, histogramBytes, rowCount, words, doubles } =
    workspace;
  const { binStride, tileRows, groupOf, bundles, codeCount } = stored;
  const addressOf = (slot: number): number => layout.histograms + slot * histogramBytes;
  let groupCount = 0;

  return {
    addressOf,

    useColumns(columns) {
      const groups = [...new Set(columns.map((column) => groupOf[column]!))].sort((a, b) => a - b);
      groupCount = groups.length;
      words.set(groups, layout.groups / 4);
    },

    buildInto(slot, start, count) {
      kernel.buildHistogram(
        layout.bins,
        binStride,
        layout.sampleIndices + 4 * start,
        count,
        layout.gradients,
        layout.storedTable,
        layout.groups,
        groupCount,
        layout.tile,
        tileRows,
        addressOf(slot),
        histogramBytes,
        layout.bundleSums,
        codeCount * PAIR_BYTES,
      );
      kernel.spreadBundles(
        layout.bundleSums,
        layout.bundleTable,
        bundles.length,
        layout.memberBins,
        addressOf(slot),
      );
    },

    subtract(parentSlot, childSlot) {
      kernel.subtractHistogram(addressOf(parentSlot), addressOf(childSlot), histogramBytes);
    },

    sumRows(count) {
      kernel.sumGradients(layout.sampleIndices, count, layout.gradients, layout.sums);
      return { gradient: doubles[layout.sums / 8]!, hessian: doubles[layout.sums / 8 + 1]! };
    },

    countRows(start, count) {
      const countBytes = histogramBytes / 4;
      kernel.countRows(
        layout.bins,
        binStride,
        layout.sampleIndices + 4 * start,
        count,
        layout.storedTable,
        layout.groups,
        groupCount,
        layout.counts,
        countBytes,
        layout.bundleCounts,
        codeCount * 4,
      );
      spreadCounts(workspace);
      return words.subarray(layout.counts / 4, (layout.counts + countBytes) / 4);
    },

    columnCounter: (start, count) => (column) => {
      const binCount = binCountOf(mapper.columns[column]!);
      const counts = layout.counts + 4 * firstBin[column]!;
      kernel.countColumn(
        layout.columnBins + column * rowCount,
        layout.sampleIndices + 4 * start,
        count,
        binCount,
        layout.spareCounts,
        counts,
      );
      return words.subarray(counts / 4, counts / 4 + binCount);
    },
  };
}

/** Takes the counts of bundles apart into those of their columns. */
function spreadCounts({ bytes, firstBin, layout, stored, words }: Workspace): void {
  for (const { columns, firstCode, size } of stored.bundles) {
    for (let code = firstCode; code < firstCode + size; code++) {
      const rows = words[layout.bundleCounts / 4 + code]!;
      if (rows === 0) continue;
      columns.forEach((column, k) => {
        const bin = bytes[layout.memberBins + code * GROUP_COLUMNS + k]!;
        words[layout.counts / 4 + firstBin[column]! + bin]! += rows;
      });
    }
  }
}
