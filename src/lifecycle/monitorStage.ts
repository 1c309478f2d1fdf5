import { buildReference, type DriftReference } from '../monitor/index.js';
import type { PreparedData } from './dataStage.js';
import type { TrainedModel } from './trainStage.js';

/**
 * Stage 5: freezes what the training data looked like, for drift to be measured against.
 * Predictions are out of fold, so that they spread as those of new rows do.
 * @returns undefined for a task that drift is not measured for.
 */
export function makeDriftBaseline(
  { schema, train }: PreparedData,
  { model, outOfFold }: TrainedModel,
): DriftReference | undefined {
  if (model.task !== 'binary') return undefined;
  return buildReference({
    schema,
    table: train.table,
    labels: train.target,
    probabilities: outOfFold,
    threshold: model.threshold.value,
  });
}
