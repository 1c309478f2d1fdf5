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

/**
 * The kernels are part of the package: nothing is fetched but by an import. They compile at once, in half a millisecond; in the background
 * they may wait for many more behind what else is to be compiled there. Chromium before 114 does not do it at once in a page.
 */
export function compileHex(hex: string): WebAssembly.Module | Promise<WebAssembly.Module> {
  try {
    return compileAtOnce(hex);
  } catch {
    return WebAssembly.compile(bytesOf(hex));
  }
}

/** @throws where the engine compiles nothing, or only in the background. */
export function compileAtOnce(hex: string): WebAssembly.Module {
  return new WebAssembly.Module(bytesOf(hex));
}

/** An instance of a kernel in a memory. */
export function instanceOf(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): WebAssembly.Instance | Promise<WebAssembly.Instance> {
  const imports = { env: { memory } };
  try {
    return new WebAssembly.Instance(module, imports);
  } catch {
    return WebAssembly.instantiate(module, imports);
  }
}

/** What engines have to read hexadecimal digits: Node a Buffer, browsers of 2025 and later `fromHex`. */
type BytesReader = typeof Uint8Array & { fromHex?(hex: string): Uint8Array<ArrayBuffer> };
interface Host {
  /** nothing in the bundle for pages, which is built without it */
  Buffer?: { from(hex: string, encoding: 'hex'): Uint8Array<ArrayBuffer> };
}

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return (
    (globalThis as Host).Buffer?.from(hex, 'hex') ??
    (Uint8Array as BytesReader).fromHex?.(hex) ??
    parseHex(hex)
  );
}

function parseHex(hex: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(hex.length / 2);
  const view = new DataView(bytes.buffer);
  // six bytes at a time, the last of them again: in code that runs once, many times as fast as one by one
  for (let next = 0; next < bytes.length; next += 6) {
    const at = Math.min(next, bytes.length - 6);
    const word = parseInt(hex.slice(2 * at, 2 * at + 12), 16);
    view.setUint16(at, word / 2 ** 32);
    view.setUint32(at + 2, word);
  }
  return bytes;
}
