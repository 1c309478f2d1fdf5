import type { MonitorState } from '../counts/state.js';
import type { DriftOptions } from '../monitorOptions.js';
import { binaryPerformance } from './binaryPerformance.js';
import type { Drops } from './drops.js';
import { multiclassPerformance } from './multiclassPerformance.js';
import type { Outcomes } from './outcomes.js';
import type { PerformanceDrop, PerformanceMetric, PerformanceReport } from './performanceReport.js';
import { regressionPerformance } from './regressionPerformance.js';

/**
 * How good the predictions are, with and without labels, and what may have become worse; not yet decided.
 *
 * The estimate without labels is confidence-based performance estimation: it takes probabilities for what they were worth on the
 * training rows. It is right when the rows changed but what rows mean did not (covariate shift), and wrong when that changed too
 * (concept drift), which only labels show.
 */
export function assessPerformance(
  state: MonitorState,
  outcomes: Outcomes,
  options: DriftOptions,
): PerformanceReport {
  const { metrics, drops } = performanceOf(state, outcomes);
  const { tracked, labelled } = outcomes;
  const labelsSuffice =
    labelled >= options.driftMinSamples && labelled >= options.labelMinCoverage * tracked;
  const tested = drops.filter(
    (drop): drop is PerformanceDrop =>
      drop !== undefined && (drop.kind === 'estimated' || labelsSuffice),
  );
  for (const drop of tested) {
    const { from, to } = drop;
    const loss = state.task === 'regression' ? (to - from) / (from || 1) : from - to;
    drop.material = loss >= options.performanceDropThreshold;
  }
  return { metrics, drops: tested, distrust: undefined, tracked, labelled, labelsSuffice };
}

function performanceOf(
  state: MonitorState,
  outcomes: Outcomes,
): { metrics: PerformanceMetric[]; drops: Drops } {
  if (state.task === 'regression' && outcomes.task === 'regression') {
    return regressionPerformance(state, outcomes);
  }
  if (state.task === 'multiclass' && outcomes.task === 'multiclass') {
    return multiclassPerformance(state, outcomes);
  }
  if (state.task === 'binary' && outcomes.task === 'binary') {
    return binaryPerformance(state, outcomes);
  }
  throw new TypeError(`outcomes of a ${outcomes.task} model, a state of a ${state.task} one`);
}
