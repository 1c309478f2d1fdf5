import type { QuantizedForest } from '../../src/model/quantized.js';
import { stageForest } from '../../src/score/kernelImage.js';
import { compileKernel } from '../../src/score/kernelModule.js';

/** A forest as the kernel has laid it out: its memory, by address. */
export interface LaidOut {
  /** 0: refused; 1: without tables for one row; 2: with them */
  outcome: number;
  plan: number;
  u32(address: number): number;
  i32(address: number): number;
  f32(address: number): number;
  f64(address: number): number;
  bytes(address: number, count: number): Uint8Array;
}

const COLUMN_BYTES = 64;
const COLUMNS = 44;
const COLUMNS_END = 48;

export async function layOut(forest: QuantizedForest, featureCount: number): Promise<LaidOut> {
  const { memory, plan } = stageForest(forest, featureCount);
  const { exports } = await WebAssembly.instantiate(await compileKernel(), { env: { memory } });
  const layForest = exports['layForest'] as (plan: number) => number;
  const outcome = layForest(plan);
  const view = new DataView(memory.buffer);
  return {
    outcome,
    plan,
    u32: (address) => view.getUint32(address, true),
    i32: (address) => view.getInt32(address, true),
    f32: (address) => view.getFloat32(address, true),
    f64: (address) => view.getFloat64(address, true),
    bytes: (address, count) => new Uint8Array(memory.buffer, address, count),
  };
}

/** Addresses of the descriptors of the columns, as assembly/score/bin.ts has them. */
export function columnsOf({ plan, u32 }: LaidOut): number[] {
  const first = u32(plan + COLUMNS);
  const count = (u32(plan + COLUMNS_END) - first) / COLUMN_BYTES;
  return Array.from({ length: count }, (_, index) => first + COLUMN_BYTES * index);
}
