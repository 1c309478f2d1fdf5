import { featureImportance } from '../explain/index.js';
import { fieldsOf } from '../model/expression.js';
import type { Model } from '../model/model.js';
import type { Sample } from './dataStage.js';
import { evenMatrix } from './evenRows.js';

/** Rows whose contributions are looked at: the mean of a few hundred is close enough for a weight. */
const ROWS = 500;

/**
 * How much the predictions depend on each raw field: the mean |contribution| (SHAP) of its features over some rows. What a derived
 * feature contributes is shared out equally among the fields it is computed from.
 * @returns one number a field of the schema, >= 0
 */
export function fieldImportance(model: Model, train: Sample): Float64Array {
  const { matrix } = evenMatrix(train.matrix, model.features.length, train.rows.length, ROWS);
  const importance = new Float64Array(model.schema.fields.length);
  const ofFeatures = featureImportance(model, { type: 'shap', matrix, order: 'feature' });
  model.features.forEach((feature, index) => {
    const fields = feature.kind === 'derived' ? fieldsOf(feature.expression) : [feature.field];
    for (const field of fields) importance[field]! += ofFeatures[index]!.importance / fields.length;
  });
  return importance;
}
