/**
 * The plan: where everything of a loaded model lies in memory. The host writes it once (src/score/kernelImage.ts) and passes its
 * address to every entry. Offsets are bytes; addresses and counts are u32. Every address comes from the host's own bookkeeping,
 * never from the blob, and no entry here computes one from a row: bytes and keys only ever choose between two table entries.
 */

/** rows of a tile: long enough that decoding an operation costs little, short enough that its slots stay in the first cache */
export const TILE_ROWS: usize = 512;

export const COLUMNS: usize = 0;
export const COLUMN_COUNT: usize = 4;
export const OUTPUTS: usize = 8;
export const OUTPUT_COUNT: usize = 12;
/** a byte a row and column, then three planes of scratch */
export const TILE: usize = 16;
/** a byte a row and slot */
export const SLOTS: usize = 20;
/** i16 a row, two planes */
export const SUMS: usize = 24;
/** bytes of a row of features */
export const ROW_STRIDE: usize = 28;
/** 1 for int8 leaves, 2 for int16 leaves as low and high bytes */
export const PLANE_COUNT: usize = 32;
/** tails of at most this many rows are walked a row at a time: cheaper than a whole tile, and the same bytes */
export const WALKED_ROWS: usize = 36;
/** bytes from the margins of an output to those of the next */
export const MARGIN_STRIDE: usize = 40;
/** i32 a key */
export const KEYS: usize = 44;
export const KEY_COLUMNS: usize = 48;
export const KEY_COLUMN_COUNT: usize = 52;
export const NODES: usize = 56;
/** i16 a node: its value where it is a leaf */
export const NODE_VALUES: usize = 60;

/**
 * An output, 24 bytes: its base score (f64), then addresses (u32): its first group and the end of its groups, and the same of its
 * row groups. A row group is a scale (f64), its first chunk and the end of its chunks.
 */
export const OUTPUT_BYTES: usize = 24;
export const FIRST_GROUP: usize = 8;
export const GROUPS_END: usize = 12;
export const FIRST_ROW_GROUP: usize = 16;
export const ROW_GROUPS_END: usize = 20;
