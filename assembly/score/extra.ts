/**
 * What not every model needs, in a module of its own: it is loaded with the first model that does, into the memory that
 * index.ts works in.
 */
export { costsInPlace, shareLogsInPlace } from './calibrate';
export { expInto } from './exponential';
export { interpolateInto } from './interpolate';
export { linearMargins } from './linear';
export { maskedMargins } from './masks';
