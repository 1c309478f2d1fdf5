import type { RowBinning } from '../bins/binRows.js';
import type { LearnBins } from '../bins/numericColumns.js';
import type { BlockedHistogram } from '../team/blockSums.js';
import type { DividedPartition } from '../team/dividedPartition.js';

/** `auto` takes WebAssembly SIMD where the engine has it; both kinds give the same bits. */
export type KernelChoice = 'auto' | 'simd' | 'javascript';

export const KERNEL_CHOICES: readonly KernelChoice[] = ['auto', 'simd', 'javascript'];

/** Rows that a histogram kernel gathers at a time, at most. */
export const TILE_ROWS = 512;
/** Columns that a histogram kernel takes at a time. */
export const GROUP_COLUMNS = 8;
/**
 * Bytes of a record of the column table: histogram byte offset, value bins, 1 when there is a missing bin, direction (-1, 0 or 1); and
 * of the stored table: byte offset, bins, 0, 1 when it is a bundle.
 */
export const TABLE_BYTES = 16;
/** Bytes of a record of the bundle table: one of its own, then one for each of its columns. */
export const BUNDLE_BYTES: number = (GROUP_COLUMNS + 1) * TABLE_BYTES;
/** Bytes of a histogram bin: gradient and hessian sums. */
export const PAIR_BYTES = 16;
/** Bytes of the packed sums of a stored column, 256 uint64. */
export const PACKED_BYTES = 2048;
/** Bytes of a split record: score, left gradient, left hessian, 2 * bin + missingLeft. */
export const RECORD_BYTES = 32;
/** Bytes of the partition table: a byte a bin, then how many rows are missing and how many go left. */
export const MEMBERSHIP_BYTES = 272;
/** Thresholds of a column, padded with Infinity. */
export const PADDED_THRESHOLDS = 256;

/**
 * The inner loops of training. Every argument named after data is a byte address in one buffer; see `assembly/train`,
 * where each is documented, and `portableKernel.ts`, the twin that gives the same bits.
 */
export interface Kernel {
  binColumn(
    values: number,
    valueStride: number,
    rowCount: number,
    thresholds: number,
    firstStep: number,
    missingBin: number,
    bins: number,
  ): void;
  storeColumns(sources: number, rowCount: number, out: number, outStride: number): void;
  logisticGradients(
    margins: number,
    targets: number,
    weights: number,
    rowCount: number,
    gradients: number,
  ): void;
  gradientRange(indices: number, count: number, gradients: number, out: number): void;
  roundGradients(
    gradients: number,
    rowCount: number,
    key: number,
    gradientScale: number,
    hessianScale: number,
    chance: number,
  ): void;
  softmaxNormalizers(
    margins: number,
    stride: number,
    rowCount: number,
    classCount: number,
    greatests: number,
    sums: number,
  ): void;
  softmaxGradients(
    margins: number,
    greatests: number,
    sums: number,
    targets: number,
    classCode: number,
    weights: number,
    rowCount: number,
    curvature: number,
    gradients: number,
  ): void;
  buildHistogram(
    bins: number,
    binStride: number,
    indices: number,
    count: number,
    gradients: number,
    storedTable: number,
    groups: number,
    groupCount: number,
    tile: number,
    tileRows: number,
    histogram: number,
    histogramBytes: number,
    bundleSums: number,
    bundleSumsBytes: number,
  ): void;
  buildPackedHistogram(
    bins: number,
    binStride: number,
    indices: number,
    count: number,
    gradients: number,
    storedTable: number,
    groups: number,
    groupCount: number,
    tile: number,
    tileRows: number,
    histogram: number,
    histogramBytes: number,
    bundleSums: number,
    bundleSumsBytes: number,
    packed: number,
    gradientScale: number,
    hessianScale: number,
  ): void;
  spreadBundles(
    bundleSums: number,
    bundleTable: number,
    bundleCount: number,
    memberBins: number,
    histogram: number,
  ): void;
  countRows(
    bins: number,
    binStride: number,
    indices: number,
    count: number,
    storedTable: number,
    groups: number,
    groupCount: number,
    counts: number,
    countBytes: number,
    bundleCounts: number,
    bundleCountBytes: number,
  ): void;
  addHistogram(histogram: number, other: number, histogramBytes: number): void;
  countColumn(
    bins: number,
    indices: number,
    count: number,
    binCount: number,
    spare: number,
    counts: number,
  ): void;
  subtractHistogram(histogram: number, other: number, histogramBytes: number): void;
  sumGradients(indices: number, count: number, gradients: number, out: number): void;
  findNumericSplits(
    histogram: number,
    columnTable: number,
    columns: number,
    columnCount: number,
    gradient: number,
    hessian: number,
    minHessian: number,
    l1: number,
    l2: number,
    records: number,
  ): void;
  findBoundedSplits(
    histogram: number,
    columnTable: number,
    columns: number,
    columnCount: number,
    gradient: number,
    hessian: number,
    minHessian: number,
    l1: number,
    l2: number,
    lower: number,
    upper: number,
    records: number,
  ): void;
  categoryBounds(
    histogram: number,
    columnTable: number,
    columns: number,
    columnCount: number,
    mostSingles: number,
    listed: number,
    least: number,
    shrinkage: number,
    bounds: number,
  ): void;
  addLevelGains(
    histogram: number,
    columnTable: number,
    columns: number,
    columnCount: number,
    gradient: number,
    hessian: number,
    minHessian: number,
    l1: number,
    l2: number,
    lower: number,
    upper: number,
    ownScore: number,
    leastGain: number,
    gains: number,
  ): void;
  partition(
    bins: number,
    membership: number,
    indices: number,
    count: number,
    scratch: number,
  ): number;
  divide(bins: number, membership: number, indices: number, count: number, scratch: number): void;
  gatherDivided(
    scratch: number,
    count: number,
    leftCount: number,
    left: number,
    right: number,
  ): void;
  addToMargins(margins: number, indices: number, count: number, value: number): void;
}

/** A kernel and the zeroed buffer that it works on. */
export interface KernelInstance {
  kernel: Kernel;
  buffer: ArrayBufferLike;
  /** of a team of threads; absent where one works alone */
  team?: Team;
}

/** Threads that share the work of a fit. */
export interface Team {
  /** threads that are there now, this one included */
  readonly size: number;
  /** Whether all threads see the rows as they came, as `binRows` asks. */
  readonly sharesMatrix: boolean;
  /** Bins numeric columns: `bins/binRows.ts`. */
  binRows(binning: RowBinning): void;
  /** Builds the histogram of many rows: `team/blockSums.ts`. */
  buildBlocks(histogram: BlockedHistogram): void;
  /** `partition` in parts: `team/dividedPartition.ts`. */
  partition(division: DividedPartition): number;
}

/** Makes the kernel of a fit. */
export interface KernelFactory {
  /** threads that may work at the same time; each has scratch memory of its own */
  workerCount: number;
  /** Learns numeric bins with others; absent where there are none. */
  learnBins?: LearnBins;
  /**
   * @param tileBytes - scratch memory of a thread for histograms
   * @param matrix - the rows as they came
   * @throws as `createKernel`
   */
  create(
    choice: KernelChoice,
    byteLength: number,
    tileBytes: number,
    matrix?: Float32Array,
  ): KernelInstance;
}
