import type { Hits } from './expectedHits.js';
import type { Estimate } from './performanceReport.js';

/** Rows that are called positive and rows that are not; the hits of either are the true positives, found and missed. */
export interface SoftConfusion {
  positive: Hits;
  negative: Hits;
}

export type ConfusionMetric = 'precision' | 'recall' | 'accuracy';

/**
 * Precision, recall and accuracy of counts that may be expectations, with standard errors by the delta method; undefined where
 * there is nothing to divide by.
 */
export function confusionEstimates({
  positive,
  negative,
}: SoftConfusion): Record<ConfusionMetric, Estimate | undefined> {
  const found = positive.hits;
  const missed = negative.hits;
  const all = found + missed;
  const rows = positive.rows + negative.rows;
  const variance = positive.variance + negative.variance;
  return {
    precision: estimate(found, positive.variance, positive.rows),
    recall:
      all > 0
        ? {
            value: found / all,
            standardError:
              Math.sqrt(missed * missed * positive.variance + found * found * negative.variance) /
              (all * all),
          }
        : undefined,
    accuracy: estimate(found + negative.rows - missed, variance, rows),
  };
}

// labelled rows that an estimate without labels is worth at the most
const MOST_ROWS = 2500;

/**
 * An estimate that was made without labels, never more certain than {@link MOST_ROWS} labels would make it: no model is calibrated
 * equally well everywhere, and no count of rows shows where it is not.
 */
export function withoutLabels(given: Estimate | undefined): Estimate | undefined {
  if (!given) return undefined;
  const { value, standardError } = given;
  const floor = (value * (1 - value)) / MOST_ROWS;
  return { value, standardError: Math.sqrt(standardError * standardError + floor) };
}

function estimate(hits: number, variance: number, rows: number): Estimate | undefined {
  if (rows === 0) return undefined;
  return { value: hits / rows, standardError: Math.sqrt(variance) / rows };
}
