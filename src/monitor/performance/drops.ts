import { undecided } from '../drift/rateChange.js';
import { normalSurvival } from '../statistics/normal.js';
import { type Proportion, proportionTest } from '../statistics/proportionTest.js';
import { withoutLabels } from './confusionEstimates.js';
import type { Hits } from './expectedHits.js';
import type { Estimate, PerformanceDrop, PerformanceMetricName } from './performanceReport.js';

/** Drops that may have happened, not yet decided; undefined where there is nothing to test. */
export type Drops = (PerformanceDrop | undefined)[];

/**
 * Whether an estimate is below what it was in training (z test, one-sided). The standard error of an estimate is about these very
 * rows; other rows of the same kind would have another estimate, which varies no more than the share of `rowCount` labels does.
 * @param rowCount - rows that the metric is a share of
 */
export function expectedDrop(
  metric: PerformanceMetricName,
  training: number | undefined,
  estimated: Estimate | undefined,
  rowCount: number,
): PerformanceDrop | undefined {
  if (training === undefined || estimated === undefined || rowCount === 0) return undefined;
  const { value, standardError } = estimated;
  const sampling = Math.sqrt((training * (1 - training)) / rowCount);
  const pValue = zTest(training - value, Math.max(standardError, sampling));
  return { kind: 'estimated', metric, from: training, to: value, ...undecided(pValue, false) };
}

/** Whether a share of the labelled rows is below that of the training rows (test of two proportions, one-sided). */
export function shareDrop(
  metric: PerformanceMetricName,
  training: Proportion,
  labelled: Proportion,
): PerformanceDrop | undefined {
  if (training.rowCount === 0 || labelled.rowCount === 0) return undefined;
  return {
    kind: 'realised',
    metric,
    from: training.hits / training.rowCount,
    to: labelled.hits / labelled.rowCount,
    ...undecided(proportionTest(training, labelled, 'greater'), false),
  };
}

/** Whether labelled rows hit less often than their own probabilities promised (z test, one-sided). */
export function hitsDrop(
  metric: PerformanceMetricName,
  promised: Hits,
  labelled: Pick<Hits, 'rows' | 'hits'>,
): PerformanceDrop | undefined {
  const { rows } = promised;
  if (rows === 0) return undefined;
  const expected = {
    value: promised.hits / rows,
    standardError: Math.sqrt(promised.variance) / rows,
  };
  const { value, standardError } = withoutLabels(expected)!;
  const to = labelled.hits / rows;
  const pValue = zTest(value - to, standardError);
  return { kind: 'concept', metric, from: value, to, ...undecided(pValue, false) };
}

/** The p-value of a loss that is 0 on average. */
export function zTest(loss: number, standardError: number): number {
  if (standardError === 0) return loss > 0 ? 0 : 1;
  return normalSurvival(loss / standardError);
}
