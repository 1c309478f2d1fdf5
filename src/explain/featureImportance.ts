import { checkKnownKeys, checkOneOf, withDefaults } from '../core/check.js';
import { ConfigError, DataError } from '../core/errors.js';
import type { Forest } from '../model/forest.js';
import type { Linear } from '../model/linear.js';
import { type Model, outputCountOf } from '../model/model.js';
import { contributions } from './contributions.js';
import { leafShares } from './leafShares.js';

/**
 * What is counted for a feature; multi-class models count all their outputs.
 *
 * - gain (forests): the loss reduction of its splits, added up
 * - splits (forests): how often it is split
 * - cover (forests): training rows that reached its splits, added up
 * - weight (linear): |weight| of the standardised number, the effect of one standard deviation; of a category the
 *   standard deviation of its levels' weights, each level counted once
 * - shap: mean |contribution| over given rows
 */
export type ImportanceType = 'gain' | 'splits' | 'cover' | 'weight' | 'shap';

export interface ImportanceOptions {
  /** by default gain for forests, weight for linear models */
  type?: ImportanceType;
  /** true (default): shares that add up to 1, or all 0 when the model uses nothing. false: as they were counted */
  normalize?: boolean;
  /** importance (default): greatest first, of equals the first feature. feature: in the order of the features */
  order?: ImportanceOrder;
  /** rows that shap looks at, row-major: shap only, and needed there */
  matrix?: ArrayLike<number>;
}

export type ImportanceOrder = 'importance' | 'feature';

export const IMPORTANCE_DEFAULTS: Readonly<{ normalize: boolean; order: ImportanceOrder }> =
  Object.freeze({ normalize: true, order: 'importance' });

export interface FeatureImportance {
  feature: string;
  /** column of the feature matrix */
  featureIndex: number;
  /** >= 0 */
  importance: number;
}

/**
 * How much a model relies on each feature, by what its learner recorded (gain, splits, cover, weight) or by its contributions
 * on given rows (shap). None of them says what the feature is worth on new rows: that is
 * {@link permutationImportance}. Gain and splits favour features with many distinct values (Strobl et al. 2007).
 * @returns one entry a feature, also those that are not used
 * @throws {ConfigError} on a bad option, or a type that the kind of model has not. @throws {DataError} when gains or covers
 * are not known.
 * @example
 * for (const { feature, importance } of featureImportance(model)) console.log(feature, importance);
 */
export function featureImportance(
  model: Model,
  options: ImportanceOptions = {},
): FeatureImportance[] {
  checkKnownKeys('importance option', options, ['type', 'normalize', 'order', 'matrix']);
  const { predictor, features } = model;
  const { type = predictor.kind === 'forest' ? 'gain' : 'weight', matrix, ...given } = options;
  const { normalize, order } = withDefaults<{ normalize: boolean; order: ImportanceOrder }>(
    'importance option',
    IMPORTANCE_DEFAULTS,
    given,
  );
  checkOneOf('order', order, ['importance', 'feature']);
  if (typeof normalize !== 'boolean') {
    throw new ConfigError(`"normalize" expected true or false, got ${normalize}`);
  }
  if (matrix && type !== 'shap') throw new ConfigError('"matrix" is for the type shap');
  const counted = count(model, type, matrix);
  const total = counted.reduce((sum, value) => sum + value, 0);
  const divisor = normalize && total > 0 ? total : 1;
  const list = features.map(({ name }, featureIndex) => ({
    feature: name,
    featureIndex,
    importance: counted[featureIndex]! / divisor,
  }));
  return order === 'feature' ? list : list.sort((a, b) => b.importance - a.importance);
}

function count(
  model: Model,
  type: ImportanceType,
  matrix: ArrayLike<number> | undefined,
): Float64Array {
  const { predictor, features } = model;
  if (type === 'shap') {
    if (!matrix) throw new ConfigError('the type shap needs rows: "matrix" is missing');
    return meanContribution(model, matrix);
  }
  if (predictor.kind === 'forest') {
    checkOneOf('type', type, ['gain', 'splits', 'cover', 'shap']);
    return countSplits(predictor, type as 'gain' | 'splits' | 'cover', features.length);
  }
  checkOneOf('type', type, ['weight', 'shap']);
  return countWeights(predictor, features.length);
}

function countSplits(
  forest: Forest,
  type: 'gain' | 'splits' | 'cover',
  featureCount: number,
): Float64Array {
  const { featureIndex, gain } = forest;
  const out = new Float64Array(featureCount);
  const cover = type === 'cover' ? leafShares(forest).cover : undefined;
  if (type === 'gain' && gain.length > 0 && gain.every((value) => value === 0)) {
    throw new DataError(
      'the gains of the splits are not known; the model was made without them. Use another type, or permutationImportance',
    );
  }
  for (let node = 0; node < featureIndex.length; node++) {
    out[featureIndex[node]!]! += type === 'gain' ? gain[node]! : cover ? cover[node]! : 1;
  }
  return out;
}

function countWeights({ numeric, categorical }: Linear, featureCount: number): Float64Array {
  const out = new Float64Array(featureCount);
  for (const { featureIndex, weights } of numeric) {
    for (const weight of weights) out[featureIndex]! += Math.abs(weight);
  }
  for (const { featureIndex, weights } of categorical) {
    for (const ofLevels of weights) out[featureIndex]! += standardDeviation(ofLevels);
  }
  return out;
}

function standardDeviation(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return Math.sqrt(squares / values.length);
}

/** Per feature: |contribution|, added over the outputs and averaged over the rows. */
function meanContribution(model: Model, matrix: ArrayLike<number>): Float64Array {
  const values = contributions(model, matrix);
  const featureCount = model.features.length;
  const blocks = values.length / (featureCount + 1);
  const rowCount = blocks / outputCountOf(model.predictor);
  const out = new Float64Array(featureCount);
  for (let block = 0; block < blocks; block++) {
    for (let feature = 0; feature < featureCount; feature++) {
      out[feature]! += Math.abs(values[block * (featureCount + 1) + feature]!);
    }
  }
  if (rowCount === 0) throw new DataError('"matrix" has no rows');
  return out.map((sum) => sum / rowCount);
}
