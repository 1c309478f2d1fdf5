import type { Monitor } from '../monitor/index.js';

/**
 * What watches a model while it is served: a {@link Monitor}, or something of the caller's own, which need not take labels or give
 * snapshots and is then answered for with 501. All times are milliseconds since 1970, and may go back, as clocks do.
 */
export type PredictionMonitor = Pick<
  Monitor,
  'rowCount' | 'record' | 'drift' | 'retrainingTrigger'
> & {
  /** must be that of the model, where there is one */
  reference?: Monitor['reference'];
  labels?: Monitor['labels'];
  state?: () => unknown;
};
