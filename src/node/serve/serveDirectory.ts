import { checkNumber } from '../../core/check.js';
import { createMonitor, type MonitorOptions } from '../../monitor/index.js';
import {
  type AccessTokens,
  type ClientRate,
  Counter,
  createApp,
  type Failure,
  type ModelOptions,
  type ServeApp,
  type ServeLimits,
  type WithheldFields,
} from '../../serve/index.js';
import type { PredictionLogOptions } from '../log/logOptions.js';
import type { PredictionLog } from '../log/logWriter.js';
import { isReplayable, openPredictionLog } from '../log/predictionLog.js';
import { logFiles } from '../log/readPredictionLog.js';
import { emptyReading, type LogReading, replayLog } from '../log/replayLog.js';
import { packageVersion } from '../version.js';
import { checkHttpOptions, type HttpOptions, type HttpServer, listen } from './httpServer.js';
import { fingerprintOfRun, watchRun } from './runWatch.js';
import { type LoadBlob, readServedRun, type ServedRun } from './servedRun.js';

export interface ServeDirectoryOptions extends Partial<HttpOptions> {
  /** the prediction log, which drift is counted on from after a restart; without it there is none */
  logPath?: string;
  log?: Partial<PredictionLogOptions>;
  /** what the log must not hold */
  withheld?: WithheldFields;
  /** default: the run's configuration, else the target's name */
  predictionName?: string;
  /** of `/v2/models/<name>`; default: the run's name, else `model` */
  modelName?: string;
  limits?: Partial<ServeLimits>;
  /** requests of one address; default: as many as it likes */
  rate?: Omit<ClientRate, 'clientOf'>;
  tokens?: AccessTokens;
  /** laid over the run's configuration */
  drift?: Partial<MonitorOptions>;
  /** seconds between looks whether the folder holds another model; 0, the default: only `reload` looks */
  watchSeconds?: number;
  /** is told of every 500; default: route, error name and call stack on standard error, without the message */
  onFailure?: (failure: Failure) => void;
  /** is told of models that took over, and of those that could not; default: a line on standard error */
  onReload?: (outcome: ReloadOutcome) => void;
  /** for tests: how a blob becomes a scorer */
  load?: LoadBlob;
}

/** How long a prediction may wait for others to be logged and counted with. */
const PUT_OFF_MILLISECONDS = 5;

/** What looking for another model came to. */
export type ReloadOutcome =
  | { status: 'unchanged' | 'replaced'; sha256: string }
  | { status: 'failed'; error: Error };

/** A server that is listening. */
export interface RunningServer {
  url: string;
  /** what the monitor started from */
  replayed: LogReading;
  /** Serves the model that the folder holds now. The one before answers until it is loaded, and after all when it cannot be. */
  reload(): Promise<ReloadOutcome>;
  /** Stops accepting, lets requests finish, flushes and closes the log. */
  close(): Promise<void>;
}

/**
 * Serves the model of a run's folder over HTTP.
 * @throws {ConfigError} when a file is missing, the log has another writer or an option is wrong.
 * @throws {FormatError} when a file is not what it should be, or the blob is not the one the lineage names.
 */
export async function serveDirectory(
  directory: string,
  options: ServeDirectoryOptions = {},
): Promise<RunningServer> {
  const { logPath, watchSeconds = 0 } = options;
  // what costs nothing to see comes first
  checkNumber('watchSeconds', watchSeconds, 0, 86_400);
  checkHttpOptions(httpOptionsOf(options));
  const loaded = await fingerprintOfRun(directory);
  const run = await readServedRun(directory, options.load);
  const log = logPath === undefined ? undefined : await openPredictionLog(logPath, options.log);
  try {
    const { model, reading } = await modelOf(run, options);
    const loads = new Counter('coppice_model_loads_total', 'Models loaded, by outcome.', [
      'outcome',
    ]);
    loads.of('loaded').value++;
    let leaving = false;
    const app = createApp({
      ...model,
      now: () => new Date(),
      defer: setImmediate,
      putOff: (run) => setTimeout(run, PUT_OFF_MILLISECONDS),
      ...(log && { log }),
      ...(options.withheld && { withheld: options.withheld }),
      ...(options.limits && { limits: options.limits }),
      ...(options.tokens && { tokens: options.tokens }),
      ...(options.rate && { rate: { ...options.rate, clientOf: addressOf } }),
      modelName: options.modelName ?? run.name ?? 'model',
      serverVersion: packageVersion(),
      notReady: () => (leaving ? 'the server is shutting down' : undefined),
      metrics: [loads],
      onFailure: options.onFailure ?? reportFailure,
    });
    const server = await listen(app, httpOptionsOf(options));
    const reload = createReload(directory, run, options, { app, log, loads });
    const unwatch =
      watchSeconds > 0
        ? watchRun(
            directory,
            watchSeconds,
            loaded,
            async () => (await reload()).status !== 'failed',
          )
        : () => undefined;
    return {
      url: server.url,
      replayed: reading,
      reload,
      async close() {
        leaving = true;
        unwatch();
        await closeAll(server, app, log);
      },
    };
  } catch (error) {
    await log?.close();
    throw error;
  }
}

/** What the app is told of a run, and its monitor with what the log holds of this very model. */
async function modelOf(
  { scorer, reference, modelInfo, explain, ...run }: ServedRun,
  { logPath, drift, predictionName = run.predictionName }: ServeDirectoryOptions,
): Promise<{ model: ModelOptions; reading: LogReading }> {
  const monitor = createMonitor({ reference, options: { ...run.drift, ...drift } });
  const isThere =
    logPath !== undefined && (await isReplayable(logPath)) && (await logFiles(logPath)).length > 0;
  const reading = isThere
    ? await replayLog(logPath, { reference, sha256: modelInfo.sha256 }, monitor)
    : emptyReading();
  const model = { scorer, reference, monitor, predictionName, modelInfo };
  return { model: { ...model, ...(explain && { explain }) }, reading };
}

/** One reload after another, each reported once. */
function createReload(
  directory: string,
  first: ServedRun,
  options: ServeDirectoryOptions,
  { app, log, loads }: { app: ServeApp; log: PredictionLog | undefined; loads: Counter },
): () => Promise<ReloadOutcome> {
  const report = options.onReload ?? reportReload;
  let served = identityOf(first);
  let lastProblem: string | undefined;
  let running: Promise<unknown> = Promise.resolve();

  async function replace(): Promise<ReloadOutcome> {
    const run = await readServedRun(directory, options.load);
    const { sha256 } = run.modelInfo;
    if (identityOf(run) === served) return { status: 'unchanged', sha256 };
    // what the log holds of this model from an earlier time counts again
    app.settle();
    await log?.flush();
    app.replaceModel((await modelOf(run, options)).model);
    served = identityOf(run);
    return { status: 'replaced', sha256 };
  }

  return () => {
    const outcome = running
      .then(replace)
      .catch((error: Error): ReloadOutcome => ({ status: 'failed', error }));
    running = outcome.then((done) => {
      const problem = done.status === 'failed' ? done.error.message : undefined;
      if (done.status === 'replaced') loads.of('loaded').value++;
      if (problem !== undefined) loads.of('failed').value++;
      // a watch tries again and again, and need not say so each time
      if (problem === undefined || problem !== lastProblem) report(done);
      lastProblem = problem;
    });
    return outcome;
  };
}

function identityOf({ modelInfo, reference }: ServedRun): string {
  return `${modelInfo.sha256} ${modelInfo.run_id} ${JSON.stringify(reference)}`;
}

async function closeAll(
  server: HttpServer,
  app: ServeApp,
  log: PredictionLog | undefined,
): Promise<void> {
  try {
    await server.close();
  } finally {
    app.settle();
    await log?.close();
  }
}

function httpOptionsOf(options: ServeDirectoryOptions): Partial<HttpOptions> {
  const { port, hostname, requestSeconds, maxConnections } = options;
  const { drainDelaySeconds, drainSeconds } = options;
  return {
    ...(port !== undefined && { port }),
    ...(hostname !== undefined && { hostname }),
    ...(requestSeconds !== undefined && { requestSeconds }),
    ...(maxConnections !== undefined && { maxConnections }),
    ...(drainDelaySeconds !== undefined && { drainDelaySeconds }),
    ...(drainSeconds !== undefined && { drainSeconds }),
  };
}

/** Whom a request is from. A proxy in front makes all requests its own: it should do the limiting then. */
const addressOf: NonNullable<ClientRate['clientOf']> = ({ env }) =>
  (env as { incoming?: { socket?: { remoteAddress?: string } } }).incoming?.socket?.remoteAddress ??
  '';

/** The message stays out: it may quote a value of the request. */
function reportFailure({ route, error }: Failure): void {
  const calls = error.stack?.split('\n').filter((line) => line.startsWith('    at ')) ?? [];
  process.stderr.write(`${[`${route} failed: ${error.name}`, ...calls].join('\n')}\n`);
}

function reportReload(outcome: ReloadOutcome): void {
  const text =
    outcome.status === 'failed'
      ? `the model stays, as the folder holds none that can be served: ${outcome.error.message}`
      : `model ${outcome.sha256.slice(0, 12)} ${outcome.status}`;
  process.stderr.write(`${text}\n`);
}
