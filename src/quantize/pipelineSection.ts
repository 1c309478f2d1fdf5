import { show } from '../core/check.js';
import {
  entriesAt,
  integerAt,
  listAt,
  mapAt,
  oneOfAt,
  type Place,
  refuseAt,
  textAt,
  valueAt,
} from '../core/place.js';
import type { Calibrator } from '../model/calibrator.js';
import type { Feature } from '../model/feature.js';
import type { Task } from '../model/model.js';
import { readCalibrator } from '../model/readCalibrator.js';
import type { Field, Rule, Schema } from '../model/schema.js';
import { elementsAt } from './binary.js';
import { fieldAt, packExpression, unpackExpression } from './expressionSection.js';
import { MAX_FEATURES, MAX_LEVELS, MAX_OUTPUTS, MAX_RULES } from './limits.js';

/**
 * The sections around the predictor: schema, features, calibrator, threshold, rules.
 * Every `unpack…` throws a FormatError that says what was seen and what was expected.
 */

export function packSchema({ fields, target }: Schema): object {
  return { fields: fields.map(({ name, type }) => [name, type]), target };
}

export function unpackSchema(schema: Place): Schema {
  const fields = entriesAt(schema, 'fields', 0, MAX_FEATURES, (list, index): Field => {
    const entry = listAt(list, index, 2, 2);
    return { name: textAt(entry, 0), type: oneOfAt(entry, 1, ['number', 'category']) };
  });
  checkDistinct(
    schema,
    'fields',
    fields.map(({ name }) => name),
  );
  const target = mapAt(schema, 'target');
  return {
    fields,
    target: { name: textAt(target, 'name'), classes: namesAt(target, 'classes', MAX_OUTPUTS) },
  };
}

/** `['field', name, field]`, `['derived', name, source, expression]` or `['category', name, field, levels]`. */
export function packFeatures(features: readonly Feature[]): unknown[] {
  return features.map((feature) => {
    if (feature.kind === 'field') return [feature.kind, feature.name, feature.field];
    if (feature.kind === 'category') {
      return [feature.kind, feature.name, feature.field, feature.levels];
    }
    return [feature.kind, feature.name, feature.source, packExpression(feature.expression)];
  });
}

/** @param place - the list stands at "features" */
export function unpackFeatures(place: Place, fields: readonly Field[]): Feature[] {
  return entriesAt(place, 'features', 0, MAX_FEATURES, (list, index) => {
    const parts = listAt(list, index, 3, 4);
    const kind = oneOfAt(parts, 0, ['field', 'derived', 'category']);
    const name = textAt(parts, 1);
    if (kind === 'derived') {
      const expression = unpackExpression(parts, 3, fields, 'n');
      return { kind, name, source: textAt(parts, 2), expression };
    }
    if (kind === 'field') return { kind, name, field: fieldAt(parts, 2, fields, 'number') };
    const field = fieldAt(parts, 2, fields, 'category');
    return { kind, name, field, levels: namesAt(parts, 3, MAX_LEVELS) };
  });
}

/** The index of a feature, which must be a category, and how many levels it has. */
export function categoryAt(
  place: Place,
  key: string,
  features: readonly Feature[],
): { featureIndex: number; levelCount: number } {
  const featureIndex = integerAt(place, key, 0, features.length - 1);
  const feature = features[featureIndex]!;
  if (feature.kind === 'category') return { featureIndex, levelCount: feature.levels.length };
  return refuseAt(place, key, 'a category', show(feature.name));
}

/** Distinct strings. */
function namesAt(place: Place, key: string | number, maximum: number): string[] {
  const names = entriesAt(place, key, 0, maximum, textAt);
  checkDistinct(place, key, names);
  return names;
}

function checkDistinct(place: Place, key: string | number, names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) refuseAt(place, key, 'distinct names', `${show(name)} twice`);
    seen.add(name);
  }
}

export function packCalibrator(calibrator: Calibrator): object {
  if (calibrator.kind !== 'isotonic') return calibrator;
  const { kind, x, y } = calibrator;
  return { kind, x: Float64Array.from(x), y: Float64Array.from(y) };
}

/** The knots of an isotonic calibrator are binary strings. @param place - the calibrator stands at "calibrator" */
export function unpackCalibrator(place: Place, task: Task): Calibrator {
  const calibrator = mapAt(place, 'calibrator');
  if (valueAt(calibrator, 'kind') !== 'isotonic') return readCalibrator(calibrator, task);
  const [x, y] = ['x', 'y'].map((key) => [...elementsAt(calibrator, key, Float64Array)]);
  return readCalibrator({ ...calibrator, value: { kind: 'isotonic', x, y } }, task);
}

export function packRules(rules: readonly Rule[]): unknown[] {
  return rules.map((rule) => ({ ...rule, expression: packExpression(rule.expression) }));
}

/** @param place - the list stands at "rules" */
export function unpackRules(place: Place, fields: readonly Field[]): Rule[] {
  return entriesAt(place, 'rules', 0, MAX_RULES, (list, index) => {
    const rule = mapAt(list, index);
    return {
      source: textAt(rule, 'source'),
      expression: unpackExpression(rule, 'expression', fields, 'b'),
      field: textAt(rule, 'field'),
      message: textAt(rule, 'message'),
    };
  });
}
