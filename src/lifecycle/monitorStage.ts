import type { QuantizedModel } from '../model/quantized.js';
import { buildReference, type DriftReference } from '../monitor/index.js';
import { encodeBlob } from '../quantize/index.js';
import type { PreparedData } from './dataStage.js';
import { fieldImportance } from './fieldImportance.js';
import type { TrainedModel } from './trainStage.js';

/**
 * Stage 5: freezes what the training data looked like, for drift to be measured against.
 * Predictions are out of fold, so that they spread as those of new rows do.
 */
export function makeDriftBaseline(
  { schema, train }: PreparedData,
  { task, model, outOfFold }: TrainedModel,
): DriftReference {
  return buildReference({
    schema,
    table: train.table,
    task,
    target: train.target,
    predictions: outOfFold,
    threshold: model.task === 'binary' ? model.threshold.value : undefined,
    importance: fieldImportance(model, train),
  });
}

/** The model with what it is watched by in one blob. */
export function watchable(
  model: QuantizedModel,
  baseline: DriftReference,
): { baseline: DriftReference; blob: Uint8Array } {
  return { baseline, blob: encodeBlob(model, { drift: baseline }) };
}
