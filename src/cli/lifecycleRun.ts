import { basename, join } from 'node:path';
import { ConfigError } from '../core/errors.js';
import type { Table } from '../core/table.js';
import { formatInference } from '../data/index.js';
import { type ConfigSource, type RunInput, runLifecycle } from '../lifecycle/index.js';
import type { Task } from '../model/model.js';
import {
  checkReplaceable,
  type FileTable,
  PACKAGE_ROOT,
  packageVersion,
  readTable,
  resolveDataset,
  writeRunDirectory,
} from '../node/index.js';
import { EXIT } from './exitCodes.js';
import { type CommonOptions, createProgress, printResult } from './output.js';
import type { ConfigFlags } from './settings.js';
import { formatSummary } from './summary.js';

/** Flags of `run` and `train`. */
export interface LifecycleFlags extends CommonOptions, ConfigFlags {
  data?: string;
  target?: string;
  positive?: string;
  task?: Task;
  missing: string[];
  type: Record<string, 'number' | 'category'>;
  dataset?: string;
  registry?: string;
  out?: string;
}

/** A table and where it comes from. */
interface LoadedData {
  table: Table;
  targetName: string;
  positive: string | undefined;
  sources: RunInput['sources'];
  /** for the name of the run's folder */
  name: string;
}

/** The built-in registry, and where generated data are kept. */
const BUILT_IN_REGISTRY = join(PACKAGE_ROOT, 'config', 'datasets.yaml');
const ARTIFACTS = 'artifacts';

/**
 * Reads the data of a command: `--data` with `--target`, else an entry of the registry. Changes the configuration where
 * flags or the registry say what cells are missing.
 */
export async function loadData(
  flags: LifecycleFlags,
  source: ConfigSource,
  report: (message: string) => void,
): Promise<LoadedData> {
  return flags.data === undefined
    ? loadDataset(flags, source, report)
    : loadFile(flags.data, flags, source, report);
}

async function loadFile(
  path: string,
  flags: LifecycleFlags,
  { config }: ConfigSource,
  report: (message: string) => void,
): Promise<LoadedData> {
  if (flags.target === undefined) {
    throw new ConfigError('--data expected --target <column>, the column to predict');
  }
  config.data.missing_tokens = [...new Set([...config.data.missing_tokens, ...flags.missing])];
  const read = await readTable(path, {
    types: flags.type,
    missingTokens: config.data.missing_tokens,
    target: flags.target,
  });
  report(describeInputs(path, read, flags.target));
  const file = basename(path);
  return {
    table: read.table,
    targetName: flags.target,
    positive: flags.positive,
    sources: [{ name: file, sha256: read.sha256, byte_count: read.byteCount }],
    name: file.replace(/(\.csv)?(\.gz)?$/i, ''),
  };
}

async function loadDataset(
  flags: LifecycleFlags,
  { config }: ConfigSource,
  report: (message: string) => void,
): Promise<LoadedData> {
  const name = flags.dataset ?? config.data.dataset;
  if (name === '') {
    throw new ConfigError(
      'expected --data <file>, --dataset <name> or data.dataset in the configuration',
    );
  }
  const registry = flags.registry ?? BUILT_IN_REGISTRY;
  const { entry, path, sha256, byteCount } = await resolveDataset(
    registry,
    name,
    join(ARTIFACTS, 'data'),
  );
  const targetName = flags.target ?? entry.target;
  config.data.missing_tokens = [...new Set([...entry.missingTokens, ...flags.missing])];
  const read = await readTable(path, {
    types: { ...entry.types, ...flags.type },
    missingTokens: config.data.missing_tokens,
    target: entry.target,
  });
  report(describeInputs(`dataset ${name}, version ${entry.version}`, read, targetName));
  return {
    table: read.table,
    targetName,
    positive: flags.positive ?? entry.positive,
    sources: [{ name, sha256, byte_count: byteCount, version: entry.version }],
    name,
  };
}

/** How the columns were typed, but for the target: its strings are read by its task, which is told apart. */
function describeInputs(title: string, { inference }: FileTable, target: string): string {
  const inputs = inference.filter(({ name }) => name !== target);
  return `${title}\n${formatInference(inputs)}`.trimEnd();
}

/** Runs the stages on what the flags name, writes the run's folder and prints what came out. */
export async function lifecycleCommand(
  command: RunInput['command'],
  flags: LifecycleFlags,
  source: ConfigSource,
): Promise<void> {
  if (flags.out !== undefined) await checkReplaceable(flags.out);
  const onProgress = createProgress(flags);
  const loaded = await loadData(flags, source, (message) => onProgress('data', message));
  const { table, targetName, positive, sources } = loaded;
  const result = await runLifecycle(
    {
      command,
      table,
      targetName,
      positive,
      task: flags.task,
      source,
      sources,
      createdAt: new Date().toISOString(),
      environment: { node: process.version, platform: `${process.platform}-${process.arch}` },
      version: packageVersion(),
    },
    { onProgress, now: () => performance.now() },
  );
  const { run_id: runId } = result.lineage;
  const name = source.config.name || loaded.name;
  const directory = flags.out ?? join(ARTIFACTS, `${name}-${runId}`);
  await writeRunDirectory(directory, result.files);
  const { trained, parity, benchmark } = result;
  printResult(
    flags,
    {
      directory,
      run_id: runId,
      releasable: parity.passed,
      task: trained.task,
      model: trained.winner,
      selected_by: trained.selectedBy,
      candidates: trained.candidates,
      ...(trained.task === 'binary' && { threshold: trained.model.threshold }),
      out_of_fold: trained.outOfFoldMetrics,
      test: trained.test,
      parity,
      benchmark,
    },
    formatSummary(result, directory),
  );
  if (!parity.passed) process.exitCode = EXIT.gate;
}
