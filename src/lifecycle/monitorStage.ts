import { buildReference, type DriftReference } from '../monitor/index.js';
import type { PreparedData } from './dataStage.js';
import type { TrainedModel } from './trainStage.js';

/**
 * Stage 5: freezes what the training data looked like, for drift to be measured against.
 * Scores are out of fold, so that they spread as scores of new rows do.
 */
export function makeDriftBaseline(data: PreparedData, trained: TrainedModel): DriftReference {
  return buildReference({
    schema: data.schema,
    table: data.train.table,
    task: 'binary',
    target: data.train.labels,
    predictions: trained.outOfFold,
    threshold: trained.model.threshold.value,
  });
}
