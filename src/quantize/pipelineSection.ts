import { show } from '../core/check.js';
import {
  at,
  container,
  integer,
  list,
  oneOf,
  type Reader,
  record,
  refuse,
  text,
  valueAt,
} from '../core/place.js';
import type { Calibrator } from '../model/calibrator.js';
import type { Feature } from '../model/feature.js';
import type { Task } from '../model/model.js';
import { readCalibrator } from '../model/readCalibrator.js';
import type { Field, Rule, Schema } from '../model/schema.js';
import { elements } from './elements.js';
import { expression, fieldIndex, packExpression } from './expressionSection.js';
import { MAX_FEATURES, MAX_LEVELS, MAX_OUTPUTS, MAX_RULES } from './limits.js';

/**
 * The sections around the predictor: schema, features, calibrator, threshold, rules.
 */

export function packSchema({ fields, target }: Schema): object {
  return { fields: fields.map(({ name, type }) => [name, type]), target };
}

export const readSchema: Reader<Schema> = record<Schema>({
  fields: distinct(
    list(
      0,
      MAX_FEATURES,
      record({ name: at(0, text), type: at(1, oneOf(['number', 'category'])) }),
    ),
    ({ name }) => name,
  ),
  target: record({ name: text, classes: names(MAX_OUTPUTS) }),
});

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

export function readFeatures(fields: readonly Field[]): Reader<Feature[]> {
  const members = {
    field: { field: at(2, fieldIndex(fields, 'number')) },
    derived: { source: at(2, text), expression: at(3, expression(fields, 'n')) },
    category: { field: at(2, fieldIndex(fields, 'category')), levels: at(3, names(MAX_LEVELS)) },
  };
  const kinds = oneOf(['field', 'derived', 'category']);
  return list(0, MAX_FEATURES, (place, key) => {
    const kind = kinds(container(place, key), 0);
    const feature = record<object>({ name: at(1, text), ...members[kind] })(place, key);
    return { kind, ...feature } as Feature;
  });
}

/** The index of a feature, which must be a category. */
export function categoryIndex(features: readonly Feature[]): Reader<number> {
  return (place, key) => {
    const index = integer(0, features.length - 1)(place, key);
    const { kind, name } = features[index]!;
    return kind === 'category' ? index : refuse(place, key, 'a category', show(name));
  };
}

/** Distinct strings. */
function names(maximum: number): Reader<string[]> {
  return distinct(list(0, maximum, text), (name) => name);
}

/** Refuses a list in which a name occurs twice. */
function distinct<T>(items: Reader<T[]>, nameOf: (item: T) => string): Reader<T[]> {
  return (place, key) => {
    const seen = new Set<string>();
    const read = items(place, key);
    for (const item of read) {
      const name = nameOf(item);
      if (seen.has(name)) refuse(place, key, 'distinct names', `${show(name)} twice`);
      seen.add(name);
    }
    return read;
  };
}

export function packCalibrator(calibrator: Calibrator): object {
  if (calibrator.kind !== 'isotonic') return calibrator;
  const { kind, x, y } = calibrator;
  return { kind, x: Float64Array.from(x), y: Float64Array.from(y) };
}

/** The knots of an isotonic calibrator are binary strings. */
export function unpackCalibrator(task: Task): Reader<Calibrator> {
  const numbers: Reader<number[]> = (place, key) => [...elements(Float64Array)(place, key)];
  return (place, key) => {
    const calibrator = container(place, key);
    if (valueAt(calibrator, 'kind') !== 'isotonic') return readCalibrator(task)(place, key);
    const knots = record({ kind: text, x: numbers, y: numbers })(place, key);
    return readCalibrator(task)({ value: { [key]: knots }, path: place.path }, key);
  };
}

export function packRules(rules: readonly Rule[]): unknown[] {
  return rules.map((rule) => ({ ...rule, expression: packExpression(rule.expression) }));
}

export function readRules(fields: readonly Field[]): Reader<Rule[]> {
  return list(
    0,
    MAX_RULES,
    record<Rule>({ source: text, expression: expression(fields, 'b'), field: text, message: text }),
  );
}
