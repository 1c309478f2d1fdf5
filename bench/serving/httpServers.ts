import { spawnSync } from 'node:child_process';
import type { ServeDirectoryOptions } from '../../src/node/index.js';
import { buildScript } from '../buildScript.js';
import { startProcess } from '../contestantProcess.js';

export type StartRequest = { op: 'start' } & (
  | { kind: 'bare' /** by path */; constants: Record<string, unknown> }
  | { kind: 'coppice'; directory: string; options: ServeDirectoryOptions }
);
export type ServerRequest = StartRequest | { op: 'usage' };

/** A server in a process of its own. */
export interface HttpServerProcess {
  name: string;
  url: string;
  /** processor time so far in microseconds, all threads */
  usage(): Promise<number>;
  stop(): void;
}

const SERVER_CORE = '0';

/** Whether a process can be bound to one core here. */
export const CAN_PIN: boolean = spawnSync('taskset', ['-c', SERVER_CORE, 'true']).status === 0;

/** Starts a server, bound to the first core where that can be done. */
export async function startHttpServer(
  name: string,
  request: StartRequest,
): Promise<HttpServerProcess> {
  const script = await buildScript('serving/serverProcess');
  const pinned = ['taskset', '-c', SERVER_CORE, process.execPath, script];
  const [command, ...args] = CAN_PIN ? pinned : [process.execPath, script];
  const { ask, stop } = await startProcess(name, command!, args);
  const { url } = await ask(request);
  return {
    name,
    url: url as string,
    usage: async () => (await ask({ op: 'usage' }))['micros'] as number,
    stop,
  };
}
