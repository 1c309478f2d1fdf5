import type { PackedMap } from '../quantize/messagePack.js';
import { needsRareReaders } from '../quantize/readModel.js';

/** See extra/index.ts. */
export type Extra = typeof import('./extra/index.js');

/**
 * Imports it, in a page from a file of its own.
 * @throws {TypeError} in a service worker, which imports nothing while it runs: it needs `coppice/complete`, or a bundler.
 */
export function loadExtra(): Promise<Extra> {
  return import('./extra/index.js');
}

/** Whether a model cannot be scored without the extra part. */
export function needsExtra(sections: PackedMap): boolean {
  const calibrator = sections['calibrator'] as PackedMap | undefined;
  const forest = sections['forest'] as PackedMap | undefined;
  return (
    needsRareReaders(sections) ||
    calibrator?.['kind'] === 'beta' ||
    (calibrator?.['kind'] === 'temperature' && forest?.['link'] === 'identity')
  );
}
