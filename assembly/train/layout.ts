/** Bytes of a record of the column table: histogram byte offset, value bins, 1 when there is a missing bin, direction (-1, 0 or 1); uint32 each. */
export const TABLE_STRIDE: usize = 16;

/** A histogram bin is 2^PAIR_SHIFT bytes: gradient and hessian sums in float64. */
export const PAIR_SHIFT: u32 = 4;

/** Bytes of a split record: score, left gradient, left hessian, 2 * bin + missingLeft; float64 each. */
export const RECORD_STRIDE: usize = 32;
