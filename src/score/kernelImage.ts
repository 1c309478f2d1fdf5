import type { QuantizedForest } from '../model/quantized.js';
import { buildCellTable } from './cellTable.js';
import { ImageWriter } from './imageWriter.js';
import { type KernelColumn, layKernelColumns } from './kernelColumns.js';
import { buildRowTables, CHUNK_TREES, missingKey, type RowTables } from './rowTables.js';
import { type KernelImage, reserveStage } from './stage.js';
import { SCRATCH_PLANES, writeTileProgram } from './tileProgram.js';

const TILE_ROWS = 512;
const COLUMN_BYTES = 48;
const GROUP_BYTES = 32;
const ROW_GROUP_BYTES = 16;
const OUTPUT_BYTES = 24;
const CHUNK_BYTES = 40;
/** tails of a batch up to this long are walked a row at a time */
const WALKED_ROWS = 24;
const PLAN_BYTES = 64;

/** A forest in the memory of the kernel. */
export interface ForestImage extends KernelImage {
  /** false when the model is too large for the single-row tables */
  hasRowTables: boolean;
}

/**
 * Lays a forest out in a WebAssembly memory of its own, as assembly/score/plan.ts describes it.
 * @throws {RangeError} when the memory cannot be had.
 */
export function createKernelImage(
  forest: QuantizedForest,
  featureCount: number,
  writer: ImageWriter = new ImageWriter(),
): ForestImage {
  const columns = layKernelColumns(forest);
  const programs = planesOf(forest).map(({ bytes, unsigned }) =>
    writeTileProgram(forest, columns, bytes, unsigned),
  );
  const rowTables = buildRowTables(forest, columns);
  const stride = 4 * featureCount;
  const outputCount = forest.baseScores.length;
  const groupCount = forest.groupStart.length;
  const slotCount = Math.max(...programs.map((program) => program.slotCount));

  const plan = writer.reserve(PLAN_BYTES);
  const columnTable = writer.reserve(COLUMN_BYTES * columns.columns.length);
  const outputTable = writer.reserve(OUTPUT_BYTES * outputCount);
  const groupTable = writer.reserve(GROUP_BYTES * groupCount);
  const rowGroupTable = writer.reserve(ROW_GROUP_BYTES * groupCount);
  const keyColumnTable = writer.reserve(16 * columns.columns.length);
  const tile = writer.reserve(TILE_ROWS * (columns.columns.length + SCRATCH_PLANES));
  const slots = writer.reserve(TILE_ROWS * slotCount);
  const sums = writer.reserve(2 * TILE_ROWS * 2);
  const keys = writer.reserve(4 * (rowTables?.keyCount ?? 0));
  const tables = columns.columns.map((column) => placeColumn(writer, column));
  const words = programs.map((program) => writer.place(program.words));
  const stage = reserveStage(writer, featureCount, outputCount);
  const walk = rowTables && placeRowTables(writer, rowTables);
  const memory = writer.finish();

  const view = new DataView(memory.buffer);
  const u32 = (at: number, ...values: number[]): void =>
    values.forEach((value, index) => {
      view.setUint32(at + 4 * index, value, true);
    });
  u32(plan, columnTable, columns.columns.length, outputTable, outputCount);
  u32(plan + 16, tile, slots, sums, stride, programs.length, walk ? WALKED_ROWS : 0);
  u32(plan + 40, stage.marginStride);
  u32(plan + 44, keys, keyColumnTable, columns.columns.length, walk?.nodes ?? 0, walk?.values ?? 0);

  let group = 0;
  forest.baseScores.forEach((baseScore, output) => {
    const at = outputTable + OUTPUT_BYTES * output;
    const first = group;
    while (group < groupCount && forest.groupOutput[group] === output) group++;
    view.setFloat64(at, baseScore, true);
    u32(at + 8, groupTable + GROUP_BYTES * first, groupTable + GROUP_BYTES * group);
    u32(at + 16, rowGroupTable + ROW_GROUP_BYTES * first, rowGroupTable + ROW_GROUP_BYTES * group);
  });
  columns.columns.forEach((column, index) => {
    const at = columnTable + COLUMN_BYTES * index;
    const table = tables[index]!;
    const offset = 4 * column.featureIndex;
    if (column.kind === 'sets') {
      const levelCount = column.table.length - 2;
      u32(at, 1, offset, table.address, 0, levelCount);
      u32(keyColumnTable + 16 * index, offset, 1, table.address, levelCount);
    } else {
      u32(at, 0, offset, table.address, table.thresholds, table.steps);
      view.setFloat32(at + 20, table.scale, true);
      view.setFloat32(at + 24, table.offset, true);
      view.setFloat32(at + 28, table.cellCount - 1, true);
      view.setInt32(at + 32, column.missingRank - 127, true);
      u32(keyColumnTable + 16 * index, offset, 0, missingKey(column));
    }
  });
  for (let index = 0; index < groupCount; index++) {
    const at = groupTable + GROUP_BYTES * index;
    view.setFloat64(at, forest.groupScale[index]!, true);
    programs.forEach(({ groupStart, constant }, plane) => {
      const first = words[plane]! + 4 * groupStart[index]!;
      const end = words[plane]! + 4 * groupStart[index + 1]!;
      u32(at + 8 + 12 * plane, first, end, constant[index]!);
    });
    if (!walk || !rowTables) continue;
    const row = rowGroupTable + ROW_GROUP_BYTES * index;
    view.setFloat64(row, forest.groupScale[index]!, true);
    u32(row + 8, walk.chunks + CHUNK_BYTES * rowTables.groupStart[index]!);
    u32(row + 12, walk.chunks + CHUNK_BYTES * rowTables.groupStart[index + 1]!);
  }
  return { ...stage, memory, plan, hasRowTables: !!walk };
}

/** int8 leaves are one plane of bytes, int16 leaves a low one without and a high one with sign. */
function planesOf(forest: QuantizedForest): { bytes: Int8Array | Uint8Array; unsigned: boolean }[] {
  const { leafValue } = forest;
  if (leafValue instanceof Int8Array) return [{ bytes: leafValue, unsigned: false }];
  return [
    { bytes: Uint8Array.from(leafValue, (value) => value & 0xff), unsigned: true },
    { bytes: Int8Array.from(leafValue, (value) => value >> 8), unsigned: false },
  ];
}

interface PlacedColumn {
  address: number;
  thresholds: number;
  steps: number;
  scale: number;
  offset: number;
  cellCount: number;
}

function placeColumn(writer: ImageWriter, column: KernelColumn): PlacedColumn {
  if (column.kind === 'sets') {
    const address = writer.place(column.table);
    return { address, thresholds: 0, steps: 0, scale: 0, offset: 0, cellCount: 0 };
  }
  const { thresholds } = column;
  const { rank, steps, scale, offset } = buildCellTable(thresholds);
  // a search may look past the end, where nothing is below a value
  const padded = new Float32Array(thresholds.length + (1 << steps)).fill(Infinity);
  padded.set(thresholds);
  const entries = new Int32Array(2 * rank.length);
  const floats = new Float32Array(entries.buffer);
  rank.forEach((lower, cell) => {
    floats[2 * cell] = padded[lower]!;
    // a byte is 1 + rank; less 128, as the kernel compares signed bytes
    entries[2 * cell + 1] = lower - 127;
  });
  const address = writer.place(entries);
  return {
    address,
    thresholds: writer.place(padded),
    steps,
    scale,
    offset,
    cellCount: rank.length,
  };
}

function placeRowTables(
  writer: ImageWriter,
  { nodes, values, chunks }: RowTables,
): { nodes: number; values: number; chunks: number } {
  const address = writer.place(nodes);
  const wide = new Uint32Array((chunks.length / (CHUNK_TREES + 1)) * (CHUNK_BYTES / 4));
  for (let from = 0, to = 0; from < chunks.length; from += CHUNK_TREES + 1, to += CHUNK_BYTES / 4) {
    for (let i = 0; i < CHUNK_TREES; i++) wide[to + i] = address + 8 * chunks[from + i]!;
    wide[to + CHUNK_TREES] = chunks[from + CHUNK_TREES]!;
  }
  return { nodes: address, values: writer.place(values), chunks: writer.place(wide) };
}
