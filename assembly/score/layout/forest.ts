import { GROUP_BYTES } from '../forest';
import {
  BOUNDARIES,
  CODE_BYTES,
  CODES,
  FIRST_GROUP,
  FIRST_ROW_GROUP,
  GATHERED,
  GROUPS_END,
  OUTPUT_BYTES,
  OUTPUT_COUNT,
  OUTPUTS,
  PLANE_BYTES,
  PLANE_COUNT,
  RANKS,
  ROW_GROUPS_END,
  SCRATCH,
  SLOTS,
  SUM_BYTES,
  SUMS,
  TILE_ROWS,
  WALKED_ROWS,
} from '../plan';
import { ROW_GROUP_BYTES } from '../row';
import { CHUNK_PIECES, layChunks } from './chunks';
import { layColumns, MOST_AT_ONCE } from './columns';
import { take, takeLines } from './room';
import { fitsRows, layRows } from './rows';
import {
  BASE_SCORES,
  FEATURE_COUNT,
  GROUP_COUNT,
  GROUP_OUTPUTS,
  GROUP_SCALES,
  GROUP_STARTS,
  TREE_COUNT,
  WORK,
} from './source';
import { findTrees, TREE_BYTES } from './trees';

/** the nodes are not those of trees, or test what is not there: nothing may be run */
const REFUSED: u32 = 0;
const WITHOUT_ROWS: u32 = 1;
const WITH_ROWS: u32 = 2;

/** words of a tile and vectors, for tables of sets and for the planes of a nibble */
const SCRATCH_BYTES: usize = 4 * TILE_ROWS + 512;

/**
 * Lays a forest out from what the host has staged (source.ts), behind everything else in the memory, which grows.
 * @returns what came of it; a model that is too large for the tables to walk one row has none.
 */
export function layForest(plan: usize): u32 {
  const planeCount = <usize>load<u32>(plan, PLANE_COUNT);
  store<u32>(plan, <u32>takeLines(plan, 4 * 4 * TILE_ROWS), GATHERED);
  store<u32>(plan, <u32>takeLines(plan, MOST_AT_ONCE * TILE_ROWS), RANKS);
  store<u32>(plan, <u32>takeLines(plan, SCRATCH_BYTES), SCRATCH);
  store<u32>(plan, <u32>takeLines(plan, SUM_BYTES * planeCount), SUMS);
  const trees = <usize>load<u32>(plan, WORK) + (<usize>load<u32>(plan, FEATURE_COUNT) << 2);
  const mostLeaves = findTrees(plan, trees);
  if (mostLeaves == 0) return REFUSED;
  const testCount = layColumns(plan);
  // a symmetric tree may have codes of two pieces
  const pieceCount = max(2 * CHUNK_PIECES, (mostLeaves - 2) / <i32>SLOTS + 1);
  store<u32>(plan, <u32>takeLines(plan, SLOTS * PLANE_BYTES * pieceCount), BOUNDARIES);
  store<u32>(plan, <u32>takeLines(plan, CODE_BYTES * pieceCount), CODES);
  const hasRows = fitsRows(testCount, mostLeaves);
  if (!hasRows) store<u32>(plan, 0, WALKED_ROWS);
  const groups = layOutputs(plan);
  layGroups(plan, groups, trees, hasRows);
  return hasRows ? WITH_ROWS : WITHOUT_ROWS;
}

/** Lays the outputs and leaves room for the groups. Returns where these begin; the row groups follow. */
function layOutputs(plan: usize): usize {
  const outputCount = load<i32>(plan, OUTPUT_COUNT);
  const groupCount = load<i32>(plan, GROUP_COUNT);
  const outputOf = <usize>load<u32>(plan, GROUP_OUTPUTS);
  let score = <usize>load<u32>(plan, BASE_SCORES);
  let output = takeLines(plan, OUTPUT_BYTES * outputCount);
  const groups = takeLines(plan, (GROUP_BYTES + ROW_GROUP_BYTES) * groupCount);
  const rowGroups = groups + GROUP_BYTES * groupCount;
  store<u32>(plan, <u32>output, OUTPUTS);
  let group = 0;
  for (let number = 0; number < outputCount; number++) {
    store<f64>(output, load<f64>(score));
    store<u32>(output, <u32>(groups + GROUP_BYTES * group), FIRST_GROUP);
    store<u32>(output, <u32>(rowGroups + ROW_GROUP_BYTES * group), FIRST_ROW_GROUP);
    while (group < groupCount && load<u16>(outputOf + (<usize>group << 1)) == number) group++;
    store<u32>(output, <u32>(groups + GROUP_BYTES * group), GROUPS_END);
    store<u32>(output, <u32>(rowGroups + ROW_GROUP_BYTES * group), ROW_GROUPS_END);
    output += OUTPUT_BYTES;
    score += 8;
  }
  return groups;
}

function layGroups(plan: usize, group: usize, trees: usize, hasRows: bool): void {
  const groupCount = <usize>load<u32>(plan, GROUP_COUNT);
  let rowGroup = group + GROUP_BYTES * groupCount;
  let start = <usize>load<u32>(plan, GROUP_STARTS);
  let scale = <usize>load<u32>(plan, GROUP_SCALES);
  const none = takeLines(plan, 2 * PLANE_BYTES);
  memory.fill(none + PLANE_BYTES, 255, PLANE_BYTES);
  for (const last = start + (groupCount << 2); start < last; start += 4) {
    const first = trees + TREE_BYTES * load<u32>(start);
    const isLast = start + 4 == last;
    const end = trees + TREE_BYTES * load<u32>(isLast ? plan + TREE_COUNT : start + 4);
    const factor = <f64>load<f32>(scale);
    store<f64>(group, factor);
    store<u32>(group, <u32>takeLines(plan, 0), 12);
    store<i32>(group, layChunks(plan, first, end, none), 8);
    store<u32>(group, <u32>take(plan, 0), 16);
    if (hasRows) {
      store<f64>(rowGroup, factor);
      layRows(plan, first, end, rowGroup);
    }
    group += GROUP_BYTES;
    rowGroup += ROW_GROUP_BYTES;
    scale += 4;
  }
}
