/**
 * The plan: where everything of a loaded model lies in memory. The host writes it once (src/score/kernelImage.ts) and passes its
 * address to every entry. Offsets are bytes; addresses and counts are u32. The layout (layout/) adds addresses of its own, all of
 * room that `take` handed out: lengths, columns and groups were checked by the host, and nodes are by `findTrees` before anything
 * uses them. No entry computes an address from a row: values, bytes and keys only ever choose between table entries.
 */

/** rows of a tile */
export const TILE_ROWS: usize = 256;
/** a bit a row of a tile: rows 0 to 127, then 128 to 255. Bit p of byte k of a half is row 16 p + k of it. */
export const PLANE_BYTES: usize = 32;

export const BLOCKS: usize = 0;
export const BLOCKS_END: usize = 4;
export const OUTPUTS: usize = 8;
export const OUTPUT_COUNT: usize = 12;
/** four features of a tile, float32, one after the other */
export const GATHERED: usize = 16;
/** a byte a row: the ranks of one column, or the sets of up to 16 */
export const RANKS: usize = 20;
/** a word a row of a tile and 32 vectors of scratch */
export const SCRATCH: usize = 24;
/** bytes of a row of features */
export const ROW_STRIDE: usize = 28;
/** 1 for int8 leaves, 2 for int16 leaves as low and high bytes */
export const PLANE_COUNT: usize = 32;
/** tails of at most this many rows are walked a row at a time: cheaper than a whole tile, and the same bytes */
export const WALKED_ROWS: usize = 36;
/** bytes from the margins of an output to those of the next */
export const MARGIN_STRIDE: usize = 40;
/** column descriptors, and their end */
export const COLUMNS: usize = 44;
export const COLUMNS_END: usize = 48;
/** planes of the boundaries of a chunk, SLOTS a piece */
export const BOUNDARIES: usize = 52;
/** the code of each row of a tile, CODE_BYTES a piece */
export const CODES: usize = 56;
/** SUM_BYTES for each leaf plane */
export const SUMS: usize = 60;

/** a fixed address: a byte a test of one row, of which the first is always 0 */
export const OUTCOMES: usize = 1024;
/** boundaries of a piece at most */
export const SLOTS: usize = 15;
/** two codes of four bits a byte */
export const CODE_BYTES: usize = TILE_ROWS / 2;
export const SUM_BYTES: usize = 2 * TILE_ROWS;

/** A block of four neighbouring features, 12 bytes: byte offset of the first in a row, its first column and the end of its columns. */
export const BLOCK_BYTES: usize = 12;

/**
 * An output, 24 bytes: its base score (f64), then addresses (u32): its first group and the end of its groups, and the same of its
 * row groups.
 */
export const OUTPUT_BYTES: usize = 24;
export const FIRST_GROUP: usize = 8;
export const GROUPS_END: usize = 12;
export const FIRST_ROW_GROUP: usize = 16;
export const ROW_GROUPS_END: usize = 20;
