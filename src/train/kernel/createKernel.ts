import { ConfigError, DataError } from '../../core/errors.js';
import type { KernelChoice, KernelInstance } from './kernel.js';
import { createPortableKernel } from './portableKernel.js';
import { instantiateSimdKernel } from './simdKernel.js';

const MAX_BYTES = 2 ** 32 - 65536;

/**
 * Makes a kernel over a fresh buffer of at least `byteLength` bytes.
 * @throws {DataError} when the engine cannot give that much memory; {ConfigError} when `simd` is asked for and absent.
 */
export function createKernel(choice: KernelChoice, byteLength: number): KernelInstance {
  if (byteLength > MAX_BYTES) throw tooLarge(byteLength);
  try {
    const simd = choice === 'javascript' ? undefined : instantiateSimdKernel(byteLength);
    if (simd) return simd;
    if (choice === 'simd') {
      throw new ConfigError('"kernel" is simd, but this engine has no WebAssembly SIMD');
    }
    const buffer = new ArrayBuffer(byteLength);
    return { kernel: createPortableKernel(buffer), buffer };
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(byteLength, error);
    throw error;
  }
}

function tooLarge(byteLength: number, cause?: unknown): DataError {
  const mebibytes = Math.ceil(byteLength / 2 ** 20);
  const message = `training needs ${mebibytes} MiB in one buffer, which this engine does not give (4 GiB at most); use fewer rows, features or maxLeaves`;
  return new DataError(message, undefined, { cause });
}
