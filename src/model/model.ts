import type { Calibrator, ClassCalibrator } from './calibrator.js';
import type { Feature } from './feature.js';
import type { Forest } from './forest.js';
import type { Linear } from './linear.js';
import type { Rule, Schema } from './schema.js';
import type { Threshold } from './threshold.js';

/** What turns a row of features into margins, one an output. */
export type Predictor = Forest | Linear;

/** What a model predicts: one of two classes, one of several, or a number (a ranking score too). */
export type Task = 'binary' | 'multiclass' | 'regression';

/** What a model has whatever it predicts. */
export interface ModelParts {
  version: 1;
  /** which learner made it: gbdt, forest, tree, logistic, or the library it was imported from */
  origin: string;
  schema: Schema;
  features: Feature[];
  rules: Rule[];
}

/** One margin → the probability of the positive class → a label. */
export interface BinaryHead {
  task: 'binary';
  calibrator: Calibrator;
  threshold: Threshold;
}

/** A margin a class → probabilities → the class with the greatest. */
export interface MulticlassHead {
  task: 'multiclass';
  calibrator: ClassCalibrator;
}

/** One margin → a number. */
export interface RegressionHead {
  task: 'regression';
  calibrator: { kind: 'none' };
}

/** What comes after the margins. */
export type Head = BinaryHead | MulticlassHead | RegressionHead;

/**
 * The whole function from raw named fields to a prediction, as plain data:
 * schema → features → predictor → calibrator → threshold.
 */
export type Model = ModelParts & { format: 'coppice-model'; predictor: Predictor } & Head;

/** A model of a binary target. */
export type BinaryModel = Extract<Model, { task: 'binary' }>;

/** Margins a row: the number of classes of a multiclass model, else 1. */
export function outputCountOf(predictor: Predictor): number {
  return predictor.kind === 'forest' ? predictor.baseScores.length : predictor.intercepts.length;
}
