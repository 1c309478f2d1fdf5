import { KERNEL_BASE64 } from './kernelBytes.js';

/** The kernel's WebAssembly code, which is part of the package: nothing is fetched. */
function kernelBytes(): Uint8Array<ArrayBuffer> {
  const text = atob(KERNEL_BASE64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/**
 * Compiles the kernel. `loadScorer` does it for itself; a caller with many models compiles once and passes the module in.
 * @throws when there is no WebAssembly with SIMD, or a policy forbids to compile.
 * @example
 * const module = await compileKernel();
 * const scorers = await Promise.all(blobs.map((blob) => loadScorer(blob, { module })));
 */
export async function compileKernel(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(kernelBytes());
}
