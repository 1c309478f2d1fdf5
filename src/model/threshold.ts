import { show } from '../core/check.js';
import { FormatError } from '../core/errors.js';

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
export function readThreshold(raw: object): Threshold {
  const fields = raw as Record<string, unknown>;
  const policy = THRESHOLD_POLICIES.find((known) => known === fields['policy']);
  if (!policy) {
    throw new FormatError(
      `threshold.policy: expected ${THRESHOLD_POLICIES.join(' or ')}, got ${show(fields['policy'])}`,
    );
  }
  const threshold: Threshold = { value: finite(fields['value'], 'threshold.value'), policy };
  for (const key of ['target', 'precision', 'recall', 'f1', 'meanCost', 'theoretical'] as const) {
    if (fields[key] !== undefined) threshold[key] = finite(fields[key], `threshold.${key}`);
  }
  const { reached, costs } = fields;
  if (reached !== undefined) {
    if (typeof reached !== 'boolean') {
      throw new FormatError(`threshold.reached: expected true or false, got ${show(reached)}`);
    }
    threshold.reached = reached;
  }
  if (costs !== undefined) threshold.costs = readCosts(costs);
  return threshold;
}

function readCosts(raw: unknown): Costs {
  if (typeof raw !== 'object' || raw === null) {
    throw new FormatError(`threshold.costs: expected four costs, got ${show(raw)}`);
  }
  const fields = raw as Record<string, unknown>;
  const cost = (name: keyof Costs): number => finite(fields[name], `threshold.costs.${name}`);
  return {
    truePositive: cost('truePositive'),
    falsePositive: cost('falsePositive'),
    falseNegative: cost('falseNegative'),
    trueNegative: cost('trueNegative'),
  };
}

function finite(value: unknown, path: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new FormatError(`${path}: expected a finite number, got ${show(value)}`);
}
