import { show } from '../../core/check.js';
import { DataError } from '../../core/errors.js';
import type { DriftReference } from '../reference/reference.js';
import { slotOf, spanOf } from '../windows/windowGrid.js';
import type { LabelStore } from './labelStore.js';

/** What became of a prediction. */
export interface Label {
  prediction_id: string;
  /**
   * The class as it stands in the data, of a binary model also 1 for the positive and 0 for the negative one; of a regression
   * the number.
   */
  label: string | number;
  /** when it was observed, ISO 8601: of several labels of one prediction the latest counts. Default: when it came */
  observed_at?: string;
}

/** What became of labels that were handed in, in labels. */
export type LabelReceipt = Readonly<{
  accepted: number;
  /** of those: labels whose prediction is kept; the others wait for theirs, or it is too old, or not in the sample */
  matched: number;
  /** labels that are none of this model's */
  rejected: number;
}>;

/** Characters an id may have. */
export const LONGEST_ID = 200;

/** A label as it is counted: a class code or a number; undefined when it is none of the model's. */
export function labelValue(reference: DriftReference, label: unknown): number | undefined {
  if (reference.task === 'regression') {
    return typeof label === 'number' && Number.isFinite(Math.fround(label)) ? label : undefined;
  }
  const code = reference.classes.indexOf(String(label));
  if (code >= 0 && typeof label !== 'object') return code;
  const isBit = reference.task === 'binary' && (label === 0 || label === 1);
  return isBit ? label : undefined;
}

export function isId(id: unknown): id is string {
  return typeof id === 'string' && id.length > 0 && id.length <= LONGEST_ID;
}

/**
 * Puts labels into the store. Mutates `labels`.
 * @throws {DataError} when `at` is not finite; nothing is taken then.
 */
export function takeLabels(
  { reference, labels: store }: { reference: DriftReference; labels: LabelStore },
  given: readonly Label[],
  at: number,
): LabelReceipt {
  if (!Number.isFinite(at)) throw new DataError(`"at" expected a time, got ${show(at)}`);
  const span = spanOf(store.grid, slotOf(store.grid, at));
  const receipt = { accepted: 0, matched: 0, rejected: 0 };
  for (const { prediction_id: id, label, observed_at: observed } of given) {
    const value = labelValue(reference, label);
    const observedAt = observed === undefined ? at : Date.parse(observed);
    if (!isId(id) || value === undefined || Number.isNaN(observedAt)) {
      receipt.rejected++;
      continue;
    }
    store.received++;
    receipt.accepted++;
    if (store.predictions.get(id).length > 0) receipt.matched++;
    store.addLabel(id, { value, observedAt }, span);
  }
  return receipt;
}
