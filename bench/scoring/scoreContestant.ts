import { join } from 'node:path';
import { buildScript } from '../buildScript.js';
import { type ContestantProcess, peersPython, startProcess } from '../contestantProcess.js';
import type { Clock } from './clock.js';

/** The libraries that bench/peers/score.py knows, then those of score.mjs. */
const PYTHON_PEERS = [
  'lightgbm',
  'xgboost',
  'onnxruntime',
  'treelite',
  'tl2cgen',
  'lleaves',
  'pylignum',
  'pylignum-compiled',
  'ydf',
  'ydf-cpp',
] as const;
const NODE_PEERS = ['onnxruntime-node', 'm2cgen'] as const;
export const SCORE_PEERS = [...PYTHON_PEERS, ...NODE_PEERS] as const;
export type ScorePeer = (typeof SCORE_PEERS)[number];

/** A model in every form, and rows: paths, so that every process reads them without parsing. */
export interface LoadRequest {
  op: 'load';
  /** the LightGBM text, its ONNX file, and the packed blob */
  text: string;
  onnx: string;
  blob: string;
  /** raw float32, row-major */
  rows: string;
  featureCount: number;
  /** for libraries that train a model of their own of the same shape: float32 rows and float64 labels */
  train: { matrix: string; target: string };
  numTrees: number;
  maxLeaves: number;
  /** folder for what takes long to build */
  cache: string;
}

/** How a turn is timed. */
export interface TurnRequest {
  batch: number;
  clock: Clock;
  milliseconds: number;
}

export type ScoreRequest =
  | LoadRequest
  | ({ op: 'time' } & TurnRequest)
  | { op: 'predict'; out: string };

/** A long-lived process that scores with one library. */
export interface ScoreContestant {
  name: string;
  version: string;
  /** @returns whether it trained a model of its own, and how long loading, compiling or training took. */
  load(request: LoadRequest): Promise<{ own: boolean; seconds: number }>;
  /** Microseconds of a call, of the samples that fit in about so long. */
  time(turn: TurnRequest): Promise<Float64Array>;
  predict(out: string): Promise<void>;
  stop(): void;
}

/** @throws {ContestantError} when the library is not installed, saying so. */
export async function startScorePeer(library: ScorePeer): Promise<ScoreContestant> {
  const isNode = (NODE_PEERS as readonly string[]).includes(library);
  const command = isNode ? process.execPath : peersPython();
  const script = join('bench', 'peers', isNode ? 'score.mjs' : 'score.py');
  return contestantOf(await startProcess(library, command, [script, library]));
}

export async function startScoreCoppice(): Promise<ScoreContestant> {
  const script = await buildScript('scoring/scoreProcess');
  return contestantOf(await startProcess('coppice', process.execPath, [script]));
}

/** Has LightGBM train a model of the shape of the request, and write it where the request has its text. */
export async function trainLightGbmText(request: Omit<LoadRequest, 'op'>): Promise<void> {
  const { ask, stop } = await startProcess('lightgbm', peersPython(), [
    join('bench', 'peers', 'score.py'),
    'lightgbm',
  ]);
  try {
    await ask({ ...request, op: 'trainText' });
  } finally {
    stop();
  }
}

function contestantOf({ name, version, ask, stop }: ContestantProcess): ScoreContestant {
  const tell = (request: ScoreRequest): Promise<Record<string, unknown>> => ask(request);
  return {
    name,
    version,
    load: async (request) => (await tell(request)) as { own: boolean; seconds: number },
    async time(turn) {
      const { micros } = await tell({ op: 'time', ...turn });
      return Float64Array.from(micros as number[]);
    },
    predict: async (out) => void (await tell({ op: 'predict', out })),
    stop,
  };
}
