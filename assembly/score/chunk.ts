import { boundaries } from './boundaries';
import { pieceCodes } from './codes';
import { BOUNDARIES, CODE_BYTES, CODES, PLANE_BYTES, SLOTS, SUM_BYTES, SUMS } from './plan';
import { addLeaves } from './sums';
import { addWideLeaves, symmetricCodes } from './symmetric';

/**
 * A chunk of trees of one group and one form, so many that their planes stay in the first cache. A header of u32: operations,
 * trees, pieces a tree, planes of the last piece of a tree (0 of symmetric trees), tables of leaves a tree; then the operations (16 bytes
 * each), then for each plane of leaf bytes the tables.
 */
export const CHUNK_HEADER: usize = 32;

/** Adds the trees of a chunk to the sums of its group. Returns where the chunk ends. */
export function addChunk(plan: usize, chunk: usize, planeCount: i32): usize {
  const codes = <usize>load<u32>(plan, CODES);
  const treeCount = load<i32>(chunk, 4);
  const pieceCount = load<i32>(chunk, 8);
  const lastSlots = load<i32>(chunk, 12);
  const tableCount = load<i32>(chunk, 16);
  const op = chunk + CHUNK_HEADER;
  let tables = op + (<usize>load<u32>(chunk) << 4);
  if (lastSlots == 0) symmetricCodes(op, treeCount, tableCount > 1, codes);
  else {
    boundaries(op, tables);
    let planes = <usize>load<u32>(plan, BOUNDARIES);
    let out = codes;
    for (let tree = treeCount; tree > 0; tree--) {
      for (let piece = pieceCount; piece > 0; piece--) {
        pieceCodes(planes, out, piece > 1 ? 15 : lastSlots);
        planes += SLOTS * PLANE_BYTES;
        out += CODE_BYTES;
      }
    }
  }
  let sums = <usize>load<u32>(plan, SUMS);
  for (let plane = planeCount; plane > 0; plane--) {
    if (lastSlots == 0 && tableCount > 1) addWideLeaves(codes, tables, treeCount, tableCount, sums);
    else addLeaves(codes, tables, treeCount, pieceCount, sums);
    tables += <usize>(treeCount * tableCount) << 4;
    sums += SUM_BYTES;
  }
  return tables;
}
