import { checkKnownKeys, checkOneOf } from '../core/check.js';
import { ConfigError } from '../core/errors.js';
import type { QuantizedModel } from '../model/quantized.js';
import { decodeBlob } from '../quantize/decodeBlob.js';
import { createScorer } from './createScorer.js';
import { acceptColumns, createRowEngine, type Engine } from './engine.js';
import { RECORD_DEFAULTS, type RecordOptions } from './fieldValues.js';
import { createForestWalker } from './javascriptForest.js';
import { createLinearSum } from './javascriptLinear.js';
import { compileKernel } from './kernelModule.js';
import type { Explainer, Scorer } from './scorer.js';
import { createSimdEngine } from './simdEngine.js';

export interface LoadOptions extends Partial<RecordOptions> {
  /**
   * auto: the WebAssembly kernel where the engine has SIMD, else JavaScript. simd: an error where it has not.
   * Both give the same bytes. A linear model is a short sum and always scored in JavaScript.
   */
  kernel?: 'auto' | 'simd' | 'javascript';
  /** the kernel, compiled already ({@link compileKernel}): for edge workers that compile nothing, and for many scorers */
  module?: WebAssembly.Module;
  /**
   * What computes `scorer.contributions`: `explainer` of `coppice/explain`, which is no part of what a page loads to score.
   * @example
   * import { explainer } from 'coppice/explain';
   * const scorer = await loadScorer(blob, { explainer });
   */
  explainer?: Explainer;
}

/**
 * Loads a packed blob. Asynchronous once, as compiling is; scoring is synchronous.
 * @throws {FormatError} when the blob is not what it should be.
 * @throws {ConfigError} on a wrong option, or when `simd` is asked for and not there.
 * @example
 * const scorer = await loadScorer(blob);
 * const [probability] = scorer.predict([{ minutes_watched: 42, student_country: 'US' }]);
 */
export async function loadScorer(blob: Uint8Array, options: LoadOptions = {}): Promise<Scorer> {
  const { kernel = 'auto', module, explainer, ...recordOptions } = options;
  const known = ['kernel', 'module', 'explainer', ...Object.keys(RECORD_DEFAULTS)];
  checkKnownKeys('option', options, known);
  checkOneOf('kernel', kernel, ['auto', 'simd', 'javascript']);
  // the engine compiles in the background while the blob is read
  const compiling = kernel === 'javascript' ? undefined : (module ?? tryCompile());
  const model = decodeBlob(blob);
  const engine = await createEngine(model, kernel, await compiling);
  return createScorer(model, acceptColumns(engine, model), recordOptions, explainer?.(model));
}

async function createEngine(
  model: QuantizedModel,
  kernel: 'auto' | 'simd' | 'javascript',
  compiled: WebAssembly.Module | undefined,
): Promise<Engine> {
  const { predictor } = model;
  if (predictor.kind === 'linear') return createRowEngine(model, createLinearSum(predictor));
  if (compiled) return createSimdEngine(model, predictor, compiled);
  if (kernel === 'simd') {
    throw new ConfigError('"kernel" is "simd", and WebAssembly with SIMD is not to be had here');
  }
  return createRowEngine(model, createForestWalker(predictor));
}

/** Without WebAssembly, without SIMD, or where a page's policy forbids to compile, there is no module. */
async function tryCompile(): Promise<WebAssembly.Module | undefined> {
  try {
    return await compileKernel();
  } catch {
    return undefined;
  }
}
