/** How a decision threshold is chosen. */
export type ThresholdPolicy = 'targetPrecision' | 'fixed';

/** `label` is positive when the float32 probability is >= `value`. */
export interface Threshold {
  /** float32, in [0, 1] */
  value: number;
  policy: ThresholdPolicy;
  /** the precision that was asked for; absent when fixed */
  target?: number;
  /** whether the target was reached on the out-of-fold predictions */
  reached?: boolean;
  /** out-of-fold precision and recall at the threshold */
  precision?: number;
  recall?: number;
}

/** The usual 0.5, for models that no threshold was chosen for. */
export const HALF: Threshold = { value: 0.5, policy: 'fixed' };
