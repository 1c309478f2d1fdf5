import { readDrift } from '../../quantize/driftSection.js';
import { parseReference } from './parseReference.js';
import type { DriftReference } from './reference.js';

/**
 * The drift reference that a packed blob carries, checked: all that watching a model needs besides its scorer.
 * @returns undefined when the blob has none.
 * @throws {FormatError} on a wrong header or checksum, naming what is wrong in the reference otherwise.
 * @example
 * const scorer = await loadScorer(blob);
 * const monitor = createMonitor({ reference: referenceOfBlob(blob) });
 * monitor.record(records, scorer.predict(records), undefined, now);
 */
export function referenceOfBlob(blob: Uint8Array): DriftReference | undefined {
  const source = readDrift(blob);
  return source === undefined ? undefined : parseReference(source);
}
