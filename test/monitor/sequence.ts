import { createRandom } from '../../src/core/random.js';
import { createMonitor, type MonitorOptions } from '../../src/monitor/index.js';
import { drawSample } from './samples.js';
import { DAY, SMALL, WORLDS } from './worlds.js';

/** A monitor of rows without changes, one a call. */
export function sequence(options: Partial<MonitorOptions> = {}) {
  const monitor = createMonitor({
    reference: WORLDS.binary.reference,
    options: { ...SMALL, ...options },
  });
  const random = createRandom(9);
  return {
    monitor,
    score(id: string, at: number): void {
      const { table, probabilities } = drawSample(random, 1);
      monitor.record(table, probabilities, [id], at);
    },
    label: (id: string, label: string, at: number, observed?: string) =>
      monitor.labels(
        [{ prediction_id: id, label, ...(observed !== undefined && { observed_at: observed }) }],
        at,
      ),
    counts() {
      const { tracked, labelled } = monitor.assess(9 * DAY).overall.performance;
      return [tracked, labelled];
    },
  };
}
