/**
 * What a forest is laid out from: the plan goes on with these, which the host writes. It has checked all of it, so every child is a node
 * or leaf of its tree and comes after its parent, every column and test is one that there is, and the groups are all trees in order.
 * Addresses and counts are u32.
 */

/** first free byte: from here on the layout takes what it needs */
export const END: usize = 64;
/** room to work in, which the layout leaves behind. See {@link WORK_BYTES} */
export const WORK: usize = 68;
export const FEATURE_COUNT: usize = 72;
/** columns of the blob, SOURCE_COLUMN_BYTES each */
export const SOURCE_COLUMNS: usize = 76;
export const SOURCE_COLUMN_COUNT: usize = 80;
/** a node each: children (i32, `~leaf` where negative), in pre-order, left before right; column (u16) and test (u8) */
export const NODE_COUNT: usize = 84;
export const LEFT: usize = 88;
export const RIGHT: usize = 92;
export const NODE_COLUMNS: usize = 96;
export const NODE_TESTS: usize = 100;
/** i8 or i16, in the order of the nodes */
export const LEAVES: usize = 104;
/** i32 a tree */
export const ROOTS: usize = 108;
export const TREE_COUNT: usize = 112;
/** a group each: first tree (u32), scale (f32), output (u16, ascending) */
export const GROUP_COUNT: usize = 116;
export const GROUP_STARTS: usize = 120;
export const GROUP_SCALES: usize = 124;
export const GROUP_OUTPUTS: usize = 128;
/** f64 an output */
export const BASE_SCORES: usize = 132;

/**
 * A column of the blob, 32 bytes of u32: kind, feature, number of thresholds (f32, ascending) or of bytes of a set table, and where they
 * are. The layout adds the next column of the feature (0 for none), whether the column before it has taken it in, the
 * plane of a test 0 and the number of one, from which others follow.
 */
export const SOURCE_COLUMN_BYTES: usize = 32;
export const SOURCE_KIND: usize = 0;
export const SOURCE_FEATURE: usize = 4;
export const SOURCE_COUNT: usize = 8;
export const SOURCE_DATA: usize = 12;
export const SOURCE_NEXT: usize = 16;
export const SOURCE_IS_JOINED: usize = 20;
export const SOURCE_PLANE: usize = 24;
export const SOURCE_NUMBER: usize = 28;

/** missing goes left at all thresholds, or right */
export const LOW: u32 = 0;
export const HIGH: u32 = 1;
export const SET_TABLE: u32 = 2;
