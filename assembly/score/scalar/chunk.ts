import { CHUNK_HEADER } from '../chunk';
import { BOUNDARIES, CODES, PLANE_BYTES, SLOTS, SUM_BYTES, SUMS, TILE_ROWS } from '../plan';
import { boundaries } from './boundaries';
import { segmentCodes, symmetricCodes } from './codes';
import { addLeaves, fillTables } from './leaves';

/** pieces of a segment: a code of a byte tells 255 boundaries apart */
const SEGMENT_PIECES: i32 = 17;

/**
 * The scalar twin of ../chunk.ts. Where vectors look bytes up 16 at a time, there is no such limit here: a row has a code of a byte
 * for up to 17 pieces of a tree together, which is a tree of up to 256 leaves, and one table.
 */
export function addChunk(plan: usize, chunk: usize, planeCount: i32): usize {
  const codes = <usize>load<u32>(plan, CODES);
  const planes = <usize>load<u32>(plan, BOUNDARIES);
  const treeCount = load<i32>(chunk, 4);
  const pieceCount = load<i32>(chunk, 8);
  const lastSlots = load<i32>(chunk, 12);
  const tableCount = load<i32>(chunk, 16);
  const op = chunk + CHUNK_HEADER;
  let tables = op + (<usize>load<u32>(chunk) << 4);
  let sums = <usize>load<u32>(plan, SUMS);
  const isSymmetric = lastSlots == 0;
  if (isSymmetric) symmetricCodes(op, treeCount, codes);
  else {
    boundaries(op, tables);
    treeCodes(planes, treeCount, <i32>SLOTS * (pieceCount - 1) + lastSlots, pieceCount, codes);
  }
  const segmentCount = (pieceCount + SEGMENT_PIECES - 1) / SEGMENT_PIECES;
  for (let plane = planeCount; plane > 0; plane--) {
    if (isSymmetric || pieceCount == 1) {
      addLeaves(codes, tables, <usize>tableCount << 4, treeCount, 1, sums);
    } else {
      // the boundaries are not needed any more
      const tableBytes = fillTables(tables, treeCount, pieceCount, SEGMENT_PIECES, planes);
      addLeaves(codes, planes, tableBytes, treeCount, segmentCount, sums);
    }
    tables += <usize>(treeCount * tableCount) << 4;
    sums += SUM_BYTES;
  }
  return tables;
}

/** The codes of all segments of all trees. */
function treeCodes(
  planes: usize,
  treeCount: i32,
  slotCount: i32,
  pieceCount: i32,
  codes: usize,
): void {
  const segmentSlots = <i32>SLOTS * SEGMENT_PIECES;
  for (; treeCount > 0; treeCount--) {
    let segment = planes;
    for (let left = slotCount; left > 0; left -= segmentSlots) {
      segmentCodes(segment, min(left, segmentSlots), codes);
      segment += <usize>segmentSlots * PLANE_BYTES;
      codes += TILE_ROWS;
    }
    planes += <usize>pieceCount * SLOTS * PLANE_BYTES;
  }
}
