import { show } from '../core/check.js';
import { FormatError } from '../core/errors.js';
import type { Calibrator } from '../model/calibrator.js';
import type { Feature } from '../model/feature.js';
import type { Task } from '../model/model.js';
import { readCalibrator } from '../model/readCalibrator.js';
import type { Field, Rule, Schema } from '../model/schema.js';
import { readThreshold, type Threshold } from '../model/threshold.js';
import { asElements, asInteger, asList, asMap, asOneOf, asText } from './checked.js';
import { packExpression, unpackExpression } from './expressionSection.js';
import { MAX_FEATURES, MAX_KNOTS, MAX_LEVELS, MAX_OUTPUTS, MAX_RULES } from './limits.js';
import type { Packed } from './messagePack.js';

/**
 * The sections around the predictor: schema, features, calibrator, threshold, rules.
 * Every `unpack…` throws a FormatError that says what was seen and what was expected.
 */

export function packSchema({ fields, target }: Schema): object {
  return { fields: fields.map(({ name, type }) => [name, type]), target };
}

export function unpackSchema(content: Packed): Schema {
  const map = asMap(content, 'schema');
  const fields = asList(map.get('fields'), 'schema.fields', 0, MAX_FEATURES).map(
    (entry, index): Field => {
      const path = `schema.fields[${index}]`;
      const [name, type] = asList(entry, path, 2, 2);
      return {
        name: asText(name, `${path}[0]`),
        type: asOneOf(type, `${path}[1]`, ['number', 'category']),
      };
    },
  );
  checkDistinct(
    fields.map(({ name }) => name),
    'schema.fields',
  );
  const target = asMap(map.get('target'), 'schema.target');
  const classes = asList(target.get('classes'), 'schema.target.classes', 0, MAX_OUTPUTS).map(
    (name, index) => asText(name, `schema.target.classes[${index}]`),
  );
  checkDistinct(classes, 'schema.target.classes');
  return {
    fields,
    target: {
      name: asText(target.get('name'), 'schema.target.name'),
      classes,
    },
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

export function unpackFeatures(content: Packed, fields: readonly Field[]): Feature[] {
  return asList(content, 'features', 0, MAX_FEATURES).map((entry, index) =>
    unpackFeature(entry, `features[${index}]`, fields),
  );
}

function unpackFeature(entry: Packed, path: string, fields: readonly Field[]): Feature {
  const parts = asList(entry, path, 3, 4);
  const kind = asOneOf(parts[0], `${path}[0]`, ['field', 'derived', 'category']);
  const name = asText(parts[1], `${path}[1]`);
  if (kind === 'derived') {
    const source = asText(parts[2], `${path}[2]`);
    return {
      kind,
      name,
      source,
      expression: unpackExpression(parts[3], `${path}[3]`, fields, 'n'),
    };
  }
  const field = asInteger(parts[2], `${path}[2]`, 0, fields.length - 1);
  const type = kind === 'field' ? 'number' : 'category';
  if (fields[field]!.type !== type) {
    throw new FormatError(`${path}: expected field ${field} to be a ${type}`);
  }
  if (kind === 'field') return { kind, name, field };
  const levels = asList(parts[3], `${path}[3]`, 0, MAX_LEVELS).map((level, index) =>
    asText(level, `${path}[3][${index}]`),
  );
  checkDistinct(levels, `${path}[3]`);
  return { kind, name, field, levels };
}

function checkDistinct(names: readonly string[], path: string): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw new FormatError(`${path}: ${show(name)} occurs twice`);
    seen.add(name);
  }
}

export function packCalibrator(calibrator: Calibrator): object {
  if (calibrator.kind !== 'isotonic') return calibrator;
  const { kind, x, y } = calibrator;
  return { kind, x: Float64Array.from(x), y: Float64Array.from(y) };
}

export function unpackCalibrator(content: Packed, task: Task): Calibrator {
  const map = asMap(content, 'calibrator');
  if (map.get('kind') !== 'isotonic') return readCalibrator(Object.fromEntries(map), task);
  const x = asElements(map.get('x'), 'calibrator.x', Float64Array);
  const y = asElements(map.get('y'), 'calibrator.y', Float64Array);
  if (x.length > MAX_KNOTS) {
    throw new FormatError(`calibrator: expected 1 to ${MAX_KNOTS} knots, got ${x.length}`);
  }
  return readCalibrator({ kind: 'isotonic', x: [...x], y: [...y] }, task);
}

export function unpackThreshold(content: Packed): Threshold {
  const map = asMap(content, 'threshold');
  const costs = map.get('costs');
  return readThreshold({
    ...Object.fromEntries(map),
    ...(costs !== undefined && { costs: Object.fromEntries(asMap(costs, 'threshold.costs')) }),
  });
}

export function packRules(rules: readonly Rule[]): unknown[] {
  return rules.map((rule) => ({ ...rule, expression: packExpression(rule.expression) }));
}

export function unpackRules(content: Packed, fields: readonly Field[]): Rule[] {
  return asList(content, 'rules', 0, MAX_RULES).map((entry, index) => {
    const path = `rules[${index}]`;
    const map = asMap(entry, path);
    return {
      source: asText(map.get('source'), `${path}.source`),
      expression: unpackExpression(map.get('expression'), `${path}.expression`, fields, 'b'),
      field: asText(map.get('field'), `${path}.field`),
      message: asText(map.get('message'), `${path}.message`),
    };
  });
}
