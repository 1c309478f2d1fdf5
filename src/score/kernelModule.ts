import { KERNEL_HEX } from './kernelBytes.js';

/** The kernel's WebAssembly code, which is part of the package: nothing is fetched. */
function kernelBytes(): Uint8Array<ArrayBuffer> {
  const byteLength = KERNEL_HEX.length / 2;
  const words = new DataView(new ArrayBuffer(byteLength + 3));
  // four bytes at a time: in code that runs once, ten times as fast as one by one
  for (let at = 0; at < byteLength; at += 4) {
    words.setUint32(at, parseInt(KERNEL_HEX.slice(2 * at, 2 * at + 8).padEnd(8, '0'), 16));
  }
  return new Uint8Array(words.buffer, 0, byteLength);
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
