import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../core/errors.js';
import { type ConfigSource, defaultConfig, parseConfig, withSettings } from '../lifecycle/index.js';
import { PACKAGE_ROOT } from '../node/index.js';
import type { Settings } from './options.js';

/** The configuration of the built-in lifecycle. */
const BUILT_IN_CONFIG = join(PACKAGE_ROOT, 'config', 'students.yaml');

export interface ConfigFlags {
  config?: string;
  set: Settings;
  seed?: number;
}

/**
 * The configuration of a command: the file that was named, else the built-in one when the built-in data is used, else the
 * defaults; then `--set` and `--seed`.
 */
export function loadConfig(flags: ConfigFlags, builtIn: boolean): ConfigSource {
  const file = flags.config ?? (builtIn ? BUILT_IN_CONFIG : undefined);
  const source = file === undefined ? defaultConfig() : parseConfig(readText(file), file);
  return withSettings(source, {
    ...flags.set,
    ...(flags.seed !== undefined && { seed: flags.seed }),
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`, {
      cause: error,
    });
  }
}
