import { show } from '../../core/check.js';
import { ShapeError } from '../../core/errors.js';

/** An array of numbers. */
export type NumericArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** A vector of Apache Arrow or another data frame: what it holds at an index, null where it is missing. */
export type Vector = { readonly length: number } & (
  | { get(index: number): unknown }
  | { at(index: number): unknown }
);

/** Strings, or numbers, by their codes: `levels[codes[row]]`. A code that is no index of a level, -1 say, is missing. */
export interface DictionaryColumn {
  readonly codes: ArrayLike<number>;
  readonly levels: ArrayLike<string | number | null>;
}

/** The values of one field, a row each. */
export type FieldColumn =
  | NumericArray
  | readonly (number | string | bigint | null | undefined)[]
  | Vector
  | DictionaryColumn;

/** What a value counts as. @param row - for messages: its row, or `~index` of a level of a dictionary */
export type Convert = (value: unknown, row: number) => number;

/** A column that is ready to be read. */
export interface OpenColumn {
  length: number;
  /** Writes the rows `[start, start + count)` to the beginning of `out`. */
  read(start: number, count: number, out: Float32Array): void;
}

/** Rows of a column that stand together. */
interface Chunk {
  length: number;
  /** numbers, or the codes of a dictionary */
  values: ArrayLike<number | bigint>;
  /** what each code stands for */
  table?: Float32Array | undefined;
  /** a bit a row, from bit `offset` on: 0 is missing */
  validity?: Uint8Array | undefined;
  offset?: number | undefined;
}

/** What vectors of Apache Arrow and flechette have, as far as it is read here. */
interface ArrowVector {
  readonly type?: { readonly typeId: number; readonly precision?: number };
  readonly data?: readonly {
    readonly length: number;
    readonly nullCount: number;
    readonly values: ArrayLike<number>;
    /** flechette */
    readonly validity?: Uint8Array;
    /** Apache Arrow */
    readonly nullBitmap?: Uint8Array;
    readonly offset?: number;
    readonly dictionary?: Vector;
  }[];
}

/** type ids of Arrow */
const INTEGER = 2;
const FLOAT = 3;
const DICTIONARY = -1;

/**
 * Finds the fastest way to read a column. Arrays of numbers are copied, levels of dictionaries are looked up once each; any other
 * column is asked for a value at a time.
 * @param isNumeric - whether a number counts as itself
 * @throws {ShapeError} when it is no column.
 */
export function openColumn(
  column: FieldColumn,
  name: string,
  convert: Convert,
  isNumeric: boolean,
): OpenColumn {
  const chunks = chunksOf(column, convert, isNumeric);
  if (chunks) {
    const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    return { length, read: (start, count, out) => readChunks(chunks, start, count, out) };
  }
  const valueAt = accessorOf(column);
  if (valueAt) {
    return {
      length: (column as Vector).length,
      read(start, count, out) {
        for (let i = 0; i < count; i++) out[i] = convert(valueAt(start + i), start + i);
      },
    };
  }
  throw new ShapeError(
    `"${name}" expected an array, a typed array, a vector or { codes, levels }, got ${show(column)}`,
  );
}

function accessorOf(column: unknown): ((index: number) => unknown) | undefined {
  if (Array.isArray(column)) return (index) => column[index];
  const vector = column as { length?: unknown; get?: unknown; at?: unknown } | null;
  if (typeof vector !== 'object' || typeof vector?.length !== 'number') return undefined;
  const method = typeof vector.get === 'function' ? vector.get : vector.at;
  return typeof method === 'function' ? (index) => method.call(vector, index) : undefined;
}

/** The column as arrays of numbers; undefined when it has to be asked for its values. */
function chunksOf(column: FieldColumn, convert: Convert, isNumeric: boolean): Chunk[] | undefined {
  if (ArrayBuffer.isView(column)) {
    return isNumeric ? [{ length: column.length, values: column }] : undefined;
  }
  const tableOf = (length: number, level: (code: number) => unknown): Float32Array =>
    Float32Array.from({ length }, (_, code) => convert(level(code), ~code));
  const { codes, levels } = (column ?? {}) as Partial<DictionaryColumn>;
  if (codes && levels) {
    const table = tableOf(levels.length, (code) => levels[code]);
    return [{ length: codes.length, values: codes, table }];
  }
  const { type, data } = (column ?? {}) as ArrowVector;
  const id = type?.typeId;
  // half floats are kept as their bits
  const isPlain = isNumeric && (id === INTEGER || (id === FLOAT && type?.precision !== 0));
  if (!data?.every(({ values, length }) => values?.length >= length)) return undefined;
  if (!isPlain && id !== DICTIONARY) return undefined;
  let last: Vector | undefined;
  let table: Float32Array | undefined;
  return data.map(({ length, values, dictionary, nullCount, validity, nullBitmap, offset }) => {
    // chunks share their dictionary, as a rule
    if (dictionary !== last) table = tableOf(dictionary!.length, accessorOf(dictionary!)!);
    last = dictionary;
    return {
      length,
      values,
      table,
      validity: nullCount > 0 ? (validity ?? nullBitmap) : undefined,
      offset,
    };
  });
}

function readChunks(
  chunks: readonly Chunk[],
  start: number,
  count: number,
  out: Float32Array,
): void {
  let first = 0;
  for (const chunk of chunks) {
    const from = Math.max(start - first, 0);
    const to = Math.min(start + count - first, chunk.length);
    if (from < to) readChunk(chunk, from, to, out, first + from - start);
    first += chunk.length;
  }
}

/** Rows `[from, to)` of a chunk, written from `at` on. */
function readChunk(
  { values, table, validity, offset = 0 }: Chunk,
  from: number,
  to: number,
  out: Float32Array,
  at: number,
): void {
  if (!table && !validity && typeof values[from] === 'number') {
    out.set((values as Float32Array).subarray(from, to), at);
    return;
  }
  for (let i = from; i < to; i++) {
    const bit = offset + i;
    const isThere = !validity || (validity[bit >> 3]! >> (bit & 7)) & 1;
    const value = Number(values[i]);
    // a code beyond the table gives undefined, which float32 makes NaN
    out[at + i - from] = isThere ? (table ? table[value]! : value) : NaN;
  }
}
