import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../../../src/core/json.js';
import { trainedModel } from '../../serve/trainedModels.js';

/** `coppice serve` in a process of its own. */
export interface ServerProcess {
  url: string;
  child: ChildProcess;
  /** what it wrote to standard error so far */
  stderr: () => string;
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** Writes the folder of a small model. */
export async function writeModel(root: string): Promise<string> {
  const { blob, reference } = await trainedModel('binary');
  const directory = join(root, 'model');
  mkdirSync(directory);
  writeFileSync(join(directory, 'model.coppice'), blob);
  writeFileSync(join(directory, 'drift_baseline.json'), canonicalJson(reference));
  return directory;
}

/** A record of that model. */
export const RECORD = { length: 5, width: 2.5, plan: '1' };

/** Starts a server on a free port and waits until it listens. */
export async function startServer(directory: string, flags: string[]): Promise<ServerProcess> {
  const args = ['--import', 'tsx', 'src/cli/main.ts', 'serve', directory, '--port', '0', '--json'];
  const child = spawn(process.execPath, [...args, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (piece) => (stderr += piece));
  const ended = once(child, 'exit') as Promise<[number | null]>;
  const line = await Promise.race([
    once(child.stdout, 'data').then(([piece]) => String(piece)),
    ended.then(() => Promise.reject(new Error(`the server did not start: ${stderr}`))),
  ]);
  return {
    url: (JSON.parse(line) as { url: string }).url,
    child,
    stderr: () => stderr,
    async end(signal) {
      child.kill(signal);
      return (await ended)[0];
    },
  };
}
