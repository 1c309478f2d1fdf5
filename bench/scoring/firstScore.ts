import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Random } from '../../src/core/random.js';
import { buildScript } from '../buildScript.js';
import { FEATURE_COUNT } from './benchModels.js';
import type { Clock } from './clock.js';
import type { ScoringEngine } from './scoringEngine.js';

/** What a fresh process measured. */
export interface FirstScore {
  /** from nothing to the runtime's module */
  importMs: number;
  /** from the bytes of the model in hand to the probability of one row; compiling WebAssembly included */
  firstScoreMs: number;
  /** resident size after 20 batches, above what Node, the rows and the model file took */
  addedBytes: number;
}

/**
 * Starts a process for each engine, in drawn order, `rounds` times over.
 * @param engines - those that say what to ask a `fresh` process for
 * @returns the measurements of each, in the order given.
 */
export async function measureFreshStarts(
  engines: readonly ScoringEngine[],
  rows: Float32Array,
  rounds: number,
  clock: Clock,
  random: Random,
): Promise<FirstScore[][]> {
  const script = await buildScript('scoring/firstScoreProcess');
  const directory = mkdtempSync(join(tmpdir(), 'coppice-bench-'));
  try {
    const rowsFile = join(directory, 'rows.f32');
    writeFileSync(rowsFile, new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength));
    const files = engines.map(({ file: bytes }, index) => {
      const file = join(directory, `model_${index}`);
      writeFileSync(file, bytes);
      return file;
    });
    const results: FirstScore[][] = engines.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (const index of random.shuffle([...engines.keys()])) {
        const { fresh } = engines[index]!;
        const args = [script, fresh!, files[index]!, rowsFile, String(FEATURE_COUNT), clock];
        const line = execFileSync(process.execPath, args, { encoding: 'utf8' });
        results[index]!.push(JSON.parse(line));
      }
    }
    return results;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
