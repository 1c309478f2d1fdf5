import { type BinMapper, binCountOf } from './bins/binMapper.js';
import { BINNING_BYTES, chunkBytesOf } from './bins/binRows.js';
import { MAX_CODES } from './bins/columnBundles.js';
import { NOTHING_STORED, type StoredColumns } from './bins/storedColumns.js';
import { createKernel } from './kernel/createKernel.js';
import {
  BUNDLE_BYTES,
  GROUP_COLUMNS,
  type Kernel,
  type KernelChoice,
  type KernelFactory,
  MEMBERSHIP_BYTES,
  PACKED_BYTES,
  PADDED_THRESHOLDS,
  PAIR_BYTES,
  RECORD_BYTES,
  TABLE_BYTES,
  type Team,
  TILE_ROWS,
} from './kernel/kernel.js';
import type { GradientScales } from './quantizedGradients.js';
import { PARTIALS_OF_THREAD } from './team/blockSums.js';

/** Bytes of a column of the sums at fixed distances: `assembly/train/wideSums.ts`. */
const WIDE_BYTES = 256 * PAIR_BYTES + 64;
/** Histograms may take this much; growing a tree with more open leaves builds some of them again. */
const HISTOGRAM_BUDGET_BYTES = 64 * 2 ** 20;
/** Raw values are copied to the kernel in chunks of about this size, small enough for the L2 cache. */
const CHUNK_BYTES = 2 ** 18;

const ONE_THREAD: KernelFactory = { workerCount: 1, create: createKernel };

/** Where things lie in the one buffer of a fit: byte addresses. */
export interface Layout {
  /** PADDED_THRESHOLDS float32 a numeric column */
  thresholds: number;
  /** BINNING_BYTES a numeric column */
  binningTable: number;
  /** per thread: row-major float32 of `chunkRows` rows */
  chunk: number;
  /** uint8, row-major, `stored.binStride` a row: what histograms read */
  bins: number;
  /** uint8, a column after another, `rowCount` each: what the partition of a leaf reads */
  columnBins: number;
  /** per thread: `tileRows` float64 pairs and rows of bins */
  tile: number;
  /** float32 (gradient, hessian) a row */
  gradients: number;
  /** float64, output after output, a row each */
  margins: number;
  /** where there are several outputs: float64 a row for the greatest margins, then for the sums of `softmaxNormalizers` */
  normalizers: number;
  /** float32 a row */
  targets: number;
  /** float32 a row */
  weights: number;
  /** uint32 a row: the rows of a tree's sample, those of a leaf side by side */
  sampleIndices: number;
  /** uint32 a row */
  scratch: number;
  /** TABLE_BYTES a column, padding columns included */
  columnTable: number;
  /** TABLE_BYTES a stored column, padding included */
  storedTable: number;
  /** BUNDLE_BYTES a bundle */
  bundleTable: number;
  /** GROUP_COLUMNS bytes a code of a bundle: the bin in each of its columns */
  memberBins: number;
  /** a float64 pair a code of a bundle */
  bundleSums: number;
  /** PACKED_BYTES a stored column: sums of quantised gradients */
  packed: number;
  /** `partialCount` times `partialBytes`: the sums of a block of rows */
  partials: number;
  /** uint32 a code of a bundle */
  bundleCounts: number;
  /** GROUP_COLUMNS uint32: the columns of bytes that go into a group */
  sources: number;
  /** uint32 a group of stored columns in use */
  groups: number;
  /** uint32 a numeric column in use */
  numericColumns: number;
  /** uint32 a categorical column in use */
  categoryColumns: number;
  /** float64 a categorical column in use */
  categoryBounds: number;
  /** RECORD_BYTES a column */
  records: number;
  /** MEMBERSHIP_BYTES */
  membership: number;
  /** uint32 a histogram bin */
  counts: number;
  /** uint32 a bin of a column */
  spareCounts: number;
  /** a float64 pair */
  sums: number;
  /** `slotCount` histograms of `histogramBytes` */
  histograms: number;
}

/** Everything a fit keeps in memory: a kernel, its buffer and views of it. */
export interface Workspace {
  kernel: Kernel;
  layout: Layout;
  rowCount: number;
  mapper: BinMapper;
  /** how `layout.bins` holds the columns; written by `binMatrixInto` */
  stored: StoredColumns;
  /** set while `layout.gradients` holds integers times these */
  scales: GradientScales | undefined;
  chunkRows: number;
  histogramBytes: number;
  /** from the sums of one block of rows to those of the next: a histogram, then bundle sums */
  partialBytes: number;
  partialCount: number;
  /** threads that share the work; absent where one works alone */
  team: Team | undefined;
  slotCount: number;
  /** per column, padding included: its first bin in a histogram; padding has the last one */
  firstBin: Uint32Array;
  bytes: Uint8Array;
  words: Uint32Array;
  floats: Float32Array;
  doubles: Float64Array;
}

/**
 * Lays out and reserves the memory of a fit, and writes the column table.
 * @param maxLeaves - leaves of a tree; bounds the number of histograms
 * @param outputCount - margins a row
 * @param factory - makes the kernel
 * @param matrix - the rows as they came, for threads that share them
 * @throws {DataError} when the engine cannot give that much memory.
 */
export function createWorkspace(
  rowCount: number,
  featureCount: number,
  mapper: BinMapper,
  maxLeaves: number,
  kernelChoice: KernelChoice,
  outputCount = 1,
  factory: KernelFactory = ONE_THREAD,
  matrix?: Float32Array,
): Workspace {
  const columnCount = mapper.columns.length;
  const binStride = Math.ceil(columnCount / GROUP_COLUMNS) * GROUP_COLUMNS;
  const firstBin = new Uint32Array(binStride);
  let binCount = 0;
  mapper.columns.forEach((bins, column) => {
    firstBin[column] = binCount;
    binCount += binCountOf(bins);
  });
  // padding columns share one bin after all the others
  firstBin.fill(binCount, columnCount);
  const histogramBytes = (binCount + 1) * PAIR_BYTES;
  const affordable = Math.floor(HISTOGRAM_BUDGET_BYTES / histogramBytes);
  const slotCount = Math.max(2, Math.min(maxLeaves, affordable));
  // an even number: memory that threads share is copied fast only from and to multiples of 8 bytes
  const chunkRows = Math.min(
    rowCount,
    Math.max(16, 2 * Math.floor(CHUNK_BYTES / (8 * featureCount))),
  );

  const tileBytes = TILE_ROWS * (PAIR_BYTES + binStride) + binStride * WIDE_BYTES;
  // columns come to be bundled only when they are binned: there is room for any outcome, and memory untouched is not taken
  const mostCodes = (columnCount >> 1) * MAX_CODES;
  const partialBytes = histogramBytes + mostCodes * PAIR_BYTES;
  const partialCount = factory.workerCount > 1 ? PARTIALS_OF_THREAD * factory.workerCount : 1;
  const { layout, byteLength } = layOut({
    thresholds: columnCount * PADDED_THRESHOLDS * 4,
    binningTable: columnCount * BINNING_BYTES,
    chunk: factory.workerCount * chunkBytesOf(chunkRows, featureCount),
    bins: rowCount * binStride,
    columnBins: rowCount * columnCount,
    tile: factory.workerCount * tileBytes,
    gradients: rowCount * 8,
    margins: rowCount * 8 * outputCount,
    normalizers: outputCount > 1 ? rowCount * 16 : 0,
    targets: rowCount * 4,
    weights: rowCount * 4,
    sampleIndices: rowCount * 4,
    scratch: rowCount * 4,
    columnTable: binStride * TABLE_BYTES,
    storedTable: binStride * TABLE_BYTES,
    bundleTable: (columnCount >> 1) * BUNDLE_BYTES,
    memberBins: mostCodes * GROUP_COLUMNS,
    bundleSums: mostCodes * PAIR_BYTES,
    packed: binStride * PACKED_BYTES,
    partials: partialCount * partialBytes,
    bundleCounts: mostCodes * 4,
    sources: GROUP_COLUMNS * 4,
    groups: binStride,
    numericColumns: binStride * 4,
    categoryColumns: binStride * 4,
    categoryBounds: binStride * 8,
    records: binStride * RECORD_BYTES,
    membership: MEMBERSHIP_BYTES,
    counts: (binCount + 1) * 4,
    spareCounts: 256 * 4,
    sums: PAIR_BYTES,
    histograms: slotCount * histogramBytes,
  });
  const { kernel, buffer, team } = factory.create(kernelChoice, byteLength, tileBytes, matrix);
  const words = new Uint32Array(buffer);
  for (let column = 0; column < binStride; column++) {
    const bins = mapper.columns[column];
    const record = [
      firstBin[column]! * PAIR_BYTES,
      bins?.valueBinCount ?? 0,
      bins?.hasMissing ? 1 : 0,
    ];
    words.set(record, (layout.columnTable + column * TABLE_BYTES) / 4);
  }
  return {
    kernel,
    layout,
    rowCount,
    mapper,
    stored: NOTHING_STORED,
    scales: undefined,
    chunkRows,
    histogramBytes,
    partialBytes,
    partialCount,
    team,
    slotCount,
    firstBin,
    bytes: new Uint8Array(buffer),
    words,
    floats: new Float32Array(buffer),
    doubles: new Float64Array(buffer),
  };
}

/** Puts regions one after another, each at a multiple of a cache line. */
function layOut(sizes: Record<keyof Layout, number>): { layout: Layout; byteLength: number } {
  let byteLength = 64;
  const entries = Object.entries(sizes).map(([name, size]): [string, number] => {
    const start = byteLength;
    byteLength += Math.ceil(size / 64) * 64;
    return [name, start];
  });
  return { layout: Object.fromEntries(entries) as unknown as Layout, byteLength };
}
