import { checkKnownKeys, checkOneOf } from '../core/check.js';
import { readBlob } from '../quantize/decodeBlob.js';
import { createEngine } from './createEngine.js';
import { createScorer } from './createScorer.js';
import { acceptColumns } from './engine.js';
import { RECORD_DEFAULTS, type RecordOptions } from './fieldValues.js';
import { findKernel, KERNEL_CHOICES, type KernelChoice, kernelFrom } from './kernel.js';
import type { Explainer, Scorer } from './scorer.js';

export interface LoadOptions extends Partial<RecordOptions> {
  /**
   * auto: the WebAssembly kernel where the engine has SIMD, else the portable one, else JavaScript. simd and portable: an error
   * where they are not to be had. All give the same bytes; a model that a kernel cannot score is scored in JavaScript.
   */
  kernel?: KernelChoice;
  /** a kernel, compiled already ({@link compileKernel}): for edge workers that compile nothing, and for many scorers */
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
 * @throws {ConfigError} on a wrong option, or when a kernel is asked for and not there.
 * @example
 * const scorer = await loadScorer(blob);
 * const [probability] = scorer.predict([{ minutes_watched: 42, student_country: 'US' }]);
 */
export async function loadScorer(blob: Uint8Array, options: LoadOptions = {}): Promise<Scorer> {
  const { kernel = 'auto', module, explainer, ...recordOptions } = options;
  const known = ['kernel', 'module', 'explainer', ...Object.keys(RECORD_DEFAULTS)];
  checkKnownKeys('option', options, known);
  checkOneOf('kernel', kernel, KERNEL_CHOICES);
  // the engine compiles in the background while the blob is read
  const finding = module ? kernelFrom(module, kernel) : findKernel(kernel);
  const model = readBlob(blob);
  const engine = await createEngine(model, kernel, await finding);
  return createScorer(model, acceptColumns(engine, model), recordOptions, explainer?.(model));
}
