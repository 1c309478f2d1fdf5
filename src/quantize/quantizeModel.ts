import { checkInteger, checkKnownKeys, show, withDefaults } from '../core/check.js';
import { ConfigError, ShapeError } from '../core/errors.js';
import type { Model } from '../model/model.js';
import type { QuantizedModel } from '../model/quantized.js';
import { MAX_GROUP_TREES } from './limits.js';
import { measureEffect } from './measureEffect.js';
import { quantizeForest } from './quantizeForest.js';
import { quantizeLinear } from './quantizeLinear.js';

/** Rows that roundings are chosen and measured on: a sample of what the model will see. */
export interface Calibration {
  /** row-major feature matrix, length >= rowCount * features.length */
  matrix: Float32Array;
  rowCount: number;
}

export interface QuantizeOptions {
  /** bits of a leaf: 8 is smaller and faster, 16 nearer to the float model. Linear models have int8 weights and int16 inputs. */
  leafBits: 8 | 16;
  /** trees to a scale, on average, in [1, 128]: fewer are nearer to the float model, more are faster */
  groupSize: number;
  /** absent: roundings follow the leaf covers and nothing is measured */
  calibration: Calibration | undefined;
  /** whether to keep the shares of training rows at each node, which `scorer.contributions` needs: a byte a node, or two */
  shares: boolean;
}

export const QUANTIZE_DEFAULTS: Readonly<QuantizeOptions> = Object.freeze({
  leafBits: 8,
  groupSize: 64,
  calibration: undefined,
  shares: true,
});

/**
 * Makes the predictor of a model integers, with a proved bound on how far any margin moves.
 * @throws {ConfigError} on a wrong option or a forest beyond the limits of the blob.
 * @throws {ShapeError} when the calibration matrix is too short.
 */
export function quantizeModel(model: Model, options?: Partial<QuantizeOptions>): QuantizedModel {
  const chosen = withDefaults<QuantizeOptions>('quantize option', QUANTIZE_DEFAULTS, options);
  if (chosen.leafBits !== 8 && chosen.leafBits !== 16) {
    throw new ConfigError(`"leafBits" expected 8 or 16, got ${chosen.leafBits}`);
  }
  if (typeof chosen.shares !== 'boolean') {
    throw new ConfigError(`"shares" expected true or false, got ${show(chosen.shares)}`);
  }
  checkInteger('groupSize', chosen.groupSize, 1, MAX_GROUP_TREES);
  checkCalibration(chosen.calibration, model.features.length);

  const { predictor, format: _format, ...rest } = model;
  let quantized: QuantizedModel;
  if (predictor.kind === 'forest') {
    const { forest, marginBound } = quantizeForest(predictor, model.features, chosen);
    quantized = { ...rest, format: 'coppice-quantized', predictor: forest, marginBound };
  } else {
    const { linear, marginBound } = quantizeLinear(predictor);
    quantized = { ...rest, format: 'coppice-quantized', predictor: linear, marginBound };
  }
  if (chosen.calibration && chosen.calibration.rowCount > 0) {
    quantized.measured = measureEffect(model, quantized, chosen.calibration);
  }
  return quantized;
}

function checkCalibration(calibration: Calibration | undefined, featureCount: number): void {
  if (calibration === undefined) return;
  checkKnownKeys('calibration key', calibration, ['matrix', 'rowCount']);
  checkInteger('calibration.rowCount', calibration.rowCount, 0);
  const expected = calibration.rowCount * featureCount;
  if (calibration.matrix.length < expected) {
    throw new ShapeError(
      `calibration.matrix has ${calibration.matrix.length} values, ${calibration.rowCount} rows of ${featureCount} features need ${expected}`,
    );
  }
}
