import { binCountOf } from '../bins/binMapper.js';
import { GROUP_COLUMNS, type Kernel, PAIR_BYTES } from '../kernel/kernel.js';
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
  /**
   * The same for one column at a time, where few are asked for. Of a leaf with most of the rows those are counted that it has not.
   * @param sampleCount - rows of the tree's sample, which the leaf is a part of
   */
  columnCounter(start: number, count: number, sampleCount: number): ColumnCounter;
  /** Whether that takes much less time than a look at each of the `count` rows. */
  countsCheaply(count: number, sampleCount: number): boolean;
}

/** Rows a bin of one column of a leaf; gone with the next leaf. */
export type ColumnCounter = (column: number) => Uint32Array;

/**
 * How many blocks of equal size the rows of a leaf are cut into. The sums of a leaf are those of its blocks, added up in
 * their order: so threads can build some at the same time, and the bits are those of one thread. With fewer than 4,096 rows a
 * block, adding up would cost more than a twentieth.
 */
export function blockCountOf(rows: number): number {
  if (rows < 8192) return 1;
  return rows < 32_768 ? 2 : 4 * Math.max(1, Math.round(rows / 65_536));
}

/** Integers are added up from this many rows on: packing and unpacking bins must be worth it. */
const PACKED_ROWS = 2048;

export function createHistograms(workspace: Workspace): Histograms {
  const { kernel, layout, mapper, rowCount, stored, firstBin } = workspace;
  const { histogramBytes, partialBytes, team, words, doubles } = workspace;
  const { binStride, tileRows, groupOf, bundles, codeCount } = stored;
  const addressOf = (slot: number): number => layout.histograms + slot * histogramBytes;
  let groupCount = 0;

  function argumentsFor(
    start: number,
    count: number,
    histogram: number,
    bundleSums: number,
  ): Parameters<Kernel['buildHistogram']> {
    return [
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
      histogram,
      histogramBytes,
      bundleSums,
      codeCount * PAIR_BYTES,
    ];
  }

  /** per column: rows a bin, once they were asked for */
  const totals: Uint32Array[] = [];

  /** Counts a range of `sampleIndices`; reused by the next call for the column. */
  function countColumn(column: number, start: number, count: number): Uint32Array {
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
  }

  return {
    addressOf,

    useColumns(columns) {
      const groups = [...new Set(columns.map((column) => groupOf[column]!))].sort((a, b) => a - b);
      groupCount = groups.length;
      words.set(groups, layout.groups / 4);
    },

    buildInto(slot, start, count) {
      const target = addressOf(slot);
      const { scales } = workspace;
      const { bundleSums, partials } = layout;
      const blockRows = Math.ceil(count / blockCountOf(count));
      const bundleBytes = codeCount * PAIR_BYTES;
      // sums of quantised gradients are exact: packed or not, in blocks or not, the bits are the same
      const isPacked =
        scales &&
        (team?.size ?? 1) === 1 &&
        count >= PACKED_ROWS &&
        count * scales.greatest < 2 ** 31;
      const isWhole = isPacked || blockRows === count;
      if (isPacked) {
        const args = argumentsFor(start, count, target, bundleSums);
        kernel.buildPackedHistogram(...args, layout.packed, scales.gradient, scales.hessian);
      } else if (isWhole) {
        kernel.buildHistogram(...argumentsFor(start, count, target, bundleSums));
      } else {
        doubles.fill(0, target / 8, (target + histogramBytes) / 8);
        doubles.fill(0, bundleSums / 8, (bundleSums + bundleBytes) / 8);
      }
      const isShared = !isWhole && team !== undefined && team.size > 1;
      if (isShared) {
        const build = argumentsFor(start, count, partials, partials + histogramBytes);
        const { partialCount } = workspace;
        const bundleTarget = bundleSums;
        team.buildBlocks({ build, blockRows, partialBytes, partialCount, target, bundleTarget });
      }
      for (let at = isWhole || isShared ? count : 0; at < count; at += blockRows) {
        const rows = Math.min(count - at, blockRows);
        kernel.buildHistogram(
          ...argumentsFor(start + at, rows, partials, partials + histogramBytes),
        );
        kernel.addHistogram(target, partials, histogramBytes);
        kernel.addHistogram(bundleSums, partials + histogramBytes, bundleBytes);
      }
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

    countsCheaply: (count, sampleCount) =>
      sampleCount === rowCount && 8 * (rowCount - count) < count,

    columnCounter(start, count, sampleCount) {
      const end = start + count;
      const isMost = sampleCount === rowCount && 2 * count > rowCount;
      return (column) => {
        if (!isMost) return countColumn(column, start, count);
        totals[column] ??= countColumn(column, 0, rowCount).slice();
        const counts = totals[column].slice();
        for (const [from, rows] of [
          [0, start],
          [end, rowCount - end],
        ] as const) {
          if (rows === 0) continue;
          const others = countColumn(column, from, rows);
          for (let bin = 0; bin < counts.length; bin++) counts[bin]! -= others[bin]!;
        }
        return counts;
      };
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
