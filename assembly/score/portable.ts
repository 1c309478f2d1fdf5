/** The scoring kernel without SIMD: the entries of index.ts and of extra.ts, and the same bytes. */
export { forestMargins } from './forest';
export { interpolateInto } from './interpolate';
export { layForest } from './layout/forest';
export { linearMargins } from './linear';
export { rowMargins } from './row';
export { costsInPlace, shareLogsInPlace } from './scalar/calibrate';
export { classesInto } from './scalar/classes';
export { expInto, sigmoidInto } from './scalar/link';
/** tells the host which kernel this is */
export const isPortable: bool = true;
