export { decodeBlob, inspectBlob } from '../quantize/decodeBlob.js';
export { encodeRecords, RECORD_DEFAULTS, type RecordOptions } from './encodeRecords.js';
export { compileKernel } from './kernelModule.js';
export { type LoadOptions, loadScorer } from './loadScorer.js';
export { predictMargin, predictReference } from './reference.js';
export type { RowRecord, Scorer } from './scorer.js';
