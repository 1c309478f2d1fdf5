import type { Config, Lineage } from '../lifecycle/index.js';
import type { DriftOptions } from '../monitor/index.js';

/** When the run's own configuration calls a change drift; empty without a lineage. */
export function driftOptionsOf(lineage: Lineage | undefined): Partial<DriftOptions> {
  const monitoring = configOf(lineage)?.monitoring;
  if (!monitoring) return {};
  return {
    driftMinSamples: monitoring.drift_min_samples,
    driftZscoreThreshold: monitoring.drift_zscore_threshold,
    driftMinFeatures: monitoring.drift_min_features,
    classRateShiftThreshold: monitoring.class_rate_shift_threshold,
  };
}

/** What `predicted_<name>` is called; empty when the target's name is to be taken. */
export function predictionNameOf(lineage: Lineage | undefined): string {
  return configOf(lineage)?.serving?.prediction_name ?? '';
}

function configOf(lineage: Lineage | undefined): Partial<Config> | undefined {
  return lineage?.core.config as Partial<Config> | undefined;
}
