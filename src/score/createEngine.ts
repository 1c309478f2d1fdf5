import { ConfigError } from '../core/errors.js';
import type { QuantizedModel } from '../model/quantized.js';
import { createRowEngine, type Engine } from './engine.js';
import { createForestWalker } from './javascriptForest.js';
import { createLinearSum } from './javascriptLinear.js';
import type { Kernel, KernelChoice } from './kernel.js';
import { createKernelEngine } from './kernelEngine.js';

/**
 * The engine of a model: a kernel where there is one that can score it, else JavaScript.
 * @throws {ConfigError} when a kernel was asked for and is not there.
 */
export async function createEngine(
  model: QuantizedModel,
  choice: KernelChoice,
  kernel: Kernel | undefined,
): Promise<Engine> {
  if (kernel) {
    const engine = await createKernelEngine(model, kernel);
    if (engine) return engine;
  } else if (choice === 'simd') {
    throw new ConfigError('"kernel" is "simd", and WebAssembly with SIMD is not to be had here');
  } else if (choice === 'portable') {
    throw new ConfigError('"kernel" is "portable", and WebAssembly is not to be had here');
  }
  const { predictor } = model;
  return createRowEngine(
    model,
    predictor.kind === 'linear' ? createLinearSum(predictor) : createForestWalker(predictor),
  );
}
