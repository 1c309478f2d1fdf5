/** `auto` takes WebAssembly SIMD where the engine has it; both kinds give the same bits. */
export type KernelChoice = 'auto' | 'simd' | 'javascript';

export const KERNEL_CHOICES: readonly KernelChoice[] = ['auto', 'simd', 'javascript'];

/** Columns that a histogram kernel takes at a time. */
export const GROUP_COLUMNS = 8;
/** Bytes of a record of the column table: histogram byte offset, value bins, 1 when there is a missing bin, direction (-1, 0 or 1). */
export const TABLE_BYTES = 16;
/** Bytes of a histogram bin: gradient and hessian sums. */
export const PAIR_BYTES = 16;
/** Bytes of a split record: score, left gradient, left hessian, 2 * bin + missingLeft. */
export const RECORD_BYTES = 32;
/** Bytes of the partition table: a byte a bin, then the count of missing rows. */
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
    binStride: number,
    columnBins: number,
  ): void;
  logisticGradients(
    margins: number,
    targets: number,
    weights: number,
    rowCount: number,
    gradients: number,
  ): void;
  softmaxNormalizers(
    margins: number,
    rowCount: number,
    classCount: number,
    normalizers: number,
  ): void;
  softmaxGradients(
    margins: number,
    normalizers: number,
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
    columnTable: number,
    groups: number,
    groupCount: number,
    tile: number,
    tileRows: number,
    histogram: number,
    histogramBytes: number,
  ): void;
  countRows(
    bins: number,
    binStride: number,
    indices: number,
    count: number,
    columnTable: number,
    groups: number,
    groupCount: number,
    counts: number,
    countBytes: number,
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
  addToMargins(margins: number, indices: number, count: number, value: number): void;
}

/** A kernel and the zeroed buffer that it works on. */
export interface KernelInstance {
  kernel: Kernel;
  buffer: ArrayBuffer;
}
