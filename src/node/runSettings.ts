import { type Config, type Lineage, monitorOptions } from '../lifecycle/index.js';
import type { MonitorOptions } from '../monitor/index.js';

/** How the run's own configuration watches the model; empty without a lineage. */
export function monitorOptionsOf(lineage: Lineage | undefined): Partial<MonitorOptions> {
  return monitorOptions(configOf(lineage)?.monitoring ?? {});
}

/** What `predicted_<name>` is called; empty when the target's name is to be taken. */
export function predictionNameOf(lineage: Lineage | undefined): string {
  return configOf(lineage)?.serving?.prediction_name ?? '';
}

function configOf(lineage: Lineage | undefined): Partial<Config> | undefined {
  return lineage?.core.config as Partial<Config> | undefined;
}
