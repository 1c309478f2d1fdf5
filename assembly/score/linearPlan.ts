/**
 * The plan of a linear model: where everything of it lies in memory. The host writes it once (src/score/linearImage.ts). Offsets
 * are bytes; addresses, counts and strides are u32. Numeric inputs are filled up to a multiple of eight with inputs that weigh 0.
 */

/** bytes of a row of features */
export const ROW_STRIDE: usize = 0;
/** bytes from the margins of an output to those of the next */
export const MARGIN_STRIDE: usize = 4;
export const OUTPUT_COUNT: usize = 8;
export const OUTPUTS: usize = 12;
/** numeric inputs, a multiple of eight */
export const INPUT_COUNT: usize = 16;
/** per input: index of its feature (u32) */
export const FEATURES: usize = 20;
/** four arrays of f64 one after the other: fill, lower, upper, center, an element an input */
export const INPUTS: usize = 24;
/** f64 an input: the values of a row, filled, clipped and centred */
export const PREPARED: usize = 28;
export const LEVEL_COUNT: usize = 32;
/** categorical inputs, 16 bytes each: index of the feature, number of levels, row of the fill, a spare word */
export const LEVELS: usize = 36;
/** u32 a categorical input: the row of its tables for the level of a row, in bytes */
export const LEVEL_ROWS: usize = 40;

/**
 * An output, 32 bytes: its intercept and scale (f64), then addresses (u32): inverse steps (f64 an input), weights (i8 an input),
 * terms of categorical inputs, spare. A term is the address of its table (i16 a level, then 0 for what is unseen or missing) and
 * its weight (i32), 8 bytes.
 */
export const OUTPUT_BYTES: usize = 32;
