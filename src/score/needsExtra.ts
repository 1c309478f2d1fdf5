import type { Packed, PackedMap } from '../quantize/messagePack.js';

/** What most models do without: see extra/index.ts. */
export type Extra = typeof import('./extra/index.js');

/** Whether a model cannot be read or scored without the extra part. */
export function needsExtra({ linear, forest, features, calibrator, rules }: PackedMap): boolean {
  const kind = (calibrator as PackedMap | undefined)?.['kind'];
  const link = (forest as PackedMap | undefined)?.['link'];
  return (
    linear !== undefined ||
    rules !== undefined ||
    kind === 'isotonic' ||
    kind === 'beta' ||
    link === 'log' ||
    (kind === 'temperature' && link === 'identity') ||
    (Array.isArray(features) &&
      features.some((feature) => (feature as Packed[] | null)?.[0] === 'derived'))
  );
}
