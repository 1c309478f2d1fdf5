/** Vectors as Apache Arrow and flechette have them, as far as scorers look at them. */

interface Chunk {
  length: number;
  nullCount: number;
  values: ArrayLike<number | bigint>;
  nullBitmap?: Uint8Array;
  validity?: Uint8Array;
  offset?: number;
  dictionary?: { length: number; get(index: number): unknown };
}

export interface ArrowLike {
  type: { typeId: number; precision?: number };
  data: Chunk[];
  length: number;
  get(index: number): unknown;
}

type Values = readonly (number | string | null)[];

/** Bits from `offset` on: 1 where there is a value. */
function bitmapOf(values: Values, offset: number): Uint8Array {
  const bits = new Uint8Array((offset + values.length + 7) >> 3);
  values.forEach((value, index) => {
    const bit = offset + index;
    if (value !== null) bits[bit >> 3]! |= 1 << (bit & 7);
  });
  return bits;
}

/** What a chunk tells about its nulls, the way of one library or the other. */
function nullsOf(values: Values, isFlechette: boolean, offset: number): Omit<Chunk, 'values'> {
  const nullCount = values.filter((value) => value === null).length;
  const { length } = values;
  if (isFlechette) {
    return nullCount > 0
      ? { length, nullCount, validity: bitmapOf(values, 0) }
      : { length, nullCount };
  }
  const nullBitmap = nullCount > 0 ? bitmapOf(values, offset) : new Uint8Array(0);
  return { length, nullCount, nullBitmap, offset };
}

/** A vector in chunks of `chunkRows` rows, with garbage where values are missing. */
function vectorOf(
  values: Values,
  type: ArrowLike['type'],
  chunkRows: number,
  chunkOf: (part: Values, start: number) => Chunk,
): ArrowLike {
  const data: Chunk[] = [];
  for (let start = 0; start < values.length; start += chunkRows) {
    data.push(chunkOf(values.slice(start, start + chunkRows), start));
  }
  return { type, data, length: values.length, get: (index) => values[index] };
}

/** Numbers, as float32, float64 or int64, or as half floats, whose arrays must not be read as they are. */
export function numberVector(
  values: readonly (number | null)[],
  kind: 'float32' | 'float64' | 'int64' | 'float16',
  chunkRows: number,
  isFlechette: boolean,
): ArrowLike {
  const type =
    kind === 'int64'
      ? { typeId: 2 }
      : { typeId: 3, precision: ['float16', 'float32', 'float64'].indexOf(kind) };
  return vectorOf(values, type, chunkRows, (part, start) => {
    const filled = part.map((value) => (value === null ? 12345 : (value as number)));
    const array =
      kind === 'float16'
        ? Uint16Array.from(filled, () => 0x3c00)
        : kind === 'float32'
          ? Float32Array.from(filled)
          : kind === 'float64'
            ? Float64Array.from(filled)
            : BigInt64Array.from(filled, BigInt);
    return { values: array, ...nullsOf(part, isFlechette, start % 11) };
  });
}

/** Strings by a dictionary; every second chunk has one of its own, as batches of a stream may. */
export function dictionaryVector(
  values: readonly (string | null)[],
  chunkRows: number,
  isFlechette: boolean,
): ArrowLike {
  const levels = [...new Set(values)].filter((value) => value !== null);
  const reversed = levels.slice().reverse();
  return vectorOf(values, { typeId: -1 }, chunkRows, (part, start) => {
    const own = (start / chunkRows) % 2 === 0 ? levels : reversed;
    return {
      values: Int8Array.from(part, (value) => (value === null ? 77 : own.indexOf(value as string))),
      dictionary: { length: own.length, get: (index: number) => own[index] },
      ...nullsOf(part, isFlechette, 3),
    };
  });
}
