import { show } from '../../core/check.js';
import { FormatError } from '../../core/errors.js';
import type {
  BinaryReference,
  CategoryReference,
  DriftReference,
  FieldReference,
  MulticlassReference,
  NumericReference,
  RegressionReference,
} from './reference.js';

type Json = Readonly<Record<string, unknown>>;

/**
 * Checks a drift reference that comes from outside, by reading every part of it. Version 1, which only knew binary models,
 * is read as version 2.
 * @param json - what `JSON.parse` gave for drift_baseline.json
 * @returns a new reference with nothing but the known keys.
 * @throws {FormatError} naming the part that is wrong, what was expected and what was seen.
 */
export function parseReference(json: unknown): DriftReference {
  const source = object(json, 'drift reference');
  const { format, version } = source;
  if (format !== 'coppice-drift-reference' || (version !== 1 && version !== 2)) {
    throw new FormatError(
      `"format" and "version" expected coppice-drift-reference 1 or 2, got ${show(format)} ${show(version)}`,
    );
  }
  const rowCount = count(source.rowCount, 'rowCount');
  if (rowCount === 0) throw new FormatError('"rowCount" expected a positive count, got 0');
  const parts = {
    format: 'coppice-drift-reference',
    version: 2,
    rowCount,
    fields: parseFields(source.fields, rowCount),
    score: parseNumeric(object(source.score, 'score'), 'score', rowCount),
  } as const;
  const task = version === 1 ? 'binary' : source.task;
  if (task === 'binary') return { ...parts, task, ...parseBinary(source, rowCount) };
  if (task === 'multiclass') return { ...parts, task, ...parseMulticlass(source, rowCount) };
  if (task === 'regression') return { ...parts, task, ...parseRegression(source) };
  throw wrong('task', 'binary, multiclass or regression', task);
}

function parseBinary(
  source: Json,
  rowCount: number,
): Pick<BinaryReference, 'threshold' | 'trainingPositiveRate' | 'predictedPositiveCount'> {
  const predictedPositiveCount = count(source.predictedPositiveCount, 'predictedPositiveCount');
  if (predictedPositiveCount > rowCount) {
    throw new FormatError('"predictedPositiveCount" expected no more than "rowCount"');
  }
  return {
    threshold: rate(source.threshold, 'threshold'),
    trainingPositiveRate: rate(source.trainingPositiveRate, 'trainingPositiveRate'),
    predictedPositiveCount,
  };
}

function parseMulticlass(
  source: Json,
  rowCount: number,
): Pick<MulticlassReference, 'classes' | 'trainingClassCounts' | 'predictedClassCounts'> {
  const classes = texts(source.classes, 'classes');
  if (classes.length < 2) throw wrong('classes', 'several classes', classes.length);
  const twice = firstTwice(classes);
  if (twice !== undefined) {
    throw new FormatError(`"classes" expected distinct names, got ${show(twice)} twice`);
  }
  const ofClasses = (key: 'trainingClassCounts' | 'predictedClassCounts'): number[] => {
    const read = counts(source[key], key, classes.length);
    checkTotal(key, read, rowCount);
    return read;
  };
  return {
    classes,
    trainingClassCounts: ofClasses('trainingClassCounts'),
    predictedClassCounts: ofClasses('predictedClassCounts'),
  };
}

function parseRegression(
  source: Json,
): Pick<RegressionReference, 'trainingMean' | 'trainingStandardDeviation'> {
  return {
    trainingMean: number(source.trainingMean, 'trainingMean'),
    trainingStandardDeviation: deviation(
      source.trainingStandardDeviation,
      'trainingStandardDeviation',
    ),
  };
}

function parseFields(value: unknown, rowCount: number): FieldReference[] {
  const fields = array(value, 'fields').map((field, index) =>
    parseField(field, `fields[${index}]`, rowCount),
  );
  const twice = firstTwice(fields.map(({ name }) => name));
  if (twice !== undefined) {
    throw new FormatError(`"fields" expected distinct names, got ${show(twice)} twice`);
  }
  return fields;
}

function firstTwice(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.size === seen.add(name).size);
}

function parseField(value: unknown, path: string, rowCount: number): FieldReference {
  const source = object(value, path);
  if (source.type === 'number') return parseNumeric(source, path, rowCount);
  if (source.type === 'category') return parseCategory(source, path, rowCount);
  throw wrong(`${path}.type`, 'number or category', source.type);
}

function parseNumeric(source: Json, path: string, rowCount: number): NumericReference {
  const edges = array(source.edges, `${path}.edges`).map((edge, i) =>
    number(edge, `${path}.edges[${i}]`),
  );
  for (let i = 1; i < edges.length; i++) {
    if (!(edges[i]! > edges[i - 1]!))
      throw new FormatError(`"${path}.edges" expected ascending numbers`);
  }
  const reference: NumericReference = {
    name: text(source.name, `${path}.name`),
    type: 'number',
    edges,
    counts: counts(source.counts, `${path}.counts`, edges.length + 1),
    missing: count(source.missing, `${path}.missing`),
    mean: number(source.mean, `${path}.mean`),
    standardDeviation: deviation(source.standardDeviation, `${path}.standardDeviation`),
    minimum: number(source.minimum, `${path}.minimum`),
    maximum: number(source.maximum, `${path}.maximum`),
  };
  if (reference.minimum > reference.maximum)
    throw new FormatError(`"${path}.minimum" is above "${path}.maximum"`);
  checkTotal(path, [...reference.counts, reference.missing], rowCount);
  return reference;
}

function parseCategory(source: Json, path: string, rowCount: number): CategoryReference {
  const levels = texts(source.levels, `${path}.levels`);
  const otherLevels = texts(source.otherLevels, `${path}.otherLevels`);
  if (new Set([...levels, ...otherLevels]).size !== levels.length + otherLevels.length) {
    throw new FormatError(`"${path}" expected distinct levels`);
  }
  const reference: CategoryReference = {
    name: text(source.name, `${path}.name`),
    type: 'category',
    levels,
    counts: counts(source.counts, `${path}.counts`, levels.length),
    otherLevels,
    otherCount: count(source.otherCount, `${path}.otherCount`),
    missing: count(source.missing, `${path}.missing`),
    singletons: count(source.singletons, `${path}.singletons`),
  };
  checkTotal(path, [...reference.counts, reference.otherCount, reference.missing], rowCount);
  return reference;
}

/** Every training row is in exactly one bin. */
function checkTotal(path: string, parts: readonly number[], rowCount: number): void {
  const total = parts.reduce((sum, part) => sum + part, 0);
  if (total !== rowCount) {
    throw new FormatError(
      `"${path}" expected counts that add up to ${rowCount} rows, got ${total}`,
    );
  }
}

function counts(value: unknown, path: string, length: number): number[] {
  const items = array(value, path);
  if (items.length !== length) throw wrong(path, `${length} counts`, items.length);
  return items.map((item, i) => count(item, `${path}[${i}]`));
}

function count(value: unknown, path: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw wrong(path, 'a count', value);
}

function rate(value: unknown, path: string): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value;
  throw wrong(path, 'a number in [0, 1]', value);
}

function deviation(value: unknown, path: string): number {
  if (number(value, path) >= 0) return value as number;
  throw wrong(path, 'a number >= 0', value);
}

function number(value: unknown, path: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw wrong(path, 'a finite number', value);
}

function text(value: unknown, path: string): string {
  if (typeof value === 'string') return value;
  throw wrong(path, 'a string', value);
}

function texts(value: unknown, path: string): string[] {
  return array(value, path).map((item, i) => text(item, `${path}[${i}]`));
}

function array(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw wrong(path, 'an array', value);
}

function object(value: unknown, path: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw wrong(path, 'an object', value);
}

function wrong(path: string, expected: string, seen: unknown): FormatError {
  return new FormatError(`"${path}" expected ${expected}, got ${show(seen)}`);
}
