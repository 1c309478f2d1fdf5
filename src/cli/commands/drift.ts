import { join } from 'node:path';
import type { Command } from 'commander';
import { ConfigError, DataError } from '../../core/errors.js';
import {
  type Config,
  defaultConfig,
  FILES,
  monitorOptions,
  withSettings,
} from '../../lifecycle/index.js';
import {
  createMonitor,
  type DriftReference,
  type Monitor,
  type MonitorOptions,
  type MonitorView,
  parseReference,
} from '../../monitor/index.js';
import {
  digestFile,
  type LogReading,
  monitorFile,
  monitorOptionsOf,
  namesIn,
  type RowPlaces,
  readRunFile,
  readRunLineage,
  replayLog,
} from '../../node/index.js';
import { loadScorer } from '../../score/index.js';
import { formatDrift, plural } from '../driftText.js';
import { EXIT } from '../exitCodes.js';
import { collect, collectSetting, createCommand, type Settings } from '../options.js';
import { type CommonOptions, grouped, printResult } from '../output.js';

interface DriftFlags extends CommonOptions {
  log: string[];
  data?: string;
  by?: string;
  time?: string;
  set: Settings;
  failOnDrift?: boolean;
}

/** Windows that are kept apart of a file: enough to see every one of them. */
const MOST_WINDOWS = 1000;

/** `coppice drift DIR --log FILE | --data FILE`: how far from the training data are these rows, and does it matter? */
export function driftCommand(): Command {
  return createCommand(
    'drift',
    'Hold the rows of a prediction log, or of a CSV file, against the training data of a model: what moved, since when, whether it matters, what to do.',
    [
      'coppice drift model --log model.predictions.jsonl',
      'coppice drift model --data january.csv --fail-on-drift',
      'coppice drift model --data flights.csv --by Year',
      'coppice drift model --data orders.csv --time ordered_at',
    ].join('\n'),
  )
    .argument('<dir>', 'folder of a run')
    .option(
      '--log <file>',
      'prediction log of `coppice serve`, its finished files included (repeatable: one a server)',
      collect,
      [],
    )
    .option(
      '--data <file>',
      'CSV with the fields of the model; the rows are scored first. Where it has the target too, labels are counted',
    )
    .option('--by <column>', 'of --data: every value of the column is a window')
    .option('--time <column>', 'of --data: when each row was, for windows by time')
    .option(
      '--set <key=value>',
      'change a setting of monitoring, such as window_rows (repeatable)',
      collectSetting,
      {},
    )
    .option('--fail-on-drift', 'exit with 5 when the recommendation is investigate or retrain')
    .action(async (directory: string, flags: DriftFlags) => {
      const { monitor, title, now, names, readings } = await readRows(directory, flags);
      const view = monitor.assess(now);
      const summary = monitor.drift(now);
      const { recommendation, recommended_action: action } = summary;
      const text = formatDrift(view, { title, action, ...placeNames(flags, names, view) });
      printResult(
        flags,
        { ...summary, ...lineCounts(readings) },
        [text, ...describeReadings(readings)].join('\n'),
      );
      const alarming = recommendation === 'retrain' || recommendation === 'investigate';
      if (flags.failOnDrift && alarming) process.exitCode = EXIT.drift;
    });
}

/** `--set window_rows=5000`, with or without `monitoring.` before it. */
function settingsOf(settings: Settings): Partial<MonitorOptions> {
  const keys = Object.keys(settings).map((key) => [
    key,
    key.replace(/^(monitoring\.)?/, 'monitoring.'),
  ]);
  const { config } = withSettings(
    defaultConfig(),
    Object.fromEntries(keys.map(([given, key]) => [key, settings[given!]])),
  );
  const changed = keys.map(([, key]) => key!.slice('monitoring.'.length));
  return monitorOptions(
    Object.fromEntries(
      Object.entries(config.monitoring).filter(([name]) => changed.includes(name)),
    ),
  );
}

interface ReadRows {
  monitor: Monitor;
  title: string;
  /** a time that all rows have reached; undefined leaves the newest window open */
  now: number | undefined;
  names: readonly string[] | undefined;
  /** of the logs */
  readings: readonly LogReading[];
}

async function readRows(directory: string, flags: DriftFlags): Promise<ReadRows> {
  if ((flags.log.length === 0) === (flags.data === undefined)) {
    throw new ConfigError('expected either --log or --data');
  }
  if (flags.log.length > 0 && (flags.by !== undefined || flags.time !== undefined)) {
    throw new ConfigError('--by and --time are of --data; a log has its own times');
  }
  if (flags.by !== undefined && flags.time !== undefined) {
    throw new ConfigError('expected either --by or --time');
  }
  const lineage = await readRunLineage(directory);
  const json = new TextDecoder().decode(await readRunFile(directory, FILES.driftBaseline));
  const reference = parseReference(JSON.parse(json));
  const options = { ...monitorOptionsOf(lineage), ...settingsOf(flags.set) };
  if (flags.log.length > 0) {
    const monitor = createMonitor({ reference, options });
    const { sha256 } = await digestFile(join(directory, FILES.blob));
    const readings: LogReading[] = [];
    for (const path of flags.log) {
      readings.push(await replayLog(path, { reference, sha256 }, monitor));
    }
    return { monitor, title: flags.log.join(', '), now: undefined, names: undefined, readings };
  }
  const { missing_tokens: missingTokens } = (lineage.core.config as Config).data;
  const scorer = await loadScorer(await readRunFile(directory, FILES.blob));
  const path = flags.data!;
  const places = await placesOf(path, flags);
  const monitor = monitorOfFile(reference, options, places);
  const { rowCount } = await monitorFile(path, { scorer, monitor, missingTokens, places });
  if (rowCount === 0) throw new DataError('expected rows, got a header alone', { file: path });
  const names = places.kind === 'name' ? places.names : undefined;
  const title = flags.by === undefined ? path : `${path} by ${flags.by}`;
  return { monitor, title, now: Infinity, names, readings: [] };
}

async function placesOf(path: string, { by, time }: DriftFlags): Promise<RowPlaces> {
  if (time !== undefined) return { kind: 'time', column: time };
  if (by === undefined) return { kind: 'position' };
  return { kind: 'name', column: by, ...(await namesIn(path, by, MOST_WINDOWS)) };
}

function monitorOfFile(
  reference: DriftReference,
  options: Partial<MonitorOptions>,
  places: RowPlaces,
): Monitor {
  const windowsBy = places.kind === 'name' ? places : places.kind;
  const windowsKept = places.kind === 'name' ? Math.max(1, places.names.length) : MOST_WINDOWS;
  return createMonitor({
    reference,
    windowsBy,
    options: { ...options, windowsKept, labelCapacity: 10_000_000 },
  });
}

/** How the report calls the beginning of a window, and all of it. */
function placeNames(
  { log, time }: DriftFlags,
  names: readonly string[] | undefined,
  { overall }: MonitorView,
): { from: (at: number) => string; span: (from: number, to: number) => string } {
  if (names) return { from: (at) => names[at]!, span: (from) => names[from]! };
  if (log.length > 0 || time !== undefined) return { from: minuteOf, span: spanOfTime };
  const from = (at: number): string => `row ${grouped(at + 1)}`;
  return { from, span: (at, to) => `${from(at)} to ${grouped(Math.min(to, overall.rowCount))}` };
}

const MILLISECONDS_A_DAY = 86_400_000;

/** `2026-03-01 14:00`, at midnight the day alone. */
function minuteOf(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T00:00', '').replace('T', ' ');
}

/** Whole days as such, the last one included; other windows by their ends. */
function spanOfTime(from: number, to: number): string {
  const areDays = from % MILLISECONDS_A_DAY === 0 && to % MILLISECONDS_A_DAY === 0;
  const [first, last] = [minuteOf(from), minuteOf(areDays ? to - MILLISECONDS_A_DAY : to)];
  return first === last ? first : `${first} to ${last}`;
}

/** What was read of the logs and did not count, in lines. */
function lineCounts(readings: readonly LogReading[]): Record<string, number> {
  const total = (key: keyof LogReading): number =>
    readings.reduce((sum, reading) => sum + reading[key], 0);
  return {
    malformed_lines: total('malformedCount'),
    other_model_lines: total('otherModelCount'),
    withheld_lines: total('withheldCount'),
  };
}

function describeReadings(readings: readonly LogReading[]): string[] {
  const { malformed_lines, other_model_lines, withheld_lines } = lineCounts(readings);
  const lines: [number | undefined, string][] = [
    [other_model_lines, 'of other models'],
    [withheld_lines, 'without all features, which were kept out of the log'],
    [malformed_lines, 'of neither a prediction nor a label'],
  ];
  return lines.flatMap(([count, what]) =>
    count ? [`of the log, not counted: ${plural(count, 'line')} ${what}`] : [],
  );
}
