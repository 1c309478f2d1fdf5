import type { ImageWriter } from './imageWriter.js';

/** rows that are copied in at a time, for models of few features */
const STAGED_ROWS = 1024;
const STAGED_BYTES = 1 << 18;
/** the kernels work on up to so many rows at once */
const TILE_ROWS = 256;

/** Where rows of a batch stand in the memory of a kernel, and what becomes of them; addresses are byte offsets. */
export interface Stage {
  featureCount: number;
  outputCount: number;
  /** rows that may be staged at once, a multiple of TILE_ROWS */
  stagedRows: number;
  /** stagedRows rows: row-major float32, or columns of float32 or of bytes */
  input: number;
  /** float64, a margin a staged row; outputs one after the other */
  margins: number;
  /** bytes from the margins of an output to those of the next */
  marginStride: number;
  /** float32, row-major, a prediction a staged row and output */
  predictions: number;
}

/**
 * Makes room for as many rows as stay in the caches.
 * @param columnCount - of byte columns, for rows that are binned already
 */
export function reserveStage(
  writer: ImageWriter,
  featureCount: number,
  outputCount: number,
  columnCount: number,
): Stage {
  const inputBytes = Math.max(4 * featureCount, columnCount);
  const rowBytes = Math.max(1, inputBytes, 12 * outputCount);
  const wanted = Math.floor(STAGED_BYTES / rowBytes / TILE_ROWS) * TILE_ROWS;
  const stagedRows = Math.min(STAGED_ROWS, Math.max(TILE_ROWS, wanted));
  const marginStride = 8 * stagedRows;
  return {
    featureCount,
    outputCount,
    stagedRows,
    // features are read four at a time: the last ones may end beyond the last row
    input: writer.reserve(inputBytes * stagedRows + 16),
    margins: writer.reserve(marginStride * outputCount),
    marginStride,
    predictions: writer.reserve(4 * stagedRows * outputCount),
  };
}

/** A model in the memory of a kernel. */
export interface KernelImage extends Stage {
  memory: WebAssembly.Memory;
  /** address of the plan: of a forest as in assembly/score/plan.ts, of a linear model as in assembly/score/linearPlan.ts */
  plan: number;
}

/** The stage as arrays. */
export interface StageViews {
  input: Float32Array;
  /** the same, as bytes */
  bins: Uint8Array;
  margins: Float64Array;
  predictions: Float32Array;
}

export function stageViews(image: KernelImage): StageViews {
  const { buffer } = image.memory;
  const { stagedRows, featureCount, outputCount } = image;
  return {
    input: new Float32Array(buffer, image.input, stagedRows * featureCount),
    bins: new Uint8Array(buffer, image.input),
    margins: new Float64Array(buffer, image.margins, stagedRows * outputCount),
    predictions: new Float32Array(buffer, image.predictions, stagedRows * outputCount),
  };
}
