import type { Calibrator } from './calibrator.js';
import type { Feature } from './feature.js';
import type { Forest } from './forest.js';
import type { Linear } from './linear.js';
import type { Rule, Schema } from './schema.js';
import type { Threshold } from './threshold.js';

/** What turns a row of features into a margin. */
export type Predictor = Forest | Linear;

/**
 * The whole function from raw named fields to `{ probability, label }`, as plain data:
 * schema → features → predictor → calibrator → threshold.
 */
export interface Model {
  format: 'coppice-model';
  version: 1;
  task: 'binary';
  /** which learner made it: gbdt, forest, tree, logistic, or the library it was imported from */
  origin: string;
  schema: Schema;
  features: Feature[];
  predictor: Predictor;
  calibrator: Calibrator;
  threshold: Threshold;
  rules: Rule[];
}
