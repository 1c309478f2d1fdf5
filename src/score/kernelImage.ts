import type { ByteColumn, QuantizedForest } from '../model/quantized.js';
import { ImageWriter } from './imageWriter.js';

const TILE_ROWS = 256;
/** rows that are copied in at a time, for models of few features */
const STAGED_ROWS = 1024;
const STAGED_BYTES = 1 << 18;
/** tails of a batch up to this long are walked a row at a time */
const WALKED_ROWS = 24;
/** tests of a set column */
const SET_TESTS = 8;
/** the plan of assembly/score/plan.ts, in words, and where it goes on with what assembly/score/layout/source.ts has */
const PLAN_WORDS = 33;
const OUTPUT_COUNT = 3;
const ROW_STRIDE = 7;
const MARGIN_STRIDE = 10;
const SOURCE = 16;
const SOURCE_COLUMN_WORDS = 8;
/** what the layout works in, as bytes */
const FEATURE_WORK = 4;
const TREE_WORK = 40;
const NODE_WORK = 8;

/** A model in the memory of the kernel; addresses are byte offsets. */
export interface KernelImage {
  memory: WebAssembly.Memory;
  plan: number;
  /** rows that may be staged at once, a multiple of 256 */
  stagedRows: number;
  /** row-major float32, stagedRows rows */
  input: number;
  /** float64, a margin a staged row; outputs one after the other */
  margins: number;
  /** bytes from the margins of an output to those of the next */
  marginStride: number;
  /** float32, row-major, a prediction a staged row and output */
  predictions: number;
}

/**
 * Stages a forest in a WebAssembly memory of its own: what it is made of as it stands in the blob. The kernel's `layForest(plan)`
 * makes of it what it runs, behind everything that has an address here; then rows may be staged over it.
 * @throws {RangeError} when the memory cannot be had.
 */
export function stageForest(forest: QuantizedForest, featureCount: number): KernelImage {
  const { columns, structure, column, test, leafValue, groupStart } = forest;
  const nodeCount = column.length;
  const treeCount = leafValue.length - nodeCount;
  const stride = 4 * featureCount;
  const outputCount = forest.baseScores.length;
  const rowBytes = Math.max(1, stride, 12 * outputCount);
  const wanted = Math.floor(STAGED_BYTES / rowBytes / TILE_ROWS) * TILE_ROWS;
  const stagedRows = Math.min(STAGED_ROWS, Math.max(TILE_ROWS, wanted));
  const marginStride = 8 * stagedRows;

  const writer = new ImageWriter();
  // the first thing, so that its address is fixed: a byte a test of one row
  writer.reserve(columns.reduce((sum, own) => sum + testCountOf(own), 1 + 16));
  const words = new Uint32Array(PLAN_WORDS);
  const plan = writer.place(words);
  const staged = writer.end;
  // the last block of features, read four at a time, may end beyond the last row
  const input = writer.reserve(stride * stagedRows + 16);
  const margins = writer.reserve(marginStride * outputCount);
  const predictions = writer.reserve(4 * stagedRows * outputCount);
  const { end } = writer;
  // where rows will be is room until the forest is laid out
  writer.end = staged;
  const sources = placeSources(writer, columns);
  words[OUTPUT_COUNT] = outputCount;
  words[ROW_STRIDE] = stride;
  words[8] = forest.leafBits / 8;
  words[9] = WALKED_ROWS;
  words[MARGIN_STRIDE] = marginStride;
  words.set(
    [
      writer.reserve(FEATURE_WORK * featureCount + TREE_WORK * treeCount),
      featureCount,
      sources,
      columns.length,
      writer.place(structure),
      nodeCount,
      writer.place(column),
      writer.place(test),
      writer.reserve(NODE_WORK * nodeCount),
      writer.place(leafValue),
      treeCount,
      groupStart.length,
      writer.place(groupStart),
      writer.place(forest.groupScale),
      writer.place(forest.groupOutput),
      writer.place(forest.baseScores),
    ],
    SOURCE + 1,
  );
  writer.end = Math.max(end, writer.end);
  words[SOURCE] = writer.end;
  const memory = writer.finish();
  return { memory, plan, stagedRows, input, margins, marginStride, predictions };
}

function testCountOf(column: ByteColumn): number {
  return column.kind === 'sets' ? SET_TESTS : column.thresholds.length;
}

function placeSources(writer: ImageWriter, columns: readonly ByteColumn[]): number {
  const words = new Uint32Array(SOURCE_COLUMN_WORDS * columns.length);
  columns.forEach((column, index) => {
    const data = column.kind === 'sets' ? column.table : column.thresholds;
    const kind = column.kind === 'sets' ? 2 : Number(column.missing === 'high');
    const source = [kind, column.featureIndex, data.length, writer.place(data)];
    words.set(source, SOURCE_COLUMN_WORDS * index);
  });
  return writer.place(words);
}
