import { stringify } from 'yaml';
import { type Config, DEFAULT_CONFIG } from '../lifecycle/index.js';

/** A configuration, as far as it differs from the defaults. */
export type TunedConfig = Record<string, unknown>;

/**
 * What `train --config` needs to train as was tuned: the settings that are not the defaults, the seed and the folds, and one
 * candidate with its options.
 */
export function tunedConfig(
  config: Config,
  learner: string,
  options: Readonly<Record<string, unknown>>,
): TunedConfig {
  const changed = differences(DEFAULT_CONFIG as unknown as TunedConfig, { ...config });
  return {
    ...changed,
    seed: config.seed,
    training: {
      ...(changed['training'] as object | undefined),
      folds: config.training.folds,
      candidates: { [learner]: options },
    },
  };
}

/** As YAML, with a comment that says where it comes from. */
export function formatTuned(config: TunedConfig, comment: string): string {
  return `# coppice tune: ${comment}\n${stringify(config)}`;
}

function differences(defaults: TunedConfig, given: TunedConfig): TunedConfig {
  const changed: TunedConfig = {};
  for (const [key, value] of Object.entries(given)) {
    const fallback = defaults[key];
    if (JSON.stringify(value) === JSON.stringify(fallback)) continue;
    changed[key] = isSection(value) && isSection(fallback) ? differences(fallback, value) : value;
  }
  return changed;
}

function isSection(value: unknown): value is TunedConfig {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
