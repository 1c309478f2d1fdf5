export { decodeBlob, inspectBlob } from '../quantize/decodeBlob.js';
export type { LoadOptions } from './createLoader.js';
export { encodeRecords } from './encodeRecords.js';
export { columnMajor, type FeatureSource } from './engine.js';
export type { ArrowTable, DataFrame, FieldColumns, Table } from './extra/columnEncoder.js';
export type { DictionaryColumn, FieldColumn, NumericArray, Vector } from './extra/columnReader.js';
export { RECORD_DEFAULTS, type RecordOptions } from './fieldValues.js';
export { compileKernel } from './kernelModule.js';
export { loadScorer } from './loadScorer.js';
export { predictMargin, predictReference } from './reference.js';
export type {
  ClassIndices,
  ContributionsInto,
  Explainer,
  RowRecord,
  Rows,
  Scorer,
} from './scorer.js';
