import { ConfigError } from '../core/errors.js';
import type { CategoryColumn, Table } from '../core/table.js';
import { parseExpression } from '../data/index.js';
import type { Expression } from '../model/expression.js';
import type { Feature } from '../model/feature.js';
import type { Field, Rule } from '../model/schema.js';
import type { ConfigSource } from './config.js';

/** Levels of a category that get a code of their own; the rarer ones are scored as unseen. */
const MAX_LEVELS = 254;

/** The inputs of a model: raw fields, the features made of them, and the rules they must meet. */
export interface FeatureSet {
  fields: Field[];
  features: Feature[];
  rules: Rule[];
}

/**
 * Derives the inputs of a model from its training rows and the configuration.
 * @param table - training rows without the target.
 * @throws {ConfigError} with the place in the configuration and in the expression.
 */
export function buildFeatureSet(table: Table, { config, locate }: ConfigSource): FeatureSet {
  const fields = table.columns.map(({ name, kind }): Field => ({ name, type: kind }));
  const { parameters } = config.features;
  const derived = new Map<string, Expression>();

  const parse = (source: string, path: (string | number)[], type: 'number' | 'boolean') => {
    try {
      return parseExpression(source, { fields, parameters, derived }, type);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      throw new ConfigError(`${locate(path)}: ${error.message}`, { cause: error });
    }
  };

  const features = fields.map((field, index): Feature => {
    const column = table.columns[index]!;
    if (column.kind === 'number') return { kind: 'field', name: field.name, field: index };
    return { kind: 'category', name: field.name, field: index, levels: commonLevels(column) };
  });
  for (const [name, source] of Object.entries(config.features.derived)) {
    const path = ['features', 'derived', name];
    if (fields.some((field) => field.name === name) || name in parameters) {
      throw new ConfigError(`${locate(path)}: "${name}" is a column or a parameter already`);
    }
    const expression = parse(source, path, 'number');
    derived.set(name, expression);
    features.push({ kind: 'derived', name, source, expression });
  }
  const rules = config.rules.map((rule, index): Rule => {
    if (!fields.some((field) => field.name === rule.field)) {
      throw new ConfigError(`${locate(['rules', index])}: no column "${rule.field}"`);
    }
    const expression = parse(rule.require, ['rules', index, 'require'], 'boolean');
    return { source: rule.require, expression, field: rule.field, message: rule.message };
  });
  return { fields, features, rules };
}

/** The levels that occur, at most {@link MAX_LEVELS} of the commonest (ties in sort order), sorted. */
function commonLevels(column: CategoryColumn): string[] {
  const counts = new Uint32Array(column.levels.length);
  for (const code of column.codes) if (code >= 0) counts[code]!++;
  const present = column.levels
    .map((level, code) => ({ level, count: counts[code]! }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || compareText(a.level, b.level));
  return present
    .slice(0, MAX_LEVELS)
    .map(({ level }) => level)
    .sort(compareText);
}

/** By UTF-16 code units: the same order on every machine, unlike a locale's. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
