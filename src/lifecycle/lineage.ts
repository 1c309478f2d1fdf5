import { canonicalJson } from '../core/json.js';
import { sha256 } from './sha256.js';

/** Named contents: text, or the bytes of a typed array. */
export type Contents = Record<string, string | ArrayBufferView>;

/** What one stage read and what it made, by SHA-256. */
export interface StageRecord {
  stage: string;
  inputs: Record<string, string>;
  outputs: Record<string, string>;
}

/**
 * The part of a run that is the same whenever data, configuration and seed are the same.
 * Its hash gives the run its id.
 */
export interface LineageCore {
  coppice_version: string;
  command: string;
  seed: number;
  config: unknown;
  sources: { name: string; sha256: string; byte_count: number; version?: string }[];
  data: unknown;
  stages: StageRecord[];
  /** file name → SHA-256 */
  artifacts: Record<string, string>;
  releasable: boolean;
}

/** `lineage.json`. */
export interface Lineage {
  format: 'coppice-lineage';
  version: 1;
  run_id: string;
  core: LineageCore;
  core_sha256: string;
  /** files that hold timings and so differ from run to run: file name → SHA-256 */
  measurements: Record<string, string>;
  created_at: string;
  environment: Record<string, string>;
  stage_milliseconds: Record<string, number>;
}

/** Collects what each stage read and made. */
export interface StageLog {
  readonly stages: readonly StageRecord[];
  readonly milliseconds: Readonly<Record<string, number>>;
  /** Runs a stage, timed, and records the contents that it names. */
  run<T>(
    stage: string,
    inputs: Contents,
    work: () => T | Promise<T>,
    outputs: (result: T) => Contents,
  ): Promise<T>;
}

/** @param now - milliseconds, from any clock that only goes forward. */
export function createStageLog(now: () => number): StageLog {
  const stages: StageRecord[] = [];
  const milliseconds: Record<string, number> = {};
  return {
    stages,
    milliseconds,
    async run(stage, inputs, work, outputs) {
      const started = now();
      const result = await work();
      milliseconds[stage] = Math.round(now() - started);
      stages.push({
        stage,
        inputs: await hashAll(inputs),
        outputs: await hashAll(outputs(result)),
      });
      return result;
    },
  };
}

/** SHA-256 of each content, by name. */
export async function hashAll(contents: Contents): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const [name, content] of Object.entries(contents)) hashes[name] = await sha256(content);
  return hashes;
}

/** Completes the record: the core's hash, and the run's id from it. */
export async function sealLineage(
  core: LineageCore,
  rest: Pick<Lineage, 'measurements' | 'created_at' | 'environment' | 'stage_milliseconds'>,
): Promise<Lineage> {
  const coreSha256 = await sha256(canonicalJson(core));
  return {
    format: 'coppice-lineage',
    version: 1,
    run_id: coreSha256.slice(0, 12),
    core,
    core_sha256: coreSha256,
    ...rest,
  };
}
