import { type BinaryState, probabilitiesOf } from '../counts/state.js';
import { firstPositiveBin } from '../reference/calibrationTable.js';
import {
  type ConfusionMetric,
  confusionEstimates,
  type SoftConfusion,
  withoutLabels,
} from './confusionEstimates.js';
import { type Drops, expectedDrop, hitsDrop, shareDrop } from './drops.js';
import { countedHits, expectedHits } from './expectedHits.js';
import type { Outcomes } from './outcomes.js';
import type { PerformanceMetric } from './performanceReport.js';

const METRICS: readonly ConfusionMetric[] = ['precision', 'recall', 'accuracy'];

/** Precision, recall and accuracy at the threshold. */
export function binaryPerformance(
  { reference, calibration: seen }: BinaryState,
  outcomes: Extract<Outcomes, { task: 'binary' }>,
): { metrics: PerformanceMetric[]; drops: Drops } {
  const { calibration: table, threshold } = reference;
  const cut = firstPositiveBin(table, threshold);
  const end = table.rows.length;
  const sides = <T>(of: (from: number, to: number) => T): { positive: T; negative: T } => ({
    positive: of(cut, end),
    negative: of(0, cut),
  });
  const training = sides((from, to) => countedHits(table, from, to));
  const now = probabilitiesOf(seen);
  const expected = sides((from, to) => expectedHits(table, now, from, to));
  const labels = sides((from, to) => countedHits(outcomes.calibration, from, to));
  const promised = sides((from, to) => expectedHits(table, outcomes.calibration, from, to));

  const before = confusionEstimates(training);
  const estimated = confusionEstimates(expected);
  const realised = confusionEstimates(labels);
  const metrics = METRICS.map((metric) => ({
    metric,
    training: before[metric]?.value,
    estimated: withoutLabels(estimated[metric]),
    realised: outcomes.labelled > 0 ? realised[metric] : undefined,
  }));
  const drops: Drops = [
    ...metrics.map(({ metric, training: then, estimated: soon }) =>
      expectedDrop(metric, then, soon, shareOf(metric, expected).rowCount),
    ),
    ...METRICS.map((metric) =>
      shareDrop(metric, shareOf(metric, training), shareOf(metric, labels)),
    ),
    hitsDrop('precision', promised.positive, labels.positive),
    hitsDrop('accuracy', rightOf(promised), rightOf(labels)),
  ];
  return { metrics, drops };
}

/** A metric as hits out of rows. */
function shareOf(metric: ConfusionMetric, { positive, negative }: SoftConfusion) {
  if (metric === 'precision') return { hits: positive.hits, rowCount: positive.rows };
  if (metric === 'recall') {
    return { hits: positive.hits, rowCount: positive.hits + negative.hits };
  }
  const { hits, rows } = rightOf({ positive, negative });
  return { hits, rowCount: rows };
}

function rightOf({ positive, negative }: SoftConfusion) {
  return {
    rows: positive.rows + negative.rows,
    hits: positive.hits + negative.rows - negative.hits,
    variance: positive.variance + negative.variance,
  };
}
