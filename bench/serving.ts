/**
 * `coppice serve` beside a bare hono route on the same HTTP server that parses the same JSON and answers a constant: throughput
 * of `/predict` and of `/batch_predict` on one core, in one interleaved run, and what the time of a batch goes into.
 * usage: npm run bench:serve [-- --rounds 12] [--connections 8,64] [--batch-rows 1000] [--clock cpu] [--quick]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '../src/core/random.js';
import type { PredictionLogOptions } from '../src/node/index.js';
import { chooseSome, readCommandLine, readCount } from './commandLine.js';
import { CLOCK_OPTION, CLOCKS, type Clock } from './scoring/clock.js';
import { digits, interval, table } from './scoring/scoreTables.js';
import { type BatchParts, timeBatchParts } from './serving/batchParts.js';
import { writeBenchRun } from './serving/benchRun.js';
import { postOf } from './serving/httpLoad.js';
import { type HttpTime, timeServers } from './serving/httpRounds.js';
import { CAN_PIN, type HttpServerProcess, startHttpServer } from './serving/httpServers.js';
import { describeEnvironment } from './training/environment.js';

const chosen = readCommandLine(
  'npm run bench:serve -- [options]',
  {
    rounds: { value: 'n', text: 'interleaved rounds, at least 2; 12 without it' },
    connections: { value: 'a,b', text: 'at one time, a request on each', default: '8,64' },
    'batch-rows': { value: 'n', text: 'rows of a /batch_predict', default: '1000' },
    clock: { ...CLOCK_OPTION, default: 'cpu' },
    quick: { text: 'about a minute: 3 rounds' },
  },
  (typed) => ({
    rounds: readCount('rounds', typed.rounds ?? (typed.quick ? '3' : '12'), 2, 1000),
    connections: String(typed.connections)
      .split(',')
      .map((count) => readCount('connections', count, 1, 1000)),
    batchRows: readCount('batch-rows', typed['batch-rows'], 1, 4000),
    clock: chooseSome('clock', typed.clock, Object.keys(CLOCKS) as Clock[])[0]!,
  }),
);

const TURN_MILLISECONDS = 300;
/** Connections for batches, each of which is as much work as a hundred requests. */
const BATCH_CONNECTIONS = 4;
const BODIES = 256;
const BATCHES = 4;

/** What `coppice serve` is asked to do with its log. Drift is counted in all of them. */
const LOGS: Record<string, Partial<PredictionLogOptions> | undefined> = {
  'coppice, no log': undefined,
  coppice: {},
  'coppice, written before the answer': { acknowledge: 'written' },
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
  const { directory, records } = run;
  const bodies = records.slice(0, BODIES).map((record) => JSON.stringify(record));
  const batches = Array.from({ length: BATCHES }, (_, i) =>
    JSON.stringify(records.slice(i, i + chosen.batchRows)),
  );
  for (const [name, log] of Object.entries(LOGS)) {
    const options = log ? { logPath: join(root, `${servers.length}.jsonl`), log } : {};
    servers.push(await startHttpServer(name, { op: 'start', kind: 'coppice', directory, options }));
  }
  const constants = {
    '/predict': await answerTo(`${servers[0]!.url}/predict`, bodies[0]!),
    '/batch_predict': await answerTo(`${servers[0]!.url}/batch_predict`, batches[0]!),
  };
  servers.unshift(
    await startHttpServer('bare hono route', { op: 'start', kind: 'bare', constants }),
  );
  console.log(describeEnvironment());
  console.log(
    `${run.title}; ${chosen.rounds} interleaved rounds in drawn order, ${chosen.clock} clock, ${CAN_PIN ? 'servers bound to one core' : 'servers not bound to a core'}\n`,
  );
  for (const connections of chosen.connections) {
    const times = await compare('/predict', bodies, connections);
    console.log(`## /predict, ${connections} connections\n\n${formatTimes(times)}\n`);
  }
  const title = `/batch_predict of ${chosen.batchRows.toLocaleString('en-US')} rows`;
  const times = await compare('/batch_predict', batches, BATCH_CONNECTIONS);
  console.log(`## ${title}, ${BATCH_CONNECTIONS} connections\n\n${formatTimes(times)}\n`);
  const parts = await timeBatchParts(directory, batches);
  console.log(`What a ${title} does, without HTTP and the disk:\n\n${formatParts(parts)}`);
}

function compare(
  path: string,
  bodies: readonly string[],
  connections: number,
): Promise<HttpTime[]> {
  const requests = bodies.map((body) => postOf(path, body));
  const routes = servers.map((server) => ({ server, requests }));
  const { rounds, clock } = chosen;
  const plan = { rounds, clock, connections, turnMilliseconds: TURN_MILLISECONDS };
  return timeServers(routes, plan, random);
}

async function answerTo(url: string, body: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return answer.json();
}

function formatTimes(times: readonly HttpTime[]): string {
  const clock = chosen.clock === 'cpu' ? 'of processor time ' : '';
  return table([
    ['server', `µs ${clock}a request`, 'throughput of the bare route'],
    ...times.map(({ name, microsPerRequest, share }, index) => [
      name,
      digits(microsPerRequest),
      index === 0 ? '1' : interval(share),
    ]),
  ]);
}

function formatParts(parts: BatchParts): string {
  const total = Object.values(parts).reduce((sum, micros) => sum + micros, 0);
  return table([
    ['part', 'ns a row', 'share'],
    ...Object.entries(parts).map(([name, micros]) => [
      name,
      digits((1000 * micros) / chosen.batchRows),
      `${Math.round((100 * micros) / total)} %`,
    ]),
  ]);
}
