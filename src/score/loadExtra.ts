import type { Packed, PackedMap } from '../quantize/messagePack.js';

/** See extra/index.ts. */
export type Extra = typeof import('./extra/index.js');

/**
 * Imports it, in a page from a file of its own.
 * @throws {TypeError} in a service worker, which imports nothing while it runs: it needs `coppice/complete`, or a bundler.
 */
export function loadExtra(): Promise<Extra> {
  return import('./extra/index.js');
}

/** Whether a model cannot be read or scored without the extra part. */
export function needsExtra({ linear, forest, features, calibrator, rules }: PackedMap): boolean {
  const kind = (calibrator as PackedMap | undefined)?.['kind'];
  return (
    linear !== undefined ||
    rules !== undefined ||
    kind === 'isotonic' ||
    kind === 'beta' ||
    (kind === 'temperature' && (forest as PackedMap | undefined)?.['link'] === 'identity') ||
    (Array.isArray(features) &&
      features.some((feature) => (feature as Packed[] | null)?.[0] === 'derived'))
  );
}
