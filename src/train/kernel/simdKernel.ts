import { KERNEL_BASE64 } from '../kernelBytes.js';
import type { Kernel, KernelInstance } from './kernel.js';

const PAGE_BYTES = 65536;

let compiled: WebAssembly.Module | undefined | null = null;

/**
 * The WebAssembly kernel over a memory of its own.
 * @returns undefined when the engine has no WebAssembly or no SIMD.
 * @throws {RangeError} when it cannot give the memory.
 */
export function instantiateSimdKernel(byteLength: number): KernelInstance | undefined {
  if (compiled === null) compiled = compile();
  if (!compiled) return undefined;
  const memory = new WebAssembly.Memory({ initial: Math.ceil(byteLength / PAGE_BYTES) });
  const instance = new WebAssembly.Instance(compiled, { env: { memory } });
  const exported = instance.exports as unknown as Kernel;
  return { kernel: exported, buffer: memory.buffer as ArrayBuffer };
}

/** Compiled once a process; small enough that a browser does so synchronously on its main thread. */
function compile(): WebAssembly.Module | undefined {
  if (typeof WebAssembly === 'undefined') return undefined;
  const text = atob(KERNEL_BASE64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  try {
    return new WebAssembly.Module(bytes);
  } catch {
    // no SIMD, or a page whose content security policy forbids WebAssembly
    return undefined;
  }
}
