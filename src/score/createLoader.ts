import { checkKnownKeys, checkOneOf } from '../core/check.js';
import { readModel, readSections } from '../quantize/readModel.js';
import { createScorer } from './createScorer.js';
import type { Engine } from './engine.js';
import { RECORD_DEFAULTS, type RecordOptions } from './fieldValues.js';
import { checkFound, findKernel, KERNEL_CHOICES, type KernelChoice, kernelFrom } from './kernel.js';
import { createKernelEngine } from './kernelEngine.js';
import { type Extra, needsExtra } from './needsExtra.js';
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
   * Whether rows may be columns by the names of the fields. In a page what reads them is a file of its own, which is fetched when this is
   * true; the default is false in the bundle for pages, and true everywhere else.
   */
  columns?: boolean;
  /**
   * What computes `scorer.contributions`: `explainer` of `coppice/explain`, which is no part of what a page loads to score.
   * @example
   * import { explainer } from 'coppice/explain';
   * const scorer = await loadScorer(blob, { explainer });
   */
  explainer?: Explainer;
}

/** See {@link loadScorer}. */
export type LoadScorer = (blob: Uint8Array, options?: LoadOptions) => Promise<Scorer>;

/**
 * Makes a `loadScorer`.
 * @param loadExtra - gives what most models do without; asked when a model or an option needs it
 * @param columnsByDefault - what `columns` is when it is not given
 */
export function createLoader(
  loadExtra: () => Extra | Promise<Extra>,
  columnsByDefault: boolean,
): LoadScorer {
  return async function loadScorer(blob, options = {}) {
    const {
      kernel: choice = 'auto',
      module,
      columns = columnsByDefault,
      explainer,
      ...recordOptions
    } = options;
    const known = ['kernel', 'module', 'columns', 'explainer', ...Object.keys(RECORD_DEFAULTS)];
    checkKnownKeys('option', options, known);
    checkOneOf('kernel', choice, KERNEL_CHOICES);
    const kernel = module ? kernelFrom(module, choice) : await findKernel(choice);
    checkFound(choice, kernel);
    const sections = readSections(blob);
    let extra = columns || explainer || needsExtra(sections) ? await loadExtra() : undefined;
    let model = readModel(sections, extra);
    const createTwin = async (): Promise<Engine> => {
      extra ??= await loadExtra();
      model = readModel(sections, extra);
      return extra.createJavaScriptEngine(model);
    };
    const engine =
      (kernel && (await createKernelEngine(model, kernel, extra, createTwin))) ??
      (await createTwin());
    const quick = extra?.quickRows(model, engine, kernel?.module) ?? engine;
    return createScorer(model, quick, recordOptions, extra, explainer?.(model));
  };
}
