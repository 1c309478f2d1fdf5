import { basename, join } from 'node:path';
import {
  type ConfigSource,
  type ModelComparison,
  parseConfig,
  runLifecycle,
  withSettings,
} from '../lifecycle/index.js';
import {
  checkReplaceable,
  packageVersion,
  promoteRun,
  readRunLineage,
  readRunModel,
  readTable,
  writeRunDirectory,
} from '../node/index.js';
import { EXIT } from './exitCodes.js';
import { METRIC_LABELS } from './metricsTable.js';
import type { Settings } from './options.js';
import {
  type CommonOptions,
  createProgress,
  figure,
  formatTable,
  grouped,
  printResult,
} from './output.js';

/** Flags of `coppice retrain`. */
export interface RetrainFlags extends CommonOptions {
  data: string;
  out?: string;
  promote?: boolean;
  holdOut?: 'random' | 'last';
  metric?: string;
  margin: number;
  set: Settings;
  seed?: number;
}

const ARTIFACTS = 'artifacts';

/** Trains on fresh data by a run's configuration, compares, writes the new run, and with --promote puts it into the run's place. */
export async function retrainRun(directory: string, flags: RetrainFlags): Promise<void> {
  const onProgress = createProgress(flags);
  const champion = await readRunModel(directory);
  const lineage = await readRunLineage(directory);
  const source = configOf(lineage.core.config, flags);
  if (flags.out !== undefined) await checkReplaceable(flags.out);
  const { fields, target } = champion.schema;
  const read = await readTable(flags.data, {
    types: Object.fromEntries(fields.map(({ name, type }) => [name, type])),
    missingTokens: source.config.data.missing_tokens,
    target: target.name,
  });
  const seen = lineage.core.sources.some(({ sha256 }) => sha256 === read.sha256);
  const result = await runLifecycle(
    {
      command: 'retrain',
      table: read.table,
      targetName: target.name,
      positive: champion.task === 'binary' ? target.classes[1] : undefined,
      task: champion.task,
      source,
      sources: [{ name: basename(flags.data), sha256: read.sha256, byte_count: read.byteCount }],
      champion: {
        model: champion,
        runId: lineage.run_id,
        metric: flags.metric,
        margin: flags.margin,
      },
      createdAt: new Date().toISOString(),
      environment: { node: process.version, platform: `${process.platform}-${process.arch}` },
      version: packageVersion(),
    },
    { onProgress, now: () => performance.now() },
  );
  const { run_id: runId } = result.lineage;
  const comparison = result.comparison!;
  const replace = comparison.replace && result.parity.passed;
  const name = source.config.name || basename(flags.data).replace(/(\.csv)?(\.gz)?$/i, '');
  const promoted = replace && flags.promote === true;
  const place = promoted ? directory : (flags.out ?? join(ARTIFACTS, `${name}-${runId}`));
  const kept = promoted ? await promoteRun(directory, result.files, lineage.run_id) : undefined;
  if (!promoted) await writeRunDirectory(place, result.files);

  printResult(
    flags,
    {
      directory: place,
      run_id: runId,
      releasable: result.parity.passed,
      replace,
      promoted,
      ...(kept !== undefined && { earlier_run: kept }),
      champion_saw_the_data: seen,
      model: result.trained.winner,
      comparison,
    },
    formatComparison(comparison, {
      champion: directory,
      place,
      kept,
      promoted,
      seen,
      parity: result.parity.passed,
    }),
  );
  if (!result.parity.passed) process.exitCode = EXIT.gate;
}

/** The run's configuration, over the defaults of what it did not know, with what the flags change. */
function configOf(config: unknown, flags: RetrainFlags): ConfigSource {
  const source = parseConfig(JSON.stringify(config), 'the configuration of the run');
  return withSettings(
    { ...source, askedCandidates: [] },
    {
      ...flags.set,
      ...(flags.holdOut !== undefined && { 'data.hold_out': flags.holdOut }),
      ...(flags.seed !== undefined && { seed: flags.seed }),
    },
  );
}

interface ComparisonPlaces {
  champion: string;
  place: string;
  kept: string | undefined;
  promoted: boolean;
  seen: boolean;
  parity: boolean;
}

/** The comparison for a person: what decides, every metric, and where the new model is. */
function formatComparison(
  { metrics, decidedBy, rowCount, confidence, reason, replace }: ModelComparison,
  places: ComparisonPlaces,
): string {
  const rows = metrics.map((metric) => {
    const { name, champion, challenger, difference, verdict } = metric;
    return [
      `${METRIC_LABELS[name] ?? name}${name === decidedBy ? ' ◄' : ''}`,
      figure(champion),
      figure(challenger),
      `${signed(difference.value)} [${signed(difference.lower)}, ${signed(difference.upper)}]`,
      verdict === 'undecided' ? '' : verdict,
    ];
  });
  const interval = `difference, ${Number((100 * confidence).toPrecision(6))} % interval`;
  const header = [
    `${grouped(rowCount)} held-out rows`,
    'in use',
    'new',
    interval,
    'the new one is',
  ];
  const verdict = !places.parity
    ? 'KEEP the model in use: the new one failed the parity gate.'
    : `${replace ? 'REPLACE' : 'KEEP'} the model in use: ${reason}.`;
  return [
    verdict,
    ...(places.seen
      ? [
          'The model in use was trained on this very file, so it knows the held-out rows and looks better than it is.',
        ]
      : []),
    '',
    formatTable([header, ...rows]),
    '◄ decides',
    '',
    places.promoted
      ? `${places.champion} now holds the new model; the earlier one is in ${places.kept}`
      : `the new model is in ${places.place}`,
  ].join('\n');
}

function signed(value: number): string {
  return value < 0 ? `-${figure(-value)}` : `+${figure(value)}`;
}
