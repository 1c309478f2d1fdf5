import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { peersPython, startProcess } from '../contestantProcess.js';
import type { Part, SplitData } from './splitData.js';

/** What every contestant trains with, in coppice's words. */
export const TRAINING_OPTIONS = {
  numTrees: 100,
  maxLeaves: 31,
  learningRate: 0.1,
  minChildSamples: 20,
  maxBins: 255,
} as const;

/** A set on disk: raw files that every process can read without parsing. */
export interface LoadRequest {
  op: 'load';
  name: string;
  task: SplitData['task'];
  classCount: number;
  featureCount: number;
  categorical: number[];
  train: PartFiles;
  test: PartFiles;
  options: Record<keyof typeof TRAINING_OPTIONS, number>;
  /** of LightGBM alone, which takes 1 when absent */
  threads?: number;
}

/** Paths of a part: matrix float32 row-major, target float64, group int32. */
export interface PartFiles {
  rowCount: number;
  matrix: string;
  target: string;
  group?: string;
}

export type ContestantRequest = LoadRequest | { op: 'fit' } | { op: 'predict'; out: string };

/** How long a fit took, and the memory of its process. */
export interface FitReply {
  /** on the wall clock */
  seconds: number;
  /** of processor time, all threads of the process: what a busy machine disturbs least */
  cpuSeconds: number;
  /** largest resident size during the fit; null where the system does not say */
  peakBytes: number | null;
  /** resident size before the fit: the runtime, the library, and the data in its form */
  beforeBytes: number | null;
}

/** A long-lived process that trains with one library. */
export interface Contestant {
  name: string;
  version: string;
  /** @throws {ContestantError} when the library fails, or its process ends. */
  load(request: LoadRequest): Promise<void>;
  fit(): Promise<FitReply>;
  predict(out: string): Promise<void>;
  /** Ends the process. */
  stop(): void;
}

/** The libraries that `bench/peers/train.py` knows. */
export const PEERS = ['lightgbm', 'xgboost', 'sklearn', 'catboost'] as const;

/** @throws {ContestantError} when the library is not installed, saying so. */
export function startPeer(library: string): Promise<Contestant> {
  return start(library, peersPython(), [join('bench', 'peers', 'train.py'), library]);
}

/** @param build - `src` through tsx, or the built `dist` */
export function startCoppice(build: 'src' | 'dist'): Promise<Contestant> {
  const worker = join('bench', 'training', 'coppiceWorker.ts');
  return start('coppice', process.execPath, ['--expose-gc', '--import', 'tsx', worker, build]);
}

/** Writes the parts of a set below a fresh directory. @returns what to send, and how to remove the files. */
export function writeParts(data: SplitData): { request: LoadRequest; remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), 'coppice-bench-'));
  const writePart = (part: Part, name: string): PartFiles => {
    const write = (what: string, values: Float32Array | Float64Array | Int32Array): string => {
      const file = join(directory, `${name}.${what}`);
      writeFileSync(file, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      return file;
    };
    return {
      rowCount: part.rowCount,
      matrix: write('matrix', part.matrix),
      target: write('target', part.target),
      ...(part.group ? { group: write('group', part.group) } : {}),
    };
  };
  const { name, task, classCount, featureCount, categorical } = data;
  return {
    request: {
      op: 'load',
      name,
      task,
      classCount,
      featureCount,
      categorical,
      train: writePart(data.train, 'train'),
      test: writePart(data.test, 'test'),
      options: TRAINING_OPTIONS,
    },
    remove: () => rmSync(directory, { recursive: true }),
  };
}

async function start(name: string, command: string, args: string[]): Promise<Contestant> {
  const { version, ask, stop } = await startProcess(name, command, args);
  const tell = async (request: ContestantRequest): Promise<Record<string, unknown>> => ask(request);
  return {
    name,
    version,
    load: async (request) => void (await tell(request)),
    fit: async () => (await tell({ op: 'fit' })) as unknown as FitReply,
    predict: async (out) => void (await tell({ op: 'predict', out })),
    stop,
  };
}
