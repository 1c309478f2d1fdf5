import { checkInteger, checkKnownKeys, show } from '../core/check.js';
import { ConfigError, ShapeError } from '../core/errors.js';
import type { Feature } from '../model/feature.js';
import { margins, predictions } from '../model/margin.js';
import { type Model, outputCountOf } from '../model/model.js';
import { contributions } from './contributions.js';
import { type FieldRecord, rowOfRecord } from './rowOfRecord.js';

export interface ExplainOptions {
  /** how many reasons to name, >= 1; by default 5 */
  top?: number;
  /** which class of a multiclass model to speak of; by default the most probable one */
  class?: string;
}

/** One reason: a feature, what it was, and how far it moved the margin. */
export interface Reason {
  feature: string;
  /** the number or the level; null when missing; of a level that training has not seen the text, or -1 when only codes were given */
  value: number | string | null;
  /** in margin space: above 0 it speaks for the positive class, the class, or a greater number */
  contribution: number;
}

/** A prediction and its reasons: `expected` + all contributions (`reasons` and `rest`) = `margin`. */
export interface Explanation {
  /** the positive class, the class spoken of, or null for a number */
  class: string | null;
  /** of that class the calibrated probability, or the number */
  prediction: number;
  margin: number;
  /** the margin of an average training row; see docs/explain.md for linear models */
  expected: number;
  /** greatest |contribution| first, of equals the first feature; those of exactly 0 are left out */
  reasons: Reason[];
  /** the contributions that are not named, added up */
  rest: number;
}

/**
 * Why a model predicts what it does for one row: the features that moved its margin most, in words fit for people.
 * Contributions say what the model did, not what would happen were the value changed.
 * @param row - a record of raw fields, or the feature values in their order (IN)
 * @throws {DataError} on a record that does not fit, or a forest without covers. @throws {ShapeError} on feature values of
 * another length. @throws {ConfigError} on a bad option.
 * @example
 * const { prediction, reasons } = explainRow(model, { age: 41, plan: 'basic' });
 * for (const { feature, value, contribution } of reasons) console.log(feature, value, contribution);
 */
export function explainRow(
  model: Model,
  row: FieldRecord | ArrayLike<number>,
  options: ExplainOptions = {},
): Explanation {
  checkKnownKeys('explanation option', options, ['top', 'class']);
  const top = checkInteger('top', options.top ?? 5, 1);
  const { features, predictor, schema } = model;
  const record = isValues(row) ? undefined : row;
  const values = isValues(row) ? row : rowOfRecord(model, row);
  if (values.length !== features.length) {
    throw new ShapeError(`"row" has ${values.length} values, expected ${features.length} features`);
  }
  const marginsOfRow = margins(predictor, values, 1, features.length);
  const margin = marginsOfRow.slice();
  const predicted = predictions(model, marginsOfRow);
  const output = chooseOutput(model, predicted, options.class);
  const base = output * (features.length + 1);
  const block = contributions(model, values, 1).subarray(base, base + features.length + 1);
  const ranked = [...features.keys()]
    .filter((index) => block[index] !== 0)
    .sort((a, b) => Math.abs(block[b]!) - Math.abs(block[a]!) || a - b);
  const { classes } = schema.target;
  return {
    class: model.task === 'regression' ? null : classes[model.task === 'binary' ? 1 : output]!,
    prediction: predicted[output]!,
    margin: margin[output]!,
    expected: block[features.length]!,
    reasons: ranked.slice(0, top).map((index) => {
      const feature = features[index]!;
      const value = shownValue(
        feature,
        values[index]!,
        record && fieldValue(model, feature, record),
      );
      return { feature: feature.name, value, contribution: block[index]! };
    }),
    rest: ranked.slice(top).reduce((sum, index) => sum + block[index]!, 0),
  };
}

function isValues(row: FieldRecord | ArrayLike<number>): row is ArrayLike<number> {
  return Array.isArray(row) || ArrayBuffer.isView(row);
}

function chooseOutput(model: Model, predicted: Float64Array, name: string | undefined): number {
  const { classes } = model.schema.target;
  if (model.task === 'multiclass') {
    if (name === undefined) return predicted.indexOf(Math.max(...predicted));
    const index = classes.indexOf(name);
    if (index >= 0 && index < outputCountOf(model.predictor)) return index;
    throw new ConfigError(`"class" expected one of ${classes.join(', ')}, got ${show(name)}`);
  }
  if (name === undefined) return 0;
  throw new ConfigError(`"class" is for multiclass models; this one is ${model.task}`);
}

function fieldValue({ schema }: Model, feature: Feature, record: FieldRecord): unknown {
  return feature.kind === 'category' ? record[schema.fields[feature.field]!.name] : undefined;
}

function shownValue(feature: Feature, value: number, given: unknown): number | string | null {
  if (value !== value) return null;
  if (feature.kind !== 'category') return value;
  return feature.levels[value] ?? (typeof given === 'string' ? given : value);
}
