import {
  AT_ONCE,
  COLUMN_BYTES,
  COUNT,
  FIRST_TEST,
  GATHERED_OFFSET,
  HIGH_BINS,
  KIND,
  LEVEL_BYTES,
  LOW_BINS,
  MISSING,
  ROW_OFFSET,
  SET_TESTS,
  SETS,
  TABLE,
  TEST_COUNT,
  TEST_PLANES,
} from '../bin';
import { BLOCK_BYTES, BLOCKS, BLOCKS_END, COLUMNS, COLUMNS_END, PLANE_BYTES, SCRATCH, TILE_ROWS } from '../plan';
import { FEW } from '../sets';
import { layCells } from './cells';
import { take, takeLines } from './room';
import {
  FEATURE_COUNT,
  HIGH,
  LOW,
  RANK_BYTES,
  SET_TABLE,
  SOURCE_COLUMN_BYTES,
  SOURCE_COLUMN_COUNT,
  SOURCE_COLUMNS,
  SOURCE_COUNT,
  SOURCE_DATA,
  SOURCE_FEATURE,
  SOURCE_IS_JOINED,
  SOURCE_KIND,
  SOURCE_NEXT,
  SOURCE_NUMBER,
  SOURCE_PLANE,
  WORK,
} from './source';

const BLOCK_FEATURES: u32 = 4;
/** thresholds of a column at most: ranks are bytes, and tests one less */
const MOST_THRESHOLDS: u32 = 253;
/** columns of sets that are binned at once */
export const MOST_AT_ONCE: usize = 16;
/** all tests of a nibble are made at once */
const TESTS_MADE_AT_ONCE: usize = 16;

/**
 * Lays the columns out in the order of the features, the tables that bin them, and planes for their tests. Returns how many tests
 * there are, and one more.
 *
 * There are as few columns as possible to bin: where all thresholds at which missing goes left lie above all at which it goes right,
 * both columns of the feature become one, with missing ranked in between. Models that take missing for a number, as LightGBM
 * does for 0, are all of this kind.
 */
export function layColumns(plan: usize): u32 {
  const columnCount = load<u32>(plan, SOURCE_COLUMN_COUNT);
  const featureCount = load<u32>(plan, FEATURE_COUNT);
  const firstOf = <usize>load<u32>(plan, WORK);
  listColumns(plan, firstOf);
  let column = takeLines(plan, COLUMN_BYTES * columnCount);
  // a block has a column at least
  let block = takeLines(plan, BLOCK_BYTES * columnCount);
  store<u32>(plan, <u32>column, COLUMNS);
  store<u32>(plan, <u32>block, BLOCKS);
  let test: u32 = 1;
  for (let first: u32 = 0; first < featureCount; first += BLOCK_FEATURES) {
    const blockColumn = column;
    for (let feature = first; feature < min(first + BLOCK_FEATURES, featureCount); feature++) {
      let source = <usize>load<u32>(firstOf + (<usize>feature << 2));
      for (; source != 0; source = <usize>load<u32>(source, SOURCE_NEXT)) {
        if (load<u32>(source, SOURCE_IS_JOINED)) continue;
        const laid = column;
        store<u32>(column, test, FIRST_TEST);
        if (load<u32>(source, SOURCE_KIND) == SET_TABLE) column = laySets(plan, column, source);
        else layRanks(plan, column, source);
        column += COLUMN_BYTES;
        for (let own = laid; own < column; own += COLUMN_BYTES) {
          store<u32>(own, 4 * <u32>TILE_ROWS * (feature - first), GATHERED_OFFSET);
          store<u32>(own, 4 * feature, ROW_OFFSET);
          test += load<u32>(own, TEST_COUNT);
        }
      }
    }
    if (column == blockColumn) continue;
    store<u32>(block, 4 * first);
    store<u32>(block, <u32>blockColumn, 4);
    store<u32>(block, <u32>column, 8);
    block += BLOCK_BYTES;
  }
  store<u32>(plan, <u32>column, COLUMNS_END);
  store<u32>(plan, <u32>block, BLOCKS_END);
  return test;
}

/** Lists the columns of each feature, in their order. @param firstOf - u32 a feature: its first column, or 0 (OUT) */
function listColumns(plan: usize, firstOf: usize): void {
  memory.fill(firstOf, 0, <usize>load<u32>(plan, FEATURE_COUNT) << 2);
  const first = <usize>load<u32>(plan, SOURCE_COLUMNS);
  let source = first + SOURCE_COLUMN_BYTES * load<u32>(plan, SOURCE_COLUMN_COUNT);
  while (source > first) {
    source -= SOURCE_COLUMN_BYTES;
    const list = firstOf + (<usize>load<u32>(source, SOURCE_FEATURE) << 2);
    store<u32>(source, load<u32>(list), SOURCE_NEXT);
    store<u32>(list, <u32>source);
  }
}

/**
 * Lays all columns of sets of a feature from `column` on, with one table. The kernel's bits say which sets a level is not in: it goes
 * right there. Returns the last of the columns.
 */
function laySets(plan: usize, column: usize, source: usize): usize {
  let count: usize = 0;
  for (let other = source; other != 0; other = nextSets(other)) count++;
  const levelBytes = count > FEW ? (count + MOST_AT_ONCE - 1) & ~(MOST_AT_ONCE - 1) : count;
  // all tables have a byte a level, one for unseen and one for missing
  const levels = <usize>load<u32>(source, SOURCE_COUNT);
  let table = take(plan, levels * levelBytes);
  let first = load<u32>(column, FIRST_TEST);
  for (let left = count; left > 0; left--) {
    const bytes = <usize>load<u32>(source, SOURCE_DATA);
    for (let level: usize = 0; level < levels; level++) {
      store<u8>(table + level * levelBytes, ~load<u8>(bytes + level));
    }
    store<u32>(column, SETS, KIND);
    store<u32>(column, <u32>min(MOST_AT_ONCE, left), AT_ONCE);
    store<u32>(column, <u32>levelBytes, LEVEL_BYTES);
    store<u32>(column, <u32>table, TABLE);
    store<u32>(column, <u32>levels - 2, COUNT);
    store<u32>(column, first, FIRST_TEST);
    numberBins(plan, column, source, source);
    placeTests(plan, column, <u32>SET_TESTS);
    numberTests(column, source, 0);
    store<u32>(source, 1, SOURCE_IS_JOINED);
    source = nextSets(source);
    column += COLUMN_BYTES;
    first += <u32>SET_TESTS;
    table++;
  }
  return column - COLUMN_BYTES;
}

/** The next column of sets of the same feature, or 0. */
function nextSets(source: usize): usize {
  do source = <usize>load<u32>(source, SOURCE_NEXT);
  while (source != 0 && load<u32>(source, SOURCE_KIND) != SET_TABLE);
  return source;
}

function layRanks(plan: usize, column: usize, source: usize): void {
  let high: usize = 0;
  let low = source;
  if (load<u32>(source, SOURCE_KIND) == HIGH) {
    high = source;
    low = 0;
  }
  let other = <usize>load<u32>(source, SOURCE_NEXT);
  while (other != 0 && load<u32>(other, SOURCE_KIND) == SET_TABLE) {
    other = <usize>load<u32>(other, SOURCE_NEXT);
  }
  if (other != 0) {
    if (high == 0 && canJoin(other, low)) high = other;
    else if (low == 0 && canJoin(high, other)) low = other;
    else other = 0;
  }
  if (other != 0) store<u32>(other, 1, SOURCE_IS_JOINED);
  const highCount = high ? load<u32>(high, SOURCE_COUNT) : 0;
  const lowCount = low ? load<u32>(low, SOURCE_COUNT) : 0;
  placeTests(plan, column, highCount + lowCount);
  store<u32>(column, highCount, MISSING);
  store<u32>(column, 1, AT_ONCE);
  numberBins(plan, column, low ? low : high, high ? high : low);
  const thresholds = <usize>load<u32>(plan, SCRATCH);
  if (high) {
    copyThresholds(high, thresholds);
    numberTests(column, high, 0 - RANK_BYTES);
  }
  if (low) {
    copyThresholds(low, thresholds + (<usize>highCount << 2));
    numberTests(column, low, highCount - RANK_BYTES);
  }
  layCells(plan, column, thresholds);
}

/** Of a column that is one of the blob, both are that one. */
function numberBins(plan: usize, column: usize, low: usize, high: usize): void {
  const first = <usize>load<u32>(plan, SOURCE_COLUMNS);
  store<u32>(column, <u32>((low - first) / SOURCE_COLUMN_BYTES), LOW_BINS);
  store<u32>(column, <u32>((high - first) / SOURCE_COLUMN_BYTES), HIGH_BINS);
}

/** Whether both columns can be one. */
function canJoin(high: usize, low: usize): bool {
  const highCount = load<u32>(high, SOURCE_COUNT);
  return (
    load<u32>(high, SOURCE_KIND) == HIGH &&
    load<u32>(low, SOURCE_KIND) == LOW &&
    highCount + load<u32>(low, SOURCE_COUNT) <= MOST_THRESHOLDS &&
    load<f32>(<usize>load<u32>(high, SOURCE_DATA) + (<usize>(highCount - 1) << 2)) <
      load<f32>(<usize>load<u32>(low, SOURCE_DATA))
  );
}

function copyThresholds(source: usize, out: usize): void {
  let at = <usize>load<u32>(source, SOURCE_DATA);
  for (const end = at + (<usize>load<u32>(source, SOURCE_COUNT) << 2); at < end; at += 4) {
    // the sum turns -0 into 0
    store<f32>(out, load<f32>(at) + 0);
    out += 4;
  }
}

function placeTests(plan: usize, column: usize, count: u32): void {
  const planeCount = (<usize>count + TESTS_MADE_AT_ONCE - 1) & ~(TESTS_MADE_AT_ONCE - 1);
  store<u32>(column, count, TEST_COUNT);
  store<u32>(column, <u32>takeLines(plan, PLANE_BYTES * planeCount), TEST_PLANES);
}

/** @param offset - what a test of the blob's column has to have added to be one of the kernel's */
function numberTests(column: usize, source: usize, offset: u32): void {
  store<u32>(source, load<u32>(column, TEST_PLANES) + <u32>PLANE_BYTES * offset, SOURCE_PLANE);
  store<u32>(source, load<u32>(column, FIRST_TEST) + offset, SOURCE_NUMBER);
}
