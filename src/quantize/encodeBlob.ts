import { ConfigError } from '../core/errors.js';
import type { Model } from '../model/model.js';
import type { QuantizedModel } from '../model/quantized.js';
import type { Section } from './container.js';
import { packSection, writeContainer } from './containerWriter.js';
import { decodeBlob } from './decodeBlob.js';
import { packDrift } from './driftSection.js';
import { packForest } from './forestSection.js';
import { packLinear } from './linearSection.js';
import { packCalibrator, packFeatures, packRules, packSchema } from './pipelineSection.js';
import { type QuantizeOptions, quantizeModel } from './quantizeModel.js';
import { SECTION_NAMES } from './readModel.js';

export interface EncodeOptions extends QuantizeOptions {
  /** what drift is measured against: a reference of `buildReference`, for `referenceOfBlob` */
  drift: object;
  /** further sections by name, any bytes. Readers that do not know them skip them. */
  extra: Record<string, Uint8Array>;
}

/**
 * Writes a model as a packed blob: one self-contained file from raw fields to probability and label.
 * A float model is quantised first; the options of {@link quantizeModel} apply to it alone.
 * The same model and options give the same bytes.
 * @throws {ConfigError} on a wrong option, and on what no blob can hold.
 * @throws {FormatError} on what else a reader would refuse, in its words.
 * @example
 * const blob = encodeBlob(model, { leafBits: 8, calibration: { matrix, rowCount } });
 */
export function encodeBlob(
  model: Model | QuantizedModel,
  options: Partial<EncodeOptions> = {},
): Uint8Array {
  const { drift, extra = {}, ...quantization } = options;
  if (model.format === 'coppice-quantized' && Object.keys(quantization).length > 0) {
    throw new ConfigError(
      `the model is quantised already, "${Object.keys(quantization)[0]}" has no effect`,
    );
  }
  const quantized =
    model.format === 'coppice-quantized' ? model : quantizeModel(model, quantization);
  const blob = writeContainer([
    ...modelSections(quantized),
    ...(drift ? [packSection('drift', false, packDrift(drift))] : []),
    ...extraSections(extra),
  ]);
  // a blob that its own reader refuses must not leave the house
  decodeBlob(blob);
  return blob;
}

function modelSections(model: QuantizedModel): Section[] {
  const { predictor, task, origin, marginBound, measured } = model;
  return [
    packSection('about', true, { task, origin, marginBound, measured }),
    packSection('schema', true, packSchema(model.schema)),
    packSection('features', true, packFeatures(model.features)),
    predictor.kind === 'forest'
      ? packSection('forest', true, packForest(predictor))
      : packSection('linear', true, packLinear(predictor)),
    packSection('calibrator', true, packCalibrator(model.calibrator)),
    ...(model.task === 'binary' ? [packSection('threshold', true, model.threshold)] : []),
    ...sharesSection(predictor),
    ...(model.rules.length > 0 ? [packSection('rules', false, packRules(model.rules))] : []),
  ];
}

function sharesSection(predictor: QuantizedModel['predictor']): Section[] {
  if (predictor.kind !== 'forest' || !predictor.leftShare) return [];
  return [packSection('shares', false, predictor.leftShare)];
}

function extraSections(extra: Record<string, Uint8Array>): Section[] {
  return Object.entries(extra).map(([name, body]) => {
    if (SECTION_NAMES.includes(name)) {
      throw new ConfigError(`"${name}" is a section of the model, choose another name`);
    }
    return { name, required: false, body };
  });
}
