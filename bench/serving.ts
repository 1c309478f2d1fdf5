/**
 * `coppice serve` beside a bare hono route on the same HTTP server that parses the same JSON and answers a constant: throughput
 * of `/predict` and of `/batch_predict` on one core, in one interleaved run, and what the time of a batch goes into.
 * usage: npm run bench:serve [-- --rounds 12] [--connections 32] [--batch-rows 1000] [--clock cpu] [--quick]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '../src/core/random.js';
import type { ServeDirectoryOptions } from '../src/node/index.js';
import { chooseSome, readCommandLine, readCount } from './commandLine.js';
import { CLOCK_OPTION, CLOCKS, type Clock } from './scoring/clock.js';
import { interval, table } from './scoring/scoreTables.js';
import { writeBenchRun } from './serving/benchRun.js';
import { postOf } from './serving/httpLoad.js';
import { type HttpTime, timeServers } from './serving/httpRounds.js';
import { CAN_PIN, type HttpServerProcess, startHttpServer } from './serving/httpServers.js';
import { describeEnvironment } from './training/environment.js';

const chosen = readCommandLine(
  'npm run bench:serve -- [options]',
  {
    rounds: { value: 'n', text: 'interleaved rounds, at least 2; 12 without it' },
    connections: { value: 'n', text: 'at one time, a request on each', default: '32' },
    'batch-rows': { value: 'n', text: 'rows of a /batch_predict', default: '1000' },
    clock: { ...CLOCK_OPTION, default: 'cpu' },
    quick: { text: 'half a minute: 3 rounds' },
  },
  (typed) => ({
    rounds: readCount('rounds', typed.rounds ?? (typed.quick ? '3' : '12'), 2, 1000),
    connections: readCount('connections', typed.connections, 1, 1000),
    batchRows: readCount('batch-rows', typed['batch-rows'], 1, 4096),
    clock: chooseSome('clock', typed.clock, Object.keys(CLOCKS) as Clock[])[0]!,
  }),
);

const TURN_MILLISECONDS = 400;
const SERVED: Record<string, (directory: string) => ServeDirectoryOptions> = {
  'coppice, no log': () => ({}),
  coppice: (directory) => ({ logPath: join(directory, 'queued.jsonl') }),
  'coppice, log written before the answer': (directory) => ({
    logPath: join(directory, 'written.jsonl'),
    log: { acknowledge: 'written' },
  }),
};

const random = createRandom(1);
const root = mkdtempSync(join(tmpdir(), 'coppice-bench-'));
const servers: HttpServerProcess[] = [];
try {
  await measure();
} finally {
  for (const server of servers) server.stop();
  rmSync(root, { recursive: true });
}

async function measure(): Promise<void> {
  const run = await writeBenchRun(join(root, 'run'));
  console.log(describeEnvironment());
  console.log(run.title);
  for (const [name, optionsOf] of Object.entries(SERVED)) {
    const options = optionsOf(root);
    servers.push(
      await startHttpServer(name, {
        op: 'start',
        kind: 'coppice',
        directory: run.directory,
        options,
      }),
    );
  }
  const single = run.records.map((record) => JSON.stringify(record));
  const batches = [0, 1, 2, 3].map((i) =>
    JSON.stringify(run.records.slice(i * 16, i * 16 + chosen.batchRows)),
  );
  const constants = {
    '/predict': await answerTo(`${servers[0]!.url}/predict`, single[0]!),
    '/batch_predict': await answerTo(`${servers[0]!.url}/batch_predict`, batches[0]!),
  };
  servers.unshift(
    await startHttpServer('bare hono route', { op: 'start', kind: 'bare', constants }),
  );
  await compare('/predict', single.slice(0, 256));
}

async function compare(path: string, bodies: readonly string[]): Promise<void> {
  const requests = bodies.map((body) => postOf(path, body));
  const plan = { ...chosen, turnMilliseconds: TURN_MILLISECONDS };
  const times = await timeServers(
    servers.map((server) => ({ server, requests })),
    plan,
    random,
  );
  console.log(formatTimes(times));
}

async function answerTo(url: string, body: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return answer.json();
}

function formatTimes(times: readonly HttpTime[]): string {
  return table([
    ['server', 'µs a request', 'requests a second', 'of the bare route'],
    ...times.map(({ name, microsPerRequest, requestsPerSecond, share }) => [
      name,
      microsPerRequest.toFixed(1),
      requestsPerSecond.toFixed(0),
      interval(share),
    ]),
  ]);
}
