import { GROUP_COLUMNS } from './kernel/kernel.js';
import type { Workspace } from './workspace.js';

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
}

export function createHistograms(workspace: Workspace): Histograms {
  const { kernel, layout, binStride, tileRows, histogramBytes, words, doubles } = workspace;
  const addressOf = (slot: number): number => layout.histograms + slot * histogramBytes;
  let groupCount = 0;

  return {
    addressOf,

    useColumns(columns) {
      const groups = [...new Set(columns.map((column) => Math.floor(column / GROUP_COLUMNS)))];
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
        layout.columnTable,
        layout.groups,
        groupCount,
        layout.tile,
        tileRows,
        addressOf(slot),
        histogramBytes,
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
        layout.columnTable,
        layout.groups,
        groupCount,
        layout.counts,
        countBytes,
      );
      return words.subarray(layout.counts / 4, (layout.counts + countBytes) / 4);
    },
  };
}
