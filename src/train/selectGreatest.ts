/** Indices, both ascending. */
export interface Selection {
  greatest: Uint32Array;
  others: Uint32Array;
}

const BUCKET_BITS = 16;

/**
 * Divides numbers into the `count` greatest and the others; of equal ones the first are taken. Two counting passes over the
 * bits of the floats: O(n).
 * @param values - >= 0, no NaN (IN)
 * @param count - in [0, values.length]
 */
export function selectGreatest(values: Float32Array, count: number): Selection {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const high = new Uint32Array(1 << BUCKET_BITS);
  for (const key of bits) high[key >>> BUCKET_BITS]!++;
  const upper = bucketOf(high, count);
  const low = new Uint32Array(1 << BUCKET_BITS);
  for (const key of bits) if (key >>> BUCKET_BITS === upper.bucket) low[key & 0xffff]!++;
  const lower = bucketOf(low, count - upper.above);
  const limit = ((upper.bucket << BUCKET_BITS) | lower.bucket) >>> 0;
  let ties = count - upper.above - lower.above;

  const greatest = new Uint32Array(count);
  const others = new Uint32Array(values.length - count);
  let taken = 0;
  for (let i = 0; i < bits.length; i++) {
    const key = bits[i]!;
    const take = key > limit || (key === limit && ties-- > 0);
    if (take) greatest[taken++] = i;
    else others[i - taken] = i;
  }
  return { greatest, others };
}

/** The bucket that holds the number of this rank from the top, and how many lie in those above it. */
function bucketOf(counts: Uint32Array, rank: number): { bucket: number; above: number } {
  let above = 0;
  let bucket = counts.length - 1;
  for (; bucket > 0 && above + counts[bucket]! < rank; bucket--) above += counts[bucket]!;
  return { bucket, above };
}
