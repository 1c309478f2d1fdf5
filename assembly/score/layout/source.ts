/**
 * What a forest is laid out from: the plan goes on with these, which the host writes. The host has checked their lengths, the columns
 * and the groups; nodes are checked here (trees.ts). Addresses and counts are u32.
 */

/** first free byte: from here on the layout takes what it needs */
export const END: usize = 64;
/** room to work in: 4 bytes a feature, then TREE_BYTES a tree */
export const WORK: usize = 68;
export const FEATURE_COUNT: usize = 72;
/** columns of the blob, SOURCE_COLUMN_BYTES each */
export const SOURCE_COLUMNS: usize = 76;
export const SOURCE_COLUMN_COUNT: usize = 80;
/** a bit for each node (1) and leaf (0), tree by tree, in pre-order, left before right */
export const STRUCTURE: usize = 84;
/** an element a node, in that order: column (u16), test (u8), and room for its children (two i32, `~leaf` where negative) */
export const NODE_COUNT: usize = 88;
export const NODE_COLUMNS: usize = 92;
export const NODE_TESTS: usize = 96;
export const CHILDREN: usize = 100;
/** i8 or i16, in that order */
export const LEAVES: usize = 104;
export const TREE_COUNT: usize = 108;
/** a group each: first tree (u32), scale (f32), output (u16, ascending) */
export const GROUP_COUNT: usize = 112;
export const GROUP_STARTS: usize = 116;
export const GROUP_SCALES: usize = 120;
export const GROUP_OUTPUTS: usize = 124;
/** f64 an output */
export const BASE_SCORES: usize = 128;

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

/** the byte of the lowest rank is 1, and a row goes left when its byte is below that of a test */
export const RANK_BYTES: u32 = 2;
