import type { ByteColumn, QuantizedForest } from '../model/quantized.js';
import { ImageWriter } from './imageWriter.js';
import { type KernelImage, reserveStage } from './stage.js';

/** tails of a batch up to this long are walked a row at a time */
export const WALKED_ROWS = 24;
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
const TREE_WORK = 32;
const NODE_WORK = 8;

/**
 * Stages a forest in a WebAssembly memory of its own: what it is made of as it stands in the blob. The kernel's `layForest(plan)`
 * makes of it what it runs, behind everything that has an address here; then rows may be staged over it.
 * @param placeMore - places what else is to stand in the memory
 * @throws {RangeError} when the memory cannot be had.
 */
export function stageForest(
  forest: QuantizedForest,
  featureCount: number,
  placeMore?: (writer: ImageWriter) => void,
): KernelImage {
  const { columns, structure, column, test, leafValue, groupStart } = forest;
  const nodeCount = column.length;
  const treeCount = leafValue.length - nodeCount;
  const outputCount = forest.baseScores.length;

  const writer = new ImageWriter();
  // the first thing, so that its address is fixed: a byte a test of one row
  writer.reserve(columns.reduce((sum, own) => sum + testCountOf(own), 1 + 16));
  const words = new Uint32Array(PLAN_WORDS);
  const plan = writer.place(words);
  placeMore?.(writer);
  const staged = writer.end;
  const stage = reserveStage(writer, featureCount, outputCount, columns.length);
  const { end } = writer;
  // where rows will be is room until the forest is laid out
  writer.end = staged;
  const sources = placeSources(writer, columns);
  words[OUTPUT_COUNT] = outputCount;
  words[ROW_STRIDE] = 4 * featureCount;
  words[8] = forest.leafBits / 8;
  words[9] = WALKED_ROWS;
  words[MARGIN_STRIDE] = stage.marginStride;
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
  const laidOut = Math.max(end, writer.end);
  words[SOURCE] = laidOut;
  // the layout takes about four times what it is made of, and makes the memory larger, page by page, where it takes more
  writer.end = laidOut + 4 * (writer.end - staged);
  const memory = writer.finish();
  return { ...stage, memory, plan };
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
