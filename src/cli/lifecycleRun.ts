import { basename, join, resolve } from 'node:path';
import { ConfigError } from '../core/errors.js';
import type { Table } from '../core/table.js';
import { type ConfigSource, type RunInput, runLifecycle } from '../lifecycle/index.js';
import {
  checkReplaceable,
  openDataset,
  PACKAGE_ROOT,
  packageVersion,
  readTable,
  writeRunDirectory,
} from '../node/index.js';
import { EXIT } from './exitCodes.js';
import { type CommonOptions, createProgress, formatTable, printResult } from './output.js';
import type { ConfigFlags } from './settings.js';
import { formatSummary } from './summary.js';

/** Flags of `run` and `train`. */
export interface LifecycleFlags extends CommonOptions, ConfigFlags {
  data?: string;
  target?: string;
  positive?: string;
  missing: string[];
  type: Record<string, 'number' | 'category'>;
  dataset?: string;
  registry?: string;
  out?: string;
}

/** A table and where it comes from. */
export interface LoadedData {
  table: Table;
  targetName: string;
  positive: string | undefined;
  sources: RunInput['sources'];
  /** for the name of the run's folder */
  name: string;
}
