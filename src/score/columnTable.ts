import type { SetColumn } from '../model/quantized.js';
import { cellEntries, findCells, findSearchCells, lowerCounts } from './cellTable.js';
import type { ImageWriter } from './imageWriter.js';
import type { KernelColumn, KernelRanks } from './kernelColumns.js';

const TILE_ROWS = 256;
const PLANE_BYTES = 32;
const COLUMN_WORDS = 16;
const BLOCK_FEATURES = 4;
/** up to so many thresholds, comparing with each is cheaper than a table */
const COUNTED_THRESHOLDS = 5;
/** all tests of a nibble are made at once */
const TESTS_MADE_AT_ONCE = 16;
const SET_TESTS = 8;
/** the exponent of 2^23, see CellGrid */
const INTEGERS = 8388608;

/** Kinds of columns in assembly/score/bin.ts. */
const COUNTED = 0;
const CELLS = 1;
const SEARCHED = 2;
const SETS = 3;

/** Columns in the memory of the kernel. */
export interface ColumnTable {
  /** addresses: the descriptors, and their end */
  columns: number;
  columnsEnd: number;
  /** the blocks of four features, and their end */
  blocks: number;
  blocksEnd: number;
  /** per column: address of the plane of its first test; the others follow */
  testPlanes: Uint32Array;
  /** per column: number of its first test among those of all columns, from 1 */
  firstTest: Uint32Array;
}

/** Tests of a column: thresholds, or bits of a set. */
export function testCountOf(column: KernelColumn): number {
  return column.kind === 'sets' ? SET_TESTS : column.thresholds.length;
}

/** Places the columns, the tables that bin them, and room for the planes of their tests. */
export function placeColumns(writer: ImageWriter, columns: readonly KernelColumn[]): ColumnTable {
  const order = columns.map((_, index) => index);
  order.sort((a, b) => columns[a]!.featureIndex - columns[b]!.featureIndex || a - b);
  const words = new Int32Array(COLUMN_WORDS * columns.length);
  const address = writer.place(words);
  const testPlanes = new Uint32Array(columns.length);
  const firstTest = new Uint32Array(columns.length);
  let nextTest = 1;
  const blocks: number[] = [];
  let block = -1;
  order.forEach((index, place) => {
    const column = columns[index]!;
    const { featureIndex } = column;
    const at = address + 4 * COLUMN_WORDS * place;
    if (Math.floor(featureIndex / BLOCK_FEATURES) !== block) {
      block = Math.floor(featureIndex / BLOCK_FEATURES);
      blocks.push(4 * BLOCK_FEATURES * block, at, 0);
    }
    blocks[blocks.length - 1] = at + 4 * COLUMN_WORDS;
    const descriptor = words.subarray(COLUMN_WORDS * place, COLUMN_WORDS * (place + 1));
    const testCount = testCountOf(column);
    const planeCount = Math.ceil(testCount / TESTS_MADE_AT_ONCE) * TESTS_MADE_AT_ONCE;
    testPlanes[index] = writer.reserve(PLANE_BYTES * planeCount);
    descriptor[1] = 4 * TILE_ROWS * (featureIndex % BLOCK_FEATURES);
    descriptor[2] = 4 * featureIndex;
    descriptor[3] = testPlanes[index]!;
    descriptor[4] = testCount;
    descriptor[11] = firstTest[index] = nextTest;
    nextTest += testCount;
    if (column.kind === 'sets') describeSets(writer, column, descriptor);
    else describeRanks(writer, column, descriptor);
  });
  const place = writer.place(Uint32Array.from(blocks));
  return {
    columns: address,
    columnsEnd: address + words.byteLength,
    blocks: place,
    blocksEnd: place + 4 * blocks.length,
    testPlanes,
    firstTest,
  };
}

/** The kernel's bits say which sets a level is not in: it goes right there. */
function describeSets(writer: ImageWriter, { table }: SetColumn, descriptor: Int32Array): void {
  descriptor[0] = SETS;
  descriptor[5] = writer.place(table.map((sets) => ~sets));
  descriptor[6] = table.length - 2;
}

function describeRanks(
  writer: ImageWriter,
  { thresholds, missingRank }: KernelRanks,
  descriptor: Int32Array,
): void {
  const floats = new Float32Array(descriptor.buffer, descriptor.byteOffset, COLUMN_WORDS);
  descriptor[7] = missingRank;
  if (thresholds.length <= COUNTED_THRESHOLDS) {
    descriptor[0] = COUNTED;
    descriptor[5] = writer.place(thresholds);
    descriptor[6] = thresholds.length;
    return;
  }
  const cells = findCells(thresholds);
  const grid = cells ?? findSearchCells(thresholds);
  if (cells) {
    descriptor[0] = CELLS;
    descriptor[5] = writer.place(cellEntries(cells, thresholds, missingRank));
  } else {
    const { steps } = findSearchCells(thresholds);
    const lower = lowerCounts(grid);
    // a search may look past the end, where nothing is below a value
    const table = new Uint32Array(lower.length + thresholds.length + (1 << steps));
    const padded = new Float32Array(table.buffer, 4 * lower.length).fill(Infinity);
    padded.set(thresholds);
    const address = writer.place(table);
    lower.forEach((count, cell) => {
      table[cell] = address + 4 * (lower.length + count);
    });
    descriptor[0] = SEARCHED;
    descriptor[5] = address;
    descriptor[6] = steps;
  }
  floats[8] = grid.scale;
  floats[9] = grid.offset;
  floats[10] = INTEGERS + grid.cellCount - 1;
}
