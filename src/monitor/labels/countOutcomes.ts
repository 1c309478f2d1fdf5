import { emptyOutcomes, type Outcomes } from '../performance/outcomes.js';
import { binOf } from '../reference/quantileBins.js';
import type { DriftReference } from '../reference/reference.js';
import type { HeldLabel, TrackedPrediction } from './labelStore.js';

/** Adds a tracked prediction, and what became of it when that is known. Mutates `outcomes`. */
export function addOutcome(
  outcomes: Outcomes,
  reference: DriftReference,
  { value, probability = value }: TrackedPrediction,
  label: HeldLabel | undefined,
): void {
  outcomes.tracked++;
  if (!label) return;
  outcomes.labelled++;
  if (outcomes.task === 'regression') {
    const bin = binOf(reference.score.edges, value);
    const error = Math.abs(label.value - value);
    outcomes.counts[bin]!++;
    outcomes.errors.absolute[bin]! += error;
    outcomes.errors.squared[bin]! += error ** 2;
    outcomes.errors.fourth[bin]! += error ** 4;
    return;
  }
  const { edges } = (reference as Extract<DriftReference, { calibration: object }>).calibration;
  const bin = binOf(edges, probability);
  const isHit = outcomes.task === 'binary' ? label.value === 1 : label.value === value;
  outcomes.calibration.rows[bin]!++;
  outcomes.calibration.hits[bin]! += Number(isHit);
  outcomes.calibration.predicted[bin]! += probability;
  if (outcomes.task === 'binary') return;
  outcomes.predictedClassCounts[value]!++;
  outcomes.classCounts[label.value]!++;
  outcomes.rightClassCounts[value]! += Number(isHit);
}

/** The outcomes of several stretches of rows together. */
export function mergeOutcomes(reference: DriftReference, parts: readonly Outcomes[]): Outcomes {
  const merged = emptyOutcomes(reference);
  for (const part of parts) addNumbers(merged, part);
  return merged;
}

/** Adds every number of one object to that of the other, which has the same shape. Mutates `into`. */
function addNumbers(into: object, from: object): void {
  const target = into as Record<string, unknown>;
  for (const [key, value] of Object.entries(from)) {
    if (typeof value === 'number') target[key] = (target[key] as number) + value;
    else if (typeof value === 'object') addNumbers(target[key] as object, value);
  }
}
