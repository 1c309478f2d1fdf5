import type { Feature } from './feature.js';
import { type Model, outputCountOf, type Predictor, type Task } from './model.js';
import type { Field } from './schema.js';
import { HALF } from './threshold.js';

/** A feature matrix without a schema; a training matrix is one. */
export interface BareMatrix {
  /** row-major float32, length rowCount * featureCount; NaN is missing */
  matrix: Float32Array;
  rowCount: number;
  featureCount: number;
  /** length featureCount; f0, f1, … when absent */
  featureNames?: string[];
  /** indices of the features that hold category codes: integers >= 0, -1 for unseen, NaN for missing */
  categorical?: number[];
}

/**
 * Wraps a predictor that was fitted on bare numbers into a whole model: a field for each feature, no calibrator,
 * threshold one half. The levels of a categorical feature are the decimal strings of its codes, '0' to the greatest code
 * (in the order of the codes, not of the alphabet); so are the classes.
 * @param origin - which learner made it, for example `logistic`.
 */
export function bareModel(
  data: BareMatrix,
  predictor: Predictor,
  origin: string,
  task: Task,
): Model {
  const categorical = new Set(data.categorical);
  const fields: Field[] = [];
  const features: Feature[] = [];
  for (let index = 0; index < data.featureCount; index++) {
    const name = data.featureNames?.[index] ?? `f${index}`;
    if (categorical.has(index)) {
      const levels = Array.from({ length: maxCode(data, index) + 1 }, (_, code) => String(code));
      fields.push({ name, type: 'category' });
      features.push({ kind: 'category', name, field: index, levels });
    } else {
      fields.push({ name, type: 'number' });
      features.push({ kind: 'field', name, field: index });
    }
  }
  const classCount = task === 'regression' ? 0 : Math.max(2, outputCountOf(predictor));
  const classes = Array.from({ length: classCount }, (_, index) => String(index));
  return {
    format: 'coppice-model',
    version: 1,
    origin,
    schema: { fields, target: { name: 'target', classes } },
    features,
    predictor,
    rules: [],
    calibrator: { kind: 'none' },
    ...(task === 'binary' ? { task, threshold: HALF } : { task }),
  };
}

/** The greatest category code of a feature, -1 when it has none. */
function maxCode({ matrix, rowCount, featureCount }: BareMatrix, featureIndex: number): number {
  let max = -1;
  for (let row = 0, at = featureIndex; row < rowCount; row++, at += featureCount) {
    if (matrix[at]! > max) max = matrix[at]!;
  }
  return max;
}
