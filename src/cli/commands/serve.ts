import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { ConfigError } from '../../core/errors.js';
import {
  createTextHash,
  DEFAULT_HTTP_OPTIONS,
  DEFAULT_LOG_OPTIONS,
  type ServeDirectoryOptions,
  serveDirectory,
} from '../../node/index.js';
import { type AccessTokens, DEFAULT_LIMITS, type WithheldFields } from '../../serve/index.js';
import { EXIT } from '../exitCodes.js';
import { collect, createCommand, integer, number } from '../options.js';
import type { CommonOptions } from '../output.js';

interface ServeFlags extends CommonOptions {
  port: number;
  host: string;
  name?: string;
  watch: number;
  drainDelay: number;
  drainSeconds: number;
  // false with --no-log
  log?: string | false;
  logAcknowledge: (typeof DEFAULT_LOG_OPTIONS)['acknowledge'];
  logWhenFull: (typeof DEFAULT_LOG_OPTIONS)['whenFull'];
  logSyncSeconds: number;
  logRotateMib: number;
  logRotateHours: number;
  logKeep: number;
  logOmit: string[];
  logHash: string[];
  logHashKey?: string;
  tokenFile?: string;
  monitoringTokenFile?: string;
  maxBodyMib: number;
  maxBatchRows: number;
  maxConcurrent: number;
  maxConnections: number;
  requestSeconds: number;
  rate?: number;
}

const MIB = 1024 * 1024;

const TOKENS = `
Tokens stand in files or in COPPICE_TOKEN and COPPICE_MONITORING_TOKEN, and never in arguments, which everyone on the machine can read.
SIGHUP loads the model that the folder holds now; SIGINT and SIGTERM finish what has begun, and end.`;

/** `coppice serve DIR`: the model over HTTP, until SIGINT or SIGTERM. */
export function serveCommand(): Command {
  const command = createCommand(
    'serve',
    'Serve a model over HTTP; /docs shows how. Predictions are logged, and drift is counted on from the log after a restart.',
    'coppice serve artifacts/students-0123456789ab --port 8080\n' +
      'coppice serve model --log predictions.jsonl --watch 5 --token-file token.txt\n' +
      'coppice serve model --log-acknowledge synced --log-rotate-hours 24 --log-keep 30',
  )
    .argument('<dir>', 'folder of a run')
    .option('--port <number>', 'port; 0 takes a free one', integer, DEFAULT_HTTP_OPTIONS.port)
    .option('--host <address>', 'address to bind', DEFAULT_HTTP_OPTIONS.hostname)
    .option('--name <name>', "model name of the Open Inference Protocol (default: the run's)")
    .option(
      '--watch <seconds>',
      'look for another model in the folder; 0: only on SIGHUP',
      number,
      0,
    )
    .option('--drain-delay <seconds>', 'between /readyz saying no and the end', number, 0)
    .option(
      '--drain-seconds <seconds>',
      'for requests to finish at the end',
      number,
      DEFAULT_HTTP_OPTIONS.drainSeconds,
    );
  return withLimitFlags(withTokenFlags(withLogFlags(command)))
    .addHelpText('after', TOKENS)
    .action(serve);
}

function withLogFlags(command: Command): Command {
  const defaults = DEFAULT_LOG_OPTIONS;
  return command
    .option('--log <file>', 'prediction log in JSON lines (default: <dir>.predictions.jsonl)')
    .option('--no-log', 'log nothing')
    .addOption(
      new Option(
        '--log-acknowledge <when>',
        'what a line must be before its prediction is answered',
      )
        .choices(['queued', 'written', 'synced'])
        .default(defaults.acknowledge),
    )
    .addOption(
      new Option(
        '--log-when-full <what>',
        'when the disk does not follow: drop lines, or refuse requests',
      )
        .choices(['drop', 'refuse'])
        .default(defaults.whenFull),
    )
    .option(
      '--log-sync-seconds <seconds>',
      'between syncs to the disk; 0: only when a file is finished',
      number,
      defaults.syncSeconds,
    )
    .option(
      '--log-rotate-mib <size>',
      'finish files of this size; 0: never',
      number,
      defaults.rotateBytes / MIB,
    )
    .option(
      '--log-rotate-hours <hours>',
      'finish files of this age; 0: never',
      number,
      defaults.rotateHours,
    )
    .option('--log-keep <count>', 'finished files to keep; 0: all', integer, defaults.keepFiles)
    .option(
      '--log-omit <field>',
      'leave a field out of the log; * for all (repeatable)',
      collect,
      [],
    )
    .option('--log-hash <field>', 'log a keyed hash of a field (repeatable)', collect, [])
    .option('--log-hash-key <file>', 'the key of these hashes, 16 bytes at least');
}

function withTokenFlags(command: Command): Command {
  return command
    .option('--token-file <file>', 'bearer token that requests must have')
    .option('--monitoring-token-file <file>', 'another one for /monitoring and /metrics');
}

function withLimitFlags(command: Command): Command {
  const { maxBodyBytes, maxBatchRows, maxConcurrentRequests } = DEFAULT_LIMITS;
  const { maxConnections, requestSeconds } = DEFAULT_HTTP_OPTIONS;
  return command
    .option('--max-body-mib <size>', 'of a request; more is 413', number, maxBodyBytes / MIB)
    .option('--max-batch-rows <count>', 'of a batch; more is 422', integer, maxBatchRows)
    .option(
      '--max-concurrent <count>',
      'requests at hand; more are 503',
      integer,
      maxConcurrentRequests,
    )
    .option('--max-connections <count>', 'more are closed', integer, maxConnections)
    .option(
      '--request-seconds <seconds>',
      'for a request to arrive; else 408',
      number,
      requestSeconds,
    )
    .option('--rate <number>', 'requests a second of one address; more are 429', number);
}

async function serve(directory: string, flags: ServeFlags): Promise<void> {
  const logPath =
    flags.log === false
      ? undefined
      : (flags.log ?? `${directory.replace(/[\\/]+$/, '')}.predictions.jsonl`);
  const server = await serveDirectory(directory, optionsOf(flags, logPath));
  const ready = { url: server.url, log: logPath ?? null };
  process.stdout.write(
    flags.json
      ? `${JSON.stringify(ready)}\n`
      : `serving ${directory} at ${server.url}, ${logPath ? `log ${logPath}` : 'no log'}; to try it: ${server.url}/docs\n`,
  );
  process.on('SIGHUP', () => void server.reload());
  await new Promise<void>((resolve) => {
    process.removeAllListeners('SIGINT');
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await server.close();
  // a write that hangs in the system would keep the process for good
  process.exit(EXIT.ok);
}

function optionsOf(flags: ServeFlags, logPath: string | undefined): ServeDirectoryOptions {
  const withheld = withheldOf(flags);
  return {
    port: flags.port,
    hostname: flags.host,
    requestSeconds: flags.requestSeconds,
    maxConnections: flags.maxConnections,
    drainSeconds: flags.drainSeconds,
    drainDelaySeconds: flags.drainDelay,
    watchSeconds: flags.watch,
    ...(flags.name !== undefined && { modelName: flags.name }),
    ...(logPath !== undefined && { logPath }),
    log: {
      acknowledge: flags.logAcknowledge,
      whenFull: flags.logWhenFull,
      syncSeconds: flags.logSyncSeconds,
      rotateBytes: Math.round(flags.logRotateMib * MIB),
      rotateHours: flags.logRotateHours,
      keepFiles: flags.logKeep,
    },
    ...(withheld && { withheld }),
    tokens: tokensOf(flags),
    limits: {
      maxBodyBytes: Math.round(flags.maxBodyMib * MIB),
      maxBatchRows: flags.maxBatchRows,
      maxConcurrentRequests: flags.maxConcurrent,
    },
    ...(flags.rate !== undefined && { rate: { requestsPerSecond: flags.rate } }),
  };
}

function withheldOf({ logOmit, logHash, logHashKey }: ServeFlags): WithheldFields | undefined {
  if (logOmit.length === 0 && logHash.length === 0) return undefined;
  if (logHash.length > 0 && logHashKey === undefined) {
    throw new ConfigError('--log-hash needs --log-hash-key');
  }
  return {
    omit: logOmit.includes('*') ? 'all' : logOmit,
    hash: logHash,
    ...(logHashKey !== undefined && { hashText: createTextHash(readFile(logHashKey)) }),
  };
}

function tokensOf({ tokenFile, monitoringTokenFile }: ServeFlags): AccessTokens {
  const token = tokenFile === undefined ? process.env.COPPICE_TOKEN : readText(tokenFile);
  const monitoringToken =
    monitoringTokenFile === undefined
      ? process.env.COPPICE_MONITORING_TOKEN
      : readText(monitoringTokenFile);
  return {
    ...(token !== undefined && { token }),
    ...(monitoringToken !== undefined && { monitoringToken }),
  };
}

function readText(file: string): string {
  return readFile(file).toString('utf8').trim();
}

function readFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ConfigError(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`, {
      cause: error,
    });
  }
}
