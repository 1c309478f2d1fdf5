import { finite, oneOf, optional, type Reader, record, truth } from '../core/place.js';

/**
 * How a decision threshold is chosen.
 *
 * - targetPrecision: of those that reach a precision, the one with the greatest recall.
 * - targetRecall: of those that reach a recall, the most precise.
 * - maxF1: the greatest F1.
 * - costMatrix: the least mean cost.
 * - fixed: given.
 */
export type ThresholdPolicy = 'targetPrecision' | 'targetRecall' | 'maxF1' | 'costMatrix' | 'fixed';

export const THRESHOLD_POLICIES: readonly ThresholdPolicy[] = Object.freeze([
  'targetPrecision',
  'targetRecall',
  'maxF1',
  'costMatrix',
  'fixed',
]);

/** What a row costs, by its true class and its label; any unit. A gain is a negative cost. */
export interface Costs {
  truePositive: number;
  falsePositive: number;
  falseNegative: number;
  trueNegative: number;
}

/** `label` is positive when the float32 probability is >= `value`. */
export interface Threshold {
  /** float32, in [0, 1] */
  value: number;
  policy: ThresholdPolicy;
  /** the precision or recall that was asked for; only of targetPrecision and targetRecall */
  target?: number;
  /** whether the target was reached on the out-of-fold predictions */
  reached?: boolean;
  /** out-of-fold precision, recall and F1 at the threshold */
  precision?: number;
  recall?: number;
  f1?: number;
  /** only of costMatrix: what was asked for, and the out-of-fold mean cost of a row at the threshold */
  costs?: Costs;
  meanCost?: number;
  /** only of costMatrix: the threshold that would be best if the probabilities were perfectly calibrated */
  theoretical?: number;
}

/** The usual 0.5, for models that no threshold was chosen for. */
export const HALF: Threshold = { value: 0.5, policy: 'fixed' };

/** A threshold out of a file, checked. */
export const readThreshold: Reader<Threshold> = record<Threshold>({
  policy: oneOf(THRESHOLD_POLICIES),
  value: finite,
  target: optional(finite),
  reached: optional(truth),
  precision: optional(finite),
  recall: optional(finite),
  f1: optional(finite),
  costs: optional(
    record<Costs>({
      truePositive: finite,
      falsePositive: finite,
      falseNegative: finite,
      trueNegative: finite,
    }),
  ),
  meanCost: optional(finite),
  theoretical: optional(finite),
});
