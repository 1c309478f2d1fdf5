import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { FormatError } from '../core/errors.js';
import { FILES, type Lineage } from '../lifecycle/index.js';
import { createMonitor, type MonitorOptions, parseReference } from '../monitor/index.js';
import { loadScorer } from '../score/index.js';
import type { Scorer } from '../score/scorer.js';
import { createApp, type Failure, type ServeLimits } from '../serve/index.js';
import { openPredictionLog, type PredictionLog } from './predictionLog.js';
import { replayLog } from './readPredictionLog.js';
import { readRunFile, readRunLineage } from './runDirectory.js';
import { monitorOptionsOf, predictionNameOf } from './runSettings.js';

export interface ServeDirectoryOptions {
  /** 0 takes a free one; default 8080 */
  port?: number;
  /** default 127.0.0.1: only this machine */
  hostname?: string;
  /** the prediction log, which drift is counted on from after a restart; without it there is none */
  logPath?: string;
  /** default: the run's configuration, else the target's name */
  predictionName?: string;
  limits?: Partial<ServeLimits>;
  /** laid over the run's configuration */
  drift?: Partial<MonitorOptions>;
  /** is told of every 500; default: route, error name and call stack on standard error, without the message */
  onFailure?: (failure: Failure) => void;
  /** milliseconds that requests have to finish on close, after which they are cut off; default 10,000 */
  drainMilliseconds?: number;
  /** for tests: how a blob becomes a scorer */
  load?: (blob: Uint8Array) => Promise<Scorer>;
}

/** A server that is listening. */
export interface RunningServer {
  url: string;
  /** log entries that the monitor started from, and lines of the log that were none */
  replayed: { entryCount: number; malformedCount: number };
  /** Stops accepting, lets requests finish, flushes and closes the log. */
  close(): Promise<void>;
}

const DRAIN_STEP_MILLISECONDS = 20;

/**
 * Serves the model of a run's folder over HTTP.
 * @throws {ConfigError} when a file is missing or the log has another writer.
 * @throws {FormatError} when a file is not what it should be, or the blob is not the one the lineage names.
 */
export async function serveDirectory(
  directory: string,
  options: ServeDirectoryOptions = {},
): Promise<RunningServer> {
  const blob = await readRunFile(directory, FILES.blob);
  const reference = parseReference(parseJson(await readRunFile(directory, FILES.driftBaseline)));
  const sha256 = createHash('sha256').update(blob).digest('hex');
  // a folder may hold the files alone, without the proof of where they come from
  const hasLineage = existsSync(join(directory, FILES.lineage));
  const lineage = hasLineage ? await readRunLineage(directory) : undefined;
  checkBlob(directory, sha256, lineage);
  const scorer = await (options.load ?? loadScorer)(blob);

  const { logPath } = options;
  const log = logPath === undefined ? undefined : await openPredictionLog(logPath);
  try {
    const monitor = createMonitor({
      reference,
      options: { ...monitorOptionsOf(lineage), ...options.drift },
    });
    const replayed =
      logPath === undefined
        ? { entryCount: 0, malformedCount: 0 }
        : await replayLog(logPath, monitor);
    const app = createApp({
      scorer,
      reference,
      monitor,
      now: () => new Date(),
      predictionName: options.predictionName ?? predictionNameOf(lineage),
      modelInfo: {
        sha256,
        ...(lineage && { run_id: lineage.run_id, releasable: lineage.core.releasable }),
      },
      ...(log && { log: log.write, logStatus: log.status }),
      ...(options.limits && { limits: options.limits }),
      onFailure: options.onFailure ?? reportFailure,
    });
    return { ...(await listen(app.fetch, log, options)), replayed };
  } catch (error) {
    await log?.close();
    throw error;
  }
}

async function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  log: PredictionLog | undefined,
  options: ServeDirectoryOptions,
): Promise<Pick<RunningServer, 'url' | 'close'>> {
  const { port = 8080, hostname = '127.0.0.1', drainMilliseconds = 10_000 } = options;
  let closing: Promise<void> | undefined;
  const answer = async (request: Request): Promise<Response> => {
    const response = await fetch(request);
    if (closing) response.headers.set('connection', 'close');
    return response;
  };
  // without http options this adaptor makes an http.Server
  const server = createAdaptorServer({ fetch: answer, hostname }) as Server;
  server.listen(port, hostname);
  await once(server, 'listening');
  const address = server.address();
  const bound = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://${hostname.includes(':') ? `[${hostname}]` : hostname}:${bound}`,
    close() {
      closing ??= drainServer(server, drainMilliseconds).finally(() => log?.close());
      return closing;
    },
  };
}

/** Stops accepting and waits for the requests at hand; connections without one are closed as they fall idle. */
async function drainServer(server: Server, drainMilliseconds: number): Promise<void> {
  const idle = setInterval(() => server.closeIdleConnections(), DRAIN_STEP_MILLISECONDS);
  const cutOff = setTimeout(() => server.closeAllConnections(), drainMilliseconds);
  try {
    await new Promise<void>((resolve) => server.close(() => resolve()));
  } finally {
    clearInterval(idle);
    clearTimeout(cutOff);
  }
}

/** The message stays out: it may quote a value of the request. */
function reportFailure({ route, error }: Failure): void {
  const calls = error.stack?.split('\n').filter((line) => line.startsWith('    at ')) ?? [];
  process.stderr.write(`${[`${route} failed: ${error.name}`, ...calls].join('\n')}\n`);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new FormatError(`${FILES.driftBaseline} is not JSON: ${(error as Error).message}`);
  }
}

function checkBlob(directory: string, sha256: string, lineage: Lineage | undefined): void {
  const expected = lineage?.core.artifacts[FILES.blob];
  if (expected === undefined || expected === sha256) return;
  throw new FormatError(
    `${join(directory, FILES.blob)} is not the file of this run: expected sha256 ${expected}, got ${sha256}`,
  );
}
