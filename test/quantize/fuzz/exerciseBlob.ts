import { FormatError } from '../../../src/core/errors.js';
import { nextDown32, nextUp32 } from '../../../src/core/float.js';
import type { Random } from '../../../src/core/random.js';
import type { QuantizedModel } from '../../../src/model/quantized.js';
import { decodeBlob } from '../../../src/quantize/decodeBlob.js';
import { maskedRow } from '../../../src/score/extra/quickRows.js';
import {
  compileKernel,
  type LoadOptions,
  loadScorer,
  type RowRecord,
  type Scorer,
} from '../../../src/score/index.js';
import { kernelRooms } from './kernelRooms.js';
import { type Canary, watchMemories } from './memoryCanary.js';

/** Every engine there is, with its compiled code; all must give the same bits. */
export type Kernels = ReadonlyMap<
  NonNullable<LoadOptions['kernel']>,
  WebAssembly.Module | undefined
>;

/** Compiled once, as many blobs are to be loaded. */
export async function compileKernels(): Promise<Kernels> {
  return new Map([
    ['simd', await compileKernel()],
    ['portable', await compileKernel({ portable: true })],
    ['javascript', undefined],
  ]);
}

const ROW_COUNTS = [1, 2, 17, 24, 25, 40, 40, 40, 513];
const LONGEST_MESSAGE = 1000;
const SPECIAL = [
  NaN,
  Infinity,
  -Infinity,
  0,
  -0,
  1e-45,
  -1e-45,
  3.4028234663852886e38,
  2 ** 32,
  -1,
];

export interface Outcome {
  /** why the blob was refused; undefined when it was scored with */
  refusal: string | undefined;
  /** memory that the kernels took, all together */
  kernelBytes: number;
}

/**
 * Loads a blob and, when it is let pass, scores rows that look for trouble with every engine.
 * @throws when it is refused with anything but a FormatError, when engines differ in a bit, when a kernel writes where it must not,
 *   and when scoring fails.
 */
export async function exerciseBlob(
  blob: Uint8Array,
  random: Random,
  kernels: Kernels,
): Promise<Outcome> {
  const model = await valueOrRefusal(() => decodeBlob(blob));
  if (typeof model === 'string') return { refusal: model, kernelBytes: 0 };
  const matrix = hostileRows(model, ROW_COUNTS[random.integer(ROW_COUNTS.length)]!, random);
  const records = hostileRecords(model, 3, random);
  let expected: Uint32Array[] | string | undefined;
  let kernelBytes = 0;
  for (const [kernel, module] of kernels) {
    // nodes are checked by who reads them
    const watched = await watchMemories(
      () => valueOrRefusal(() => loadScorer(blob, { kernel, ...(module && { module }) })),
      (memory) => kernelRooms(model, memory),
    );
    const { value, canary } = watched;
    kernelBytes += canary.byteLength;
    const outcome =
      typeof value === 'string' ? value : score(value, model, matrix, records, canary);
    expected ??= outcome;
    if (typeof outcome === 'string' || typeof expected === 'string') {
      if (outcome !== expected) throw new Error(`${kernel}: ${outcome}, not ${expected}`);
    } else checkSame(outcome, expected, kernel);
  }
  return { refusal: typeof expected === 'string' ? expected : undefined, kernelBytes };
}

async function valueOrRefusal<T>(read: () => T | Promise<T>): Promise<T | string> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    if (error.message.length <= LONGEST_MESSAGE) return error.message;
    throw new Error(`a refusal of ${error.message.length} characters`);
  }
}

/** The bits of everything that a scorer says about the rows: twice, as the first time must leave nothing behind. */
function score(
  scorer: Scorer,
  model: QuantizedModel,
  matrix: Float32Array,
  records: readonly RowRecord[],
  canary: Canary,
): Uint32Array[] {
  const width = model.features.length;
  const { outputCount } = scorer;
  const bits = [scorer.predict(records), scorer.margin(records)].map(bitsOf);
  if (width > 0) {
    const predictions = scorer.predict(matrix);
    bits.push(bitsOf(predictions), bitsOf(scorer.margin(matrix)));
    const one = new Float32Array(outputCount);
    const lastRow = matrix.length / width - 1;
    const masked = scorer.kernel === 'simd' ? maskedRow(model) : undefined;
    for (const row of new Set([0, lastRow])) {
      const values = matrix.subarray(row * width, (row + 1) * width);
      const inBatch = [bitsOf(predictions.subarray(row * outputCount, (row + 1) * outputCount))];
      scorer.predictRowInto(values, one);
      checkSame([bitsOf(one)], inBatch, `row ${row} alone`);
      masked?.(values, 0, one, 0);
      checkSame([bitsOf(one)], inBatch, `row ${row} by masks`);
    }
    checkSame([bitsOf(scorer.predict(matrix))], [bitsOf(predictions)], 'the second time');
    if (scorer.task !== 'regression') scorer.labels(predictions);
    if (hasBins(model)) scoreBins(scorer, matrix, predictions);
  }
  canary.check();
  return bits;
}

function hasBins({ predictor }: QuantizedModel): boolean {
  return predictor.kind === 'forest' && predictor.columns.length > 0;
}

/** Bins give what their features gave; bytes that no feature has are to write nowhere else, which the canary tells. */
function scoreBins(scorer: Scorer, matrix: Float32Array, predictions: Float32Array): void {
  const bins = scorer.bin(matrix);
  checkSame([bitsOf(scorer.predict(bins))], [bitsOf(predictions)], 'bins');
  const bytes = new Uint8Array(matrix.buffer);
  scorer.predict(
    bins.map((own, column) => own.map((_, at) => bytes[(31 * column + at) % bytes.length]!)),
  );
}

/** A NaN is a NaN: neither JavaScript nor WebAssembly says which of its bit patterns arithmetic gives. */
function bitsOf(values: Float32Array): Uint32Array {
  const copy = values.map((value) => (value === value ? value : NaN));
  return new Uint32Array(copy.buffer);
}

function checkSame(seen: Uint32Array[], expected: Uint32Array[], what: string): void {
  seen.forEach((bits, part) => {
    const other = expected[part]!;
    const at = bits.findIndex((word, index) => word !== other[index]);
    if (at < 0 && bits.length === other.length) return;
    throw new Error(
      `${what}: element ${at} of part ${part} is ${hex(bits[at])}, expected ${hex(other[at])}`,
    );
  });
}

function hex(word: number | undefined): string {
  return word === undefined ? 'nothing' : `0x${word.toString(16).padStart(8, '0')}`;
}

/** Thresholds and their neighbours, the ends of float32, missing values, codes that are none. */
function hostileRows(model: QuantizedModel, rowCount: number, random: Random): Float32Array {
  const { features, predictor } = model;
  const edges = features.map((): number[] => []);
  if (predictor.kind === 'forest') {
    for (const column of predictor.columns) {
      if (column.kind === 'rank') edges[column.featureIndex]!.push(...column.thresholds);
    }
  }
  return Float32Array.from({ length: rowCount * features.length }, (_, at) => {
    const index = at % features.length;
    const feature = features[index]!;
    const own = edges[index]!;
    const choice = random.uniform();
    if (feature.kind === 'category' && choice < 0.7)
      return random.integer(feature.levels.length + 1);
    if (choice < 0.3) return SPECIAL[random.integer(SPECIAL.length)]!;
    if (choice < 0.8 && own.length > 0) {
      const edge = own[random.integer(own.length)]!;
      return [edge, nextUp32(edge), nextDown32(edge)][random.integer(3)]!;
    }
    return random.normal() * 2;
  });
}

function hostileRecords(model: QuantizedModel, count: number, random: Random): RowRecord[] {
  return Array.from({ length: count }, () =>
    Object.fromEntries(
      model.schema.fields.map(({ name, type }): [string, number | string | null] => {
        if (random.integer(4) === 0) return [name, null];
        if (type === 'category') return [name, ['', 'a', 'US', 'level 1'][random.integer(4)]!];
        return [name, SPECIAL[random.integer(SPECIAL.length)]!];
      }),
    ),
  );
}
