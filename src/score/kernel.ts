import { ConfigError } from '../core/errors.js';
import { compileHex, compileKernel, instanceOf, type KernelKind, kindOf } from './kernelModule.js';

/** What assembly/score/index.ts exports, and assembly/score/portable.ts. Addresses and strides are bytes. */
export interface KernelExports extends Partial<ExtraExports> {
  /** 0: the nodes are not in order; 1: there are no tables to walk one row; 2: there are */
  layForest(plan: number): number;
  forestMargins(
    plan: number,
    rows: number,
    columnStride: number,
    rowCount: number,
    margins: number,
    isBinned: boolean,
  ): void;
  rowMargins(plan: number, row: number, out: number, stride: number): number;
  sigmoidInto(
    margins: number,
    rowCount: number,
    slope: number,
    intercept: number,
    out: number,
  ): void;
  classesInto(
    margins: number,
    stride: number,
    rowCount: number,
    classCount: number,
    link: number,
    scale: number,
    out: number,
  ): void;
}

/** What assembly/score/extra.ts exports, and assembly/score/portable.ts. */
export interface ExtraExports {
  linearMargins(
    plan: number,
    rows: number,
    columnStride: number,
    rowCount: number,
    margins: number,
  ): number;
  costsInPlace(margins: number, rowCount: number, isShare: boolean, a: number, b: number): void;
  expInto(margins: number, rowCount: number, out: number): void;
  shareLogsInPlace(margins: number, stride: number, rowCount: number, classCount: number): void;
  interpolateInto(
    margins: number,
    rowCount: number,
    table: number,
    knotCount: number,
    steps: number,
    out: number,
  ): void;
}

/** A compiled kernel. */
export interface Kernel {
  kind: KernelKind;
  module: WebAssembly.Module;
}

export type KernelChoice = 'auto' | KernelKind | 'javascript';

export const KERNEL_CHOICES: readonly KernelChoice[] = Object.freeze([
  'auto',
  'simd',
  'portable',
  'javascript',
]);

/**
 * The kernel to score with: the one with SIMD where the engine has it, else the portable one, or the one that is asked for.
 * @returns undefined where it is not to be had: there is no WebAssembly or no SIMD, or a page's policy forbids to compile.
 */
export async function findKernel(choice: KernelChoice): Promise<Kernel | undefined> {
  for (const kind of ['simd', 'portable'] as const) {
    if (choice !== 'auto' && choice !== kind) continue;
    try {
      return { kind, module: await compileKernel({ portable: kind === 'portable' }) };
    } catch {
      // no such instructions, no WebAssembly, or a policy against it
    }
  }
  return undefined;
}

/** @throws {ConfigError} when a kernel was asked for and is not there. */
export function checkFound(choice: KernelChoice, kernel: Kernel | undefined): void {
  if (kernel || choice === 'auto' || choice === 'javascript') return;
  throw new ConfigError(`"kernel" is "${choice}", which is not to be had here`);
}

/**
 * A kernel that the caller has compiled.
 * @returns undefined when none is wanted.
 * @throws {ConfigError} when it is not of the kind that is asked for, or none of this package.
 */
export function kernelFrom(module: WebAssembly.Module, choice: KernelChoice): Kernel | undefined {
  if (choice === 'javascript') return undefined;
  const kind = kindOf(module);
  if (choice === 'auto' || choice === kind) return { kind, module };
  throw new ConfigError(`"kernel" is "${choice}", and "module" is the ${kind} kernel`);
}

/**
 * An instance of a kernel in a memory.
 * @param extra - code of the entries that not every kernel has
 */
export async function instantiate(
  { module }: Kernel,
  memory: WebAssembly.Memory,
  extra?: string,
): Promise<KernelExports> {
  const { exports } = await instanceOf(module, memory);
  if (!extra || 'linearMargins' in exports) return exports as unknown as KernelExports;
  try {
    const more = await instanceOf(await compileHex(extra), memory);
    return { ...exports, ...more.exports } as unknown as KernelExports;
  } catch {
    // an engine that compiles nothing: the rest is done in JavaScript
    return exports as unknown as KernelExports;
  }
}
