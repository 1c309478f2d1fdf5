/** The distinct numbers of a column in ascending order, and how often each stands there. */
export interface DistinctValues {
  /** the first `length` entries are used; reused by the next call */
  values: Float32Array;
  counts: Uint32Array;
  length: number;
  /** rows of NaN */
  missingCount: number;
}

const RADIX_BITS = 11;
const BUCKETS = 1 << RADIX_BITS;
/** and so many rows at a time, whose cache lines stay until the last of those columns */
const BLOCK_ROWS = 256;
/** Up to this many distinct values are counted in a hash table; more are sorted. */
const FEW = 1024;
const SLOT_BITS = 12;
const SLOTS = 1 << SLOT_BITS;

/**
 * Makes a function that lists the distinct numbers of one column of a row-major matrix: a radix sort of the floats' bits,
 * about ten times as fast as comparing. NaN is left out; -0 counts as +0.
 * @param rows - the rows to look at; their number bounds the buffers
 * @param blockColumns - columns that are read out of the rows at a time: a cache line of a row serves them all
 */
export function createDistinctValues(
  matrix: Float32Array,
  featureCount: number,
  rows: Uint32Array,
  blockColumns: number,
): (featureIndex: number) => DistinctValues {
  const bits = new Int32Array(matrix.buffer, matrix.byteOffset, matrix.length);
  const block = new Int32Array(rows.length * blockColumns);
  let blockStart = -1;
  let keys = new Uint32Array(rows.length);
  let spare = new Uint32Array(rows.length);
  const histogram = new Uint32Array(3 * BUCKETS);
  const values = new Float32Array(rows.length);
  const valueBits = new Int32Array(values.buffer);
  const counts = new Uint32Array(rows.length);
  const table = createKeyTable();

  function readBlock(start: number): void {
    const width = Math.min(blockColumns, featureCount - start);
    const columns = Array.from({ length: width }, (_, j) =>
      block.subarray(j * rows.length, (j + 1) * rows.length),
    );
    for (let from = 0; from < rows.length; from += BLOCK_ROWS) {
      const to = Math.min(rows.length, from + BLOCK_ROWS);
      for (let j = 0; j < width; j++) {
        const column = columns[j]!;
        for (let i = from; i < to; i++) column[i] = bits[rows[i]! * featureCount + start + j]!;
      }
    }
    blockStart = start;
  }

  /** Sorts the keys. */
  function radixSort(count: number): void {
    histogram.fill(0);
    for (let i = 0; i < count; i++) {
      const key = keys[i]!;
      histogram[key & (BUCKETS - 1)]!++;
      histogram[BUCKETS + ((key >>> RADIX_BITS) & (BUCKETS - 1))]!++;
      histogram[2 * BUCKETS + (key >>> (2 * RADIX_BITS))]!++;
    }
    for (let pass = 0; pass < 3; pass++) {
      const shift = pass * RADIX_BITS;
      if (!startsOf(histogram.subarray(pass * BUCKETS, (pass + 1) * BUCKETS), count)) continue;
      const starts = pass * BUCKETS;
      for (let i = 0; i < count; i++) {
        const key = keys[i]!;
        spare[histogram[starts + ((key >>> shift) & (BUCKETS - 1))]!++] = key;
      }
      [keys, spare] = [spare, keys];
    }
  }

  return (featureIndex) => {
    const offset = featureIndex % blockColumns;
    if (blockStart !== featureIndex - offset) readBlock(featureIndex - offset);
    const column = block.subarray(offset * rows.length, (offset + 1) * rows.length);
    const count = writeKeys(column, keys);
    let length = countFew(keys, count, table, counts);
    if (length >= 0) {
      for (let i = 0; i < length; i++) valueBits[i] = bitsOf(table.keys[i]!);
      return { values, counts, length, missingCount: rows.length - count };
    }
    radixSort(count);
    length = 0;
    for (let i = 0; i < count; length++) {
      const key = keys[i]!;
      const start = i;
      while (i < count && keys[i] === key) i++;
      valueBits[length] = bitsOf(key);
      counts[length] = i - start;
    }
    return { values, counts, length, missingCount: rows.length - count };
  };
}

/** Writes the sortable bits of the numbers of a column. @returns how many are not NaN */
function writeKeys(column: Int32Array, keys: Uint32Array): number {
  let count = 0;
  for (let i = 0; i < column.length; i++) {
    const raw = column[i]!;
    if ((raw & 0x7fffffff) <= 0x7f800000) keys[count++] = sortableBits(raw);
  }
  return count;
}

/** Open addressing; `keys` in the order of their first appearance, later sorted. */
interface KeyTable {
  /** per slot: 1 + index in `keys`, 0 when free */
  slots: Uint16Array;
  keys: Uint32Array;
  tallies: Uint32Array;
}

function createKeyTable(): KeyTable {
  return {
    slots: new Uint16Array(SLOTS),
    keys: new Uint32Array(FEW),
    tallies: new Uint32Array(FEW),
  };
}

/**
 * Counts keys of which only few are distinct, without sorting all of them: `table.keys` gets them in ascending order.
 * @param counts - rows a key (OUT)
 * @returns how many are distinct, -1 when more than FEW
 */
function countFew(keys: Uint32Array, count: number, table: KeyTable, counts: Uint32Array): number {
  const { slots, tallies } = table;
  slots.fill(0);
  let length = 0;
  for (let i = 0; i < count; ) {
    const key = keys[i]!;
    const start = i++;
    while (i < count && keys[i] === key) i++;
    const slot = slotOf(table, key);
    const index = slots[slot]! - 1;
    if (index >= 0) {
      tallies[index]! += i - start;
      continue;
    }
    if (length === FEW) return -1;
    table.keys[length] = key;
    tallies[length++] = i - start;
    slots[slot] = length;
  }
  const sorted = table.keys.slice(0, length).sort();
  for (let i = 0; i < length; i++) counts[i] = tallies[slots[slotOf(table, sorted[i]!)]! - 1]!;
  table.keys.set(sorted);
  return length;
}

/** The slot that holds a key, or the free one where it belongs. */
function slotOf({ slots, keys }: KeyTable, key: number): number {
  // Fibonacci hashing: the multiplier is 2^32 over the golden ratio
  let slot = Math.imul(key, 0x9e3779b1) >>> (32 - SLOT_BITS);
  while (slots[slot] !== 0 && keys[slots[slot]! - 1] !== key) slot = (slot + 1) & (SLOTS - 1);
  return slot;
}

/** The float's bits of a sortable key. */
function bitsOf(key: number): number {
  return key & 0x80000000 ? key ^ 0x80000000 : ~key;
}

/** Bits whose unsigned order is the order of the floats; the two zeros are one. */
function sortableBits(raw: number): number {
  if (raw === -0x80000000) return 0x80000000;
  return raw < 0 ? ~raw : raw ^ 0x80000000;
}

/** Turns bucket counts into where each bucket starts; false when all keys share a bucket. */
function startsOf(buckets: Uint32Array, count: number): boolean {
  let start = 0;
  for (let i = 0; i < buckets.length; i++) {
    const size = buckets[i]!;
    if (size === count) return false;
    buckets[i] = start;
    start += size;
  }
  return true;
}
