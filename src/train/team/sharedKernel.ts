import type { Kernel } from '../kernel/kernel.js';
import { KERNEL_BASE64 } from './kernelBytes.js';

const PAGE_BYTES = 65536;

/** What a helper needs to join a team. */
export interface TeamMemory {
  control: SharedArrayBuffer;
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** scratch memory of a thread */
  tileBytes: number;
  /** the rows as they came, where threads share them */
  matrix: Float32Array | undefined;
}

/** The kernel for memory that threads share; undefined where the engine has no SIMD or no threads. */
export function compileSharedKernel(): WebAssembly.Module | undefined {
  if (typeof WebAssembly === 'undefined') return undefined;
  const text = atob(KERNEL_BASE64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  try {
    return new WebAssembly.Module(bytes);
  } catch {
    return undefined;
  }
}

/** @throws {RangeError} when the engine cannot give the memory. */
export function instantiateSharedKernel(
  module: WebAssembly.Module,
  byteLength: number,
): { kernel: Kernel; memory: WebAssembly.Memory } {
  const pages = Math.ceil(byteLength / PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  return { kernel: kernelOver(module, memory), memory };
}

/** A kernel of this thread's own over a memory. */
export function kernelOver(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernel {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernel;
}
