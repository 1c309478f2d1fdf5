import { DEFAULT_MONITOR_OPTIONS, MONITOR_RANGES, type MonitorOptions } from '../monitor/index.js';

/** `driftMinSamples` → `drift_min_samples` */
type SnakeCase<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? First extends Lowercase<First>
    ? `${First}${SnakeCase<Rest>}`
    : `_${Lowercase<First>}${SnakeCase<Rest>}`
  : Name;

/** The section `monitoring`: the options of a monitor under the names of the configuration. */
export type MonitoringConfig = {
  [Name in keyof MonitorOptions as SnakeCase<Name>]: MonitorOptions[Name];
};

export const DEFAULT_MONITORING: Readonly<MonitoringConfig> = Object.freeze(
  renamed(DEFAULT_MONITOR_OPTIONS, snakeCase) as unknown as MonitoringConfig,
);

/** Ranges by key: [minimum, maximum, integer?]. */
export const MONITORING_RANGES: Readonly<Record<string, readonly [number, number, boolean?]>> =
  Object.freeze(renamed(MONITOR_RANGES, (name) => `monitoring.${snakeCase(name)}`));

/** A section as the options of a monitor; what it lacks, as that of an earlier run may, is left out. */
export function monitorOptions(section: Partial<MonitoringConfig>): Partial<MonitorOptions> {
  const names = Object.keys(DEFAULT_MONITOR_OPTIONS) as (keyof MonitorOptions)[];
  const values = section as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    names
      .map((name) => [name, values[snakeCase(name)]] as const)
      .filter(([, value]) => value !== undefined),
  );
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function renamed<T>(
  values: Readonly<Record<string, T>> | object,
  rename: (name: string) => string,
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [rename(name), value as T]),
  );
}
