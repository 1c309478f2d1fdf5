export { type BlobSummary, decodeBlob, inspectBlob, readExtra } from './decodeBlob.js';
export { readDrift } from './driftSection.js';
export { type EncodeOptions, encodeBlob } from './encodeBlob.js';
export { quantizedMargins } from './quantizedMargin.js';
export {
  type Calibration,
  QUANTIZE_DEFAULTS,
  type QuantizeOptions,
  quantizeModel,
} from './quantizeModel.js';
