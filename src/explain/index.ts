export { type ContributionOptions, contributions } from './contributions.js';
export { explainer } from './explainer.js';
export { type ExplainOptions, type Explanation, explainRow, type Reason } from './explainRow.js';
export {
  type FeatureImportance,
  featureImportance,
  IMPORTANCE_DEFAULTS,
  type ImportanceOptions,
  type ImportanceOrder,
  type ImportanceType,
} from './featureImportance.js';
export {
  type PermutationImportance,
  type PermutationOptions,
  type PermutedFeature,
  permutationImportance,
} from './permutationImportance.js';
export type { MetricFunction, PermutationMetricName } from './permutationMetric.js';
export type { FieldRecord } from './rowOfRecord.js';
