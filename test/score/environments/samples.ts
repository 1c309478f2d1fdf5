import { build } from 'esbuild';
import type { Model } from '../../../src/model/model.js';
import { encodeBlob } from '../../../src/quantize/index.js';
import { loadScorer } from '../../../src/score/index.js';
import { adversarialMatrix, randomForestModel, randomLinearModel } from '../randomModel.js';

const ROWS = 700;
const SHAPE = { treeCount: 30, maxLeaves: 20, numericCount: 5, levelCounts: [12] };

const MODELS: Record<string, Model> = {
  forest: randomForestModel({ seed: 41, ...SHAPE }),
  isotonic: randomForestModel({
    seed: 42,
    ...SHAPE,
    calibrator: { kind: 'isotonic', x: [-1, 0, 1], y: [0.1, 0.4, 0.9] },
  }),
  classes: randomForestModel({
    seed: 43,
    ...SHAPE,
    task: 'multiclass',
    link: 'softmax',
    classCount: 3,
  }),
  regression: randomForestModel({ seed: 44, ...SHAPE, task: 'regression', link: 'log' }),
  linear: randomLinearModel(45, 5, [12]),
};

const BLOBS = Object.entries(MODELS).map(([name, model], index): [string, Uint8Array] => [
  name,
  encodeBlob(model, model.predictor.kind === 'forest' ? { leafBits: index % 2 ? 16 : 8 } : {}),
]);
const matrix = adversarialMatrix(MODELS['forest']!, ROWS, 42);

/** What came out of one scorer, as hexadecimal bytes. */
export interface Score {
  name: string;
  /** the engine; of an attempt that failed, the name of the error */
  kernel: string;
  bytes: string;
}

/** What an environment says of itself. */
export interface Report {
  scores: Score[];
  evalIsForbidden: boolean;
}

/**
 * The module that the scripts of an environment import: `report()` scores models and rows that it holds as text, since a strict policy
 * lets nothing be fetched, in every way: by itself, with each kernel asked for, in JavaScript, and where there is one with a
 * compiled module.
 */
export const SAMPLES_SCRIPT: string = `
import { compileKernel, loadScorer } from './coppice.js';
const bytesOf = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const blobs = ${JSON.stringify(BLOBS.map(([name, blob]) => [name, hexOf(blob)]))};
const matrix = new Float32Array(bytesOf('${hexOf(new Uint8Array(matrix.buffer))}').buffer);

async function scoreIn(name, blob, way) {
  try {
    const scorer = await loadScorer(bytesOf(blob), way);
    const out = scorer.predict(matrix);
    return { name, kernel: scorer.kernel, bytes: hexOf(new Uint8Array(out.buffer)) };
  } catch (error) {
    return { name, kernel: error.name, bytes: '' };
  }
}

async function allWays() {
  const module = await compileKernel().catch(() => undefined);
  const kernels = ['simd', 'portable', 'javascript'].map((kernel) => ({ kernel }));
  return [{}, ...kernels, ...(module ? [{ module }] : [])];
}

export async function report(ways) {
  ways ??= await allWays();
  const scores = [];
  for (const [name, blob] of blobs) {
    for (const way of ways) scores.push(await scoreIn(name, blob, way));
  }
  let evalIsForbidden = false;
  try { (0, eval)('1'); } catch { evalIsForbidden = true; }
  return { scores, evalIsForbidden };
}
`;

/**
 * What an environment should report.
 * @param kernels - for each way to load, the engine or the error
 * @param linear - the same of a linear model, where it differs
 */
export async function expectedScores(
  kernels: readonly string[],
  linear: readonly string[] = kernels,
): Promise<Score[]> {
  const scores: Score[] = [];
  for (const [name, blob] of BLOBS) {
    const scorer = await loadScorer(blob);
    const bytes = hexOf(new Uint8Array(scorer.predict(matrix).buffer));
    for (const kernel of name === 'linear' ? linear : kernels) {
      scores.push({ name, kernel, bytes: kernel.endsWith('Error') ? '' : bytes });
    }
  }
  return scores;
}

/** The entry as an environment without packages loads it: no externals, nothing of Node. */
export async function bundleEntry(format: 'esm' | 'iife' = 'esm'): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ['src/index.ts'],
    bundle: true,
    write: false,
    format,
    ...(format === 'iife' && { globalName: 'coppice' }),
    platform: 'browser',
    target: 'es2022',
    minify: true,
  });
  return outputFiles[0]!.text;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
