import { show } from '../core/check.js';
import { at, container, list, oneOf, type Reader, record, refuse, text } from '../core/place.js';
import type { Calibrator } from '../model/calibrator.js';
import type { Expression } from '../model/expression.js';
import type { Feature } from '../model/feature.js';
import { readIsotonic } from '../model/readIsotonic.js';
import type { Field, Rule, Schema } from '../model/schema.js';
import { elements } from './elements.js';
import { expression, packExpression } from './expressionSection.js';
import { fieldIndex } from './indices.js';
import { MAX_FEATURES, MAX_LEVELS, MAX_OUTPUTS, MAX_RULES } from './limits.js';

/**
 * The sections around the predictor: schema, features, calibrator, threshold, rules.
 */

/** Gives what reads an expression over the fields whose result is a number. */
export type ReadExpression = (fields: readonly Field[], result: 'n') => Reader<Expression>;

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

export function readFeatures(
  fields: readonly Field[],
  derivation: ReadExpression,
): Reader<Feature[]> {
  const kind = at(0, oneOf<Feature['kind']>(['field', 'derived', 'category']));
  const name = at(1, text);
  const kinds = {
    field: record<object>({ kind, name, field: at(2, fieldIndex(fields, 'number')) }),
    derived: record<object>({
      kind,
      name,
      source: at(2, text),
      expression: at(3, derivation(fields, 'n')),
    }),
    category: record<object>({
      kind,
      name,
      field: at(2, fieldIndex(fields, 'category')),
      levels: at(3, names(MAX_LEVELS)),
    }),
  };
  return list(
    0,
    MAX_FEATURES,
    (place, key) => kinds[kind(container(place, key), 0)](place, key) as Feature,
  );
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

/** An isotonic calibrator, whose knots are binary strings. */
export const unpackIsotonic: Reader<Calibrator> = (place, key) => {
  const numbers: Reader<number[]> = (own, name) => [...elements(Float64Array)(own, name)];
  const knots = record({ x: numbers, y: numbers })(place, key);
  return readIsotonic({ value: { [key]: knots }, path: place.path }, key);
};

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
