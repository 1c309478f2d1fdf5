import { booleanAt, mapAt, numberAt, oneOfAt, type Place, valueAt } from '../core/place.js';

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

/**
 * A threshold out of a file, checked.
 * @throws {FormatError} saying what was seen and what was expected.
 */
export function readThreshold(place: Place): Threshold {
  const policy = oneOfAt(place, 'policy', THRESHOLD_POLICIES);
  const threshold: Threshold = { value: numberAt(place, 'value'), policy };
  const has = (key: keyof Threshold): boolean => valueAt(place, key) !== undefined;
  for (const key of ['target', 'precision', 'recall', 'f1', 'meanCost', 'theoretical'] as const) {
    if (has(key)) threshold[key] = numberAt(place, key);
  }
  if (has('reached')) threshold.reached = booleanAt(place, 'reached');
  if (has('costs')) {
    const costs = mapAt(place, 'costs');
    const read = COST_NAMES.map((name) => [name, numberAt(costs, name)]);
    threshold.costs = Object.fromEntries(read) as Costs;
  }
  return threshold;
}

const COST_NAMES: readonly (keyof Costs)[] = [
  'truePositive',
  'falsePositive',
  'falseNegative',
  'trueNegative',
];
