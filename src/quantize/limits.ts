/**
 * What a blob may hold at most. Generous for any model that makes sense, and small enough that sizes computed from a hostile
 * blob stay within 32 bits. The encoder refuses what the decoder would.
 */
/** Values of all sections, where an array or a map counts as so many more: what bounds the memory that reading takes. */
export const MAX_VALUES: number = 1 << 23;
export const CONTAINER_VALUES = 16;
/** What an expression of the greatest depth needs, and some room. */
export const MAX_NESTING = 300;
export const MAX_FEATURES = 65_535;
/** Margins a row, which are the classes of a multiclass model. */
export const MAX_OUTPUTS = 4096;
/** Inputs of a linear model, counted once for each output that they move. */
export const MAX_TERMS: number = 1 << 22;
export const MAX_COLUMNS = 60_000;
export const MAX_LEVELS: number = 1 << 20;
export const MAX_TREES: number = 1 << 16;
export const MAX_NODES: number = 1 << 24;
export const MAX_DEPTH = 1024;
export const MAX_EXPRESSION_DEPTH = 128;
export const MAX_RULES = 4096;

/** Sums of this many leaves, split into bytes, stay within 16 bits: 128 * 255 < 32768. */
export const MAX_GROUP_TREES = 128;
/** Bytes 1 to 254 are ranks, 0 and 255 are missing. */
export const MAX_THRESHOLDS = 253;
/** The eighth bit of a set column is free, so that signed and unsigned bytes agree. */
export const SETS_PER_COLUMN = 7;
