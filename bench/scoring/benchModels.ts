import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createRandom } from '../../src/core/random.js';
import { fromLightGbm } from '../../src/interop/index.js';
import { margins, predictions } from '../../src/model/margin.js';
import type { Model } from '../../src/model/model.js';
import { trainGbdt } from '../../src/train/index.js';

/** Trees and leaves of the sizes; a symmetric twin has the next power of two of leaves. */
export const SIZES = {
  small: { numTrees: 20, maxLeaves: 15, shared: undefined },
  medium: { numTrees: 100, maxLeaves: 31, shared: 'a' },
  large: { numTrees: 500, maxLeaves: 64, shared: 'b' },
} as const;
export type Size = keyof typeof SIZES;

export const FEATURE_COUNT = 28;
/** Rows that are scored; larger batches repeat them. */
export const ROW_COUNT = 4096;
/** As many as models A and B were trained on. */
const TRAINING_ROWS = 40_000;
const CALIBRATION_ROWS = 4096;

export type Growth = 'leafwise' | 'symmetric';

/** A model that is scored. */
export interface BenchModel {
  growth: Growth;
  /** where it comes from, and its shape */
  title: string;
  model: Model;
  /** the float64 reference of {@link BenchCase.rows} */
  exact: Float64Array;
  /** files of the same model that others wrote, when there are any */
  theirs?: { onnx: Uint8Array; text: string };
}

/** Models of one size, and the rows that all engines score. */
export interface BenchCase {
  size: Size;
  /** row-major, ROW_COUNT x FEATURE_COUNT */
  rows: Float32Array;
  /** rows of the same kind that are not scored: roundings are chosen on them */
  calibration: { matrix: Float32Array; rowCount: number };
  models: BenchModel[];
  /** what the models of this size were, or would have been, trained on: of the same kind, with labels drawn by the leaf-wise model */
  training: { matrix: Float32Array; rowCount: number; target: Float64Array };
}

/** Where models A and B are: `COPPICE_BENCH`, or `../shared/bench`. */
export function benchDirectory(): string {
  return process.env['COPPICE_BENCH'] ?? join('..', 'shared', 'bench');
}

/**
 * The models of a size. Leaf-wise: A and B by LightGBM where they are to be had, else trained here to the same shape. Symmetric:
 * trained here on labels that the leaf-wise model draws, so that both say the same of a row.
 */
export function makeCase(size: Size, withSymmetric: boolean): BenchCase {
  const { numTrees, maxLeaves, shared } = SIZES[size];
  const drawn = drawRows('training', TRAINING_ROWS);
  const given = shared && readShared(shared);
  const rows = given ? given.rows : drawRows('scoring', ROW_COUNT);
  const options = { numTrees, maxLeaves } as const;
  const data = { matrix: drawn, rowCount: TRAINING_ROWS, featureCount: FEATURE_COUNT };
  const leafwise = given
    ? fromLightGbm(given.text)
    : trainGbdt({ ...data, target: ownTarget(drawn) }, options);
  const target = given ? drawTarget(leafwise, drawn) : ownTarget(drawn);
  const models: BenchModel[] = [
    {
      growth: 'leafwise',
      title: given
        ? `model ${shared!.toUpperCase()} by LightGBM, ${numTrees} trees × ${maxLeaves} leaves`
        : `trained here, ${numTrees} trees × ${maxLeaves} leaves`,
      model: leafwise,
      exact: referenceOf(leafwise, rows),
      ...(given ? { theirs: given } : {}),
    },
  ];
  if (withSymmetric) {
    const leaves = 2 ** Math.ceil(Math.log2(maxLeaves));
    const model = trainGbdt(
      { ...data, target },
      { numTrees, maxLeaves: leaves, growPolicy: 'symmetric' },
    );
    models.push({
      growth: 'symmetric',
      title: `trained here, ${numTrees} trees × ${leaves} leaves`,
      model,
      exact: referenceOf(model, rows),
    });
  }
  return {
    size,
    rows,
    calibration: { matrix: drawRows('calibration', CALIBRATION_ROWS), rowCount: CALIBRATION_ROWS },
    models,
    training: { matrix: drawn, rowCount: TRAINING_ROWS, target },
  };
}

/** The first `rowCount` of the rows repeated for ever. */
export function repeatRows(rows: Float32Array, rowCount: number): Float32Array {
  const length = rowCount * FEATURE_COUNT;
  if (length <= rows.length) return rows.subarray(0, length);
  const repeated = new Float32Array(length);
  for (let at = 0; at < length; at += rows.length) {
    repeated.set(rows.subarray(0, Math.min(rows.length, length - at)), at);
  }
  return repeated;
}

function readShared(letter: 'a' | 'b') {
  const directory = benchDirectory();
  const file = join(directory, `model_${letter}.txt.gz`);
  if (!existsSync(file)) return undefined;
  return {
    text: gunzipSync(readFileSync(file)).toString(),
    onnx: new Uint8Array(gunzipSync(readFileSync(join(directory, `model_${letter}.onnx.gz`)))),
    rows: new Float32Array(new Uint8Array(readFileSync(join(directory, 'rows.f32'))).buffer),
  };
}

/** Every third feature lognormal, the others normal, as the rows of models A and B. */
function drawRows(stream: string, rowCount: number): Float32Array {
  const random = createRandom(20).fork(stream);
  return Float32Array.from({ length: rowCount * FEATURE_COUNT }, (_, at) => {
    const normal = random.normal();
    return (at % FEATURE_COUNT) % 3 === 0 ? Math.exp(normal) : normal;
  });
}

function ownTarget(matrix: Float32Array): Float64Array {
  const random = createRandom(21);
  return Float64Array.from({ length: matrix.length / FEATURE_COUNT }, (_, row) => {
    const x = matrix.subarray(row * FEATURE_COUNT, (row + 1) * FEATURE_COUNT);
    const gated = x[1]! > 0 ? x[2]! : -0.3 * x[4]!;
    const margin = Math.log1p(x[0]!) + gated + 0.5 * x[5]! * x[5]! - x[6]! * 0.6 + x[7]! - 1.5;
    return margin + random.normal() > 0 ? 1 : 0;
  });
}

function drawTarget(model: Model, matrix: Float32Array): Float64Array {
  const random = createRandom(22);
  return referenceOf(model, matrix).map((probability) => Number(random.uniform() < probability));
}

/** Probabilities of the float64 reference. */
export function referenceOf(model: Model, matrix: Float32Array): Float64Array {
  const rowCount = matrix.length / FEATURE_COUNT;
  return predictions(model, margins(model.predictor, matrix, rowCount, FEATURE_COUNT));
}
