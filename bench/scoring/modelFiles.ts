import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fromLightGbm } from '../../src/interop/index.js';
import { exportOnnx } from '../../src/onnx/index.js';
import { encodeBlob } from '../../src/quantize/index.js';
import { FEATURE_COUNT, makeCase, referenceOf, SIZES, type Size } from './benchModels.js';
import { type LoadRequest, trainLightGbmText } from './scoreContestant.js';

/** Where what the peers build is kept from run to run. */
const CACHE = join('bench', 'peers', '.cache');

/** A model and rows on disk, for every contestant. */
export interface ModelFiles {
  title: string;
  request: LoadRequest;
  /** the float64 reference of the rows */
  exact: Float64Array;
  /** a path in the same folder */
  path(name: string): string;
  remove(): void;
}

/**
 * Writes the leaf-wise model of a size: A or B where they are to be had, else one that the LightGBM of the peers trains.
 * @throws {ContestantError} when there is neither.
 */
export async function writeModelFiles(size: Size, leafBits: 8 | 16): Promise<ModelFiles> {
  const { models, rows, calibration, training } = makeCase(size, false);
  const { theirs, title, model: own } = models[0]!;
  const directory = mkdtempSync(join(tmpdir(), 'coppice-bench-'));
  const path = (name: string): string => join(directory, name);
  const write = (
    name: string,
    content: Float32Array | Float64Array | Uint8Array | string,
  ): string => {
    const bytes =
      typeof content === 'string'
        ? content
        : new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
    writeFileSync(path(name), bytes);
    return path(name);
  };
  const { numTrees, maxLeaves } = SIZES[size];
  const request: LoadRequest = {
    op: 'load',
    text: path('model.txt'),
    onnx: path('model.onnx'),
    blob: path('model.coppice'),
    rows: write('rows', rows),
    featureCount: FEATURE_COUNT,
    train: { matrix: write('matrix', training.matrix), target: write('target', training.target) },
    numTrees,
    maxLeaves,
    cache: resolve(CACHE),
  };
  try {
    if (theirs) write('model.txt', theirs.text);
    else await trainLightGbmText(request);
    const model = theirs ? own : fromLightGbm(readFileSync(request.text, 'utf8'));
    write('model.onnx', theirs ? theirs.onnx : exportOnnx(model));
    write('model.coppice', encodeBlob(model, { leafBits, calibration }));
    return {
      title: theirs ? title : `by LightGBM, ${numTrees} trees × ${maxLeaves} leaves`,
      request,
      exact: referenceOf(model, rows),
      path,
      remove: () => rmSync(directory, { recursive: true }),
    };
  } catch (error) {
    rmSync(directory, { recursive: true });
    throw error;
  }
}
