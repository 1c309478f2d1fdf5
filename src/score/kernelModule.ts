import { ConfigError } from '../core/errors.js';
import { KERNEL_HEX } from './kernelBytes.js';

/** Which code a WebAssembly kernel is made of. */
export type KernelKind = 'simd' | 'portable';

/**
 * Compiles the kernel. `loadScorer` does it for itself; a caller with many models compiles once and passes the module in.
 * @param options - portable: the kernel that does without SIMD, which a page loads as a file of its own
 * @throws when there is no WebAssembly, or none with SIMD, or a policy forbids to compile.
 * @example
 * const module = await compileKernel();
 * const scorers = await Promise.all(blobs.map((blob) => loadScorer(blob, { module })));
 */
export async function compileKernel(
  options: { portable?: boolean } = {},
): Promise<WebAssembly.Module> {
  if (!options.portable) return compileHex(KERNEL_HEX);
  return compileHex((await import('./portable/kernelBytes.js')).KERNEL_HEX);
}

/** @throws {ConfigError} when the module is no kernel of this package. */
export function kindOf(module: WebAssembly.Module): KernelKind {
  const names = WebAssembly.Module.exports(module).map(({ name }) => name);
  if (names.includes('forestMargins')) return names.includes('isPortable') ? 'portable' : 'simd';
  throw new ConfigError(`"module" expected a kernel, got exports of ${names}`);
}

/** The kernels are part of the package: nothing is fetched but by an import. */
export function compileHex(hex: string): Promise<WebAssembly.Module> {
  return WebAssembly.compile(bytesOf(hex));
}

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  const byteLength = hex.length / 2;
  const words = new DataView(new ArrayBuffer(byteLength + 3));
  // four bytes at a time: in code that runs once, ten times as fast as one by one
  for (let at = 0; at < byteLength; at += 4) {
    words.setUint32(at, parseInt(hex.slice(2 * at, 2 * at + 8).padEnd(8, '0'), 16));
  }
  return new Uint8Array(words.buffer, 0, byteLength);
}
