import type { QuantizedForest } from '../model/quantized.js';
import { placeColumns, testCountOf } from './columnTable.js';
import { mostPieces, PIECE_BYTES, PLANE_BYTES, writeForestProgram } from './forestProgram.js';
import { ImageWriter } from './imageWriter.js';
import { type KernelColumns, layKernelColumns } from './kernelColumns.js';
import { buildRowTables, rowGroupWords } from './rowTables.js';
import { type KernelImage, reserveStage } from './stage.js';

const TILE_ROWS = 256;
const GROUP_BYTES = 24;
const ROW_GROUP_BYTES = 48;
const OUTPUT_BYTES = 24;
/** tails of a batch up to this long are walked a row at a time */
const WALKED_ROWS = 24;
const PLAN_BYTES = 64;
const CODE_BYTES = TILE_ROWS / 2;
/** vectors for the planes of a nibble and more */
const SCRATCH_BYTES = 1024;

/**
 * Lays a forest out in a WebAssembly memory of its own, as assembly/score/plan.ts describes it.
 * @param placeMore - places what else is to stand in the memory
 * @throws {RangeError} when the memory cannot be had.
 */
export function createKernelImage(
  forest: QuantizedForest,
  featureCount: number,
  placeMore?: (writer: ImageWriter) => void,
): KernelImage {
  const columns = layKernelColumns(forest);
  const stride = 4 * featureCount;
  const outputCount = forest.baseScores.length;
  const groupCount = forest.groupStart.length;
  const leafPlanes = forest.leafValue instanceof Int8Array ? 1 : 2;

  const writer = new ImageWriter();
  // the first thing, so that its address is fixed
  writer.reserve(columns.columns.reduce((sum, column) => sum + testCountOf(column), 1 + 16));
  const plan = writer.reserve(PLAN_BYTES);
  const outputTable = writer.reserve(OUTPUT_BYTES * outputCount);
  const groupTable = writer.reserve(GROUP_BYTES * groupCount);
  const rowGroupTable = writer.reserve(ROW_GROUP_BYTES * groupCount);
  const none = writer.reserve(PLANE_BYTES);
  const all = writer.place(new Uint8Array(PLANE_BYTES).fill(255));
  const gathered = writer.reserve(4 * 4 * TILE_ROWS);
  const ranks = writer.reserve(TILE_ROWS);
  const scratch = writer.reserve(SCRATCH_BYTES);
  const sums = writer.reserve(2 * TILE_ROWS * leafPlanes);
  const table = placeColumns(writer, columns.columns);
  const pieces = mostPieces(forest);
  const boundaries = writer.reserve(PIECE_BYTES * pieces);
  const codes = writer.reserve(CODE_BYTES * pieces);
  const program = writeForestProgram(forest, {
    none,
    all,
    boundaries,
    test: testsOf(columns, table.testPlanes, PLANE_BYTES),
  });
  const words = writer.place(program.words);
  const stage = reserveStage(writer, featureCount, outputCount);
  const walk = buildRowTables(forest, testsOf(columns, table.firstTest, 1));
  const nodes = walk ? writer.place(walk.nodes) : 0;
  placeMore?.(writer);
  const memory = writer.finish();

  const view = new DataView(memory.buffer);
  const u32 = (at: number, ...values: number[]): void =>
    values.forEach((value, index) => {
      view.setUint32(at + 4 * index, value, true);
    });
  u32(plan, table.blocks, table.blocksEnd, outputTable, outputCount);
  u32(plan + 16, gathered, ranks, scratch, stride, leafPlanes, walk ? WALKED_ROWS : 0);
  u32(plan + 40, stage.marginStride, table.columns, table.columnsEnd, boundaries, codes, sums);

  let group = 0;
  forest.baseScores.forEach((baseScore, output) => {
    const at = outputTable + OUTPUT_BYTES * output;
    const first = group;
    while (group < groupCount && forest.groupOutput[group] === output) group++;
    view.setFloat64(at, baseScore, true);
    u32(at + 8, groupTable + GROUP_BYTES * first, groupTable + GROUP_BYTES * group);
    u32(at + 16, rowGroupTable + ROW_GROUP_BYTES * first, rowGroupTable + ROW_GROUP_BYTES * group);
  });
  for (let index = 0; index < groupCount; index++) {
    const at = groupTable + GROUP_BYTES * index;
    view.setFloat64(at, forest.groupScale[index]!, true);
    view.setInt32(at + 8, program.constant[index]!, true);
    u32(
      at + 12,
      words + 4 * program.groupStart[index]!,
      words + 4 * program.groupStart[index + 1]!,
    );
    if (!walk) continue;
    const row = rowGroupTable + ROW_GROUP_BYTES * index;
    view.setFloat64(row, forest.groupScale[index]!, true);
    u32(row + 8, ...rowGroupWords(walk.groups[index]!, nodes));
  }
  return { ...stage, memory, plan, hasRowTables: !!walk };
}

/** Per node: where its test is, `step` apart from the first one of its column. */
function testsOf(
  { columns, column, test }: KernelColumns,
  first: Uint32Array,
  step: number,
): Uint32Array {
  return Uint32Array.from(column, (index, node) => {
    const isSet = columns[index]!.kind === 'sets';
    return first[index]! + step * (isSet ? 31 - Math.clz32(test[node]!) : test[node]!);
  });
}
