import { show } from '../../core/check.js';
import { FormatError } from '../../core/errors.js';
import {
  array,
  count,
  type Json,
  list,
  nonNegative,
  number,
  object,
  rate,
  text,
  texts,
  wrong,
} from '../checkedJson.js';
import { type CalibrationTable, firstPositiveBin } from './calibrationTable.js';
import type {
  BinaryReference,
  CategoryReference,
  DriftReference,
  FieldReference,
  MulticlassReference,
  NumericReference,
  RegressionReference,
} from './reference.js';

type Without<T> = Omit<T, 'format' | 'version' | 'task' | 'rowCount' | 'fields' | 'score'>;

/**
 * Checks a drift reference that comes from outside, by reading every part of it.
 * @param json - what `JSON.parse` gave for drift_baseline.json
 * @returns a new reference with nothing but the known keys.
 * @throws {FormatError} naming the part that is wrong, what was expected and what was seen.
 */
export function parseReference(json: unknown): DriftReference {
  const source = object(json, 'drift reference');
  const { format, version } = source;
  if (format !== 'coppice-drift-reference' || version !== 4) {
    throw new FormatError(
      `"format" and "version" expected coppice-drift-reference 4, got ${show(format)} ${show(version)}; train again to have one`,
    );
  }
  const rowCount = count(source.rowCount, 'rowCount');
  if (rowCount === 0) throw new FormatError('"rowCount" expected a positive count, got 0');
  const score = parseNumeric(object(source.score, 'score'), 'score', rowCount);
  const parts = {
    format: 'coppice-drift-reference',
    version: 4,
    rowCount,
    fields: parseFields(source.fields, rowCount),
    score,
  } as const;
  const { task } = source;
  if (task === 'binary') return { ...parts, task, ...parseBinary(source, rowCount) };
  if (task === 'multiclass') return { ...parts, task, ...parseMulticlass(source, rowCount) };
  if (task === 'regression') return { ...parts, task, ...parseRegression(source, score) };
  throw wrong('task', 'binary, multiclass or regression', task);
}

function parseBinary(source: Json, rowCount: number): Without<BinaryReference> {
  const [negative, positive] = parseClasses(source.classes);
  if ((source.classes as unknown[]).length !== 2) {
    throw wrong('classes', 'two classes', (source.classes as unknown[]).length);
  }
  const threshold = rate(source.threshold, 'threshold');
  const calibration = parseCalibration(source.calibration, rowCount);
  const predictedPositiveCount = count(source.predictedPositiveCount, 'predictedPositiveCount');
  const positives = calibration.rows.slice(firstPositiveBin(calibration, threshold));
  checkTotal('predictedPositiveCount', positives, predictedPositiveCount);
  return {
    classes: [negative!, positive!],
    threshold,
    trainingPositiveRate: rate(source.trainingPositiveRate, 'trainingPositiveRate'),
    predictedPositiveCount,
    calibration,
  };
}

function parseMulticlass(source: Json, rowCount: number): Without<MulticlassReference> {
  const classes = parseClasses(source.classes);
  const { length } = classes;
  const ofClasses = (
    key: 'trainingClassCounts' | 'predictedClassCounts' | 'rightClassCounts',
  ): number[] => list(source[key], key, length, count);
  const sums = (key: 'classProbabilities' | 'predictedClassProbabilities'): number[] =>
    list(source[key], key, length, nonNegative);
  const parsed = {
    classes,
    trainingClassCounts: ofClasses('trainingClassCounts'),
    predictedClassCounts: ofClasses('predictedClassCounts'),
    rightClassCounts: ofClasses('rightClassCounts'),
    classProbabilities: sums('classProbabilities'),
    predictedClassProbabilities: sums('predictedClassProbabilities'),
    calibration: parseCalibration(source.calibration, rowCount),
  };
  checkTotal('trainingClassCounts', parsed.trainingClassCounts, rowCount);
  checkTotal('predictedClassCounts', parsed.predictedClassCounts, rowCount);
  checkAtMost('rightClassCounts', parsed.rightClassCounts, parsed.predictedClassCounts);
  return parsed;
}

function parseRegression(source: Json, score: NumericReference): Without<RegressionReference> {
  const errors = object(source.errors, 'errors');
  const uneven = object(errors.unevenness, 'errors.unevenness');
  const sums = (key: 'absolute' | 'squared' | 'fourth'): number[] =>
    list(errors[key], `errors.${key}`, score.counts.length, nonNegative);
  return {
    trainingMean: number(source.trainingMean, 'trainingMean'),
    trainingStandardDeviation: nonNegative(
      source.trainingStandardDeviation,
      'trainingStandardDeviation',
    ),
    errors: {
      absolute: sums('absolute'),
      squared: sums('squared'),
      fourth: sums('fourth'),
      unevenness: {
        absolute: nonNegative(uneven.absolute, 'errors.unevenness.absolute'),
        squared: nonNegative(uneven.squared, 'errors.unevenness.squared'),
      },
    },
  };
}

function parseClasses(value: unknown): string[] {
  const classes = texts(value, 'classes');
  if (classes.length < 2) throw wrong('classes', 'several classes', classes.length);
  checkDistinct('classes', classes);
  return classes;
}

function parseCalibration(value: unknown, rowCount: number): CalibrationTable {
  const source = object(value, 'calibration');
  const edges = parseEdges(source.edges, 'calibration.edges');
  const length = edges.length + 1;
  const table: CalibrationTable = {
    edges,
    rows: list(source.rows, 'calibration.rows', length, count),
    hits: list(source.hits, 'calibration.hits', length, count),
    predicted: list(source.predicted, 'calibration.predicted', length, nonNegative),
    unevenness: list(source.unevenness, 'calibration.unevenness', length, nonNegative),
  };
  checkTotal('calibration.rows', table.rows, rowCount);
  checkAtMost('calibration.hits', table.hits, table.rows);
  return table;
}

function parseFields(value: unknown, rowCount: number): FieldReference[] {
  const fields = array(value, 'fields').map((field, index) =>
    parseField(field, `fields[${index}]`, rowCount),
  );
  checkDistinct(
    'fields',
    fields.map(({ name }) => name),
  );
  return fields;
}

function parseField(value: unknown, path: string, rowCount: number): FieldReference {
  const source = object(value, path);
  const { importance } = source;
  const weighed =
    importance === undefined ? {} : { importance: rate(importance, `${path}.importance`) };
  if (source.type === 'number') return { ...parseNumeric(source, path, rowCount), ...weighed };
  if (source.type === 'category') return { ...parseCategory(source, path, rowCount), ...weighed };
  throw wrong(`${path}.type`, 'number or category', source.type);
}

function parseNumeric(source: Json, path: string, rowCount: number): NumericReference {
  const edges = parseEdges(source.edges, `${path}.edges`);
  const reference: NumericReference = {
    name: text(source.name, `${path}.name`),
    type: 'number',
    edges,
    counts: list(source.counts, `${path}.counts`, edges.length + 1, count),
    centers: list(source.centers, `${path}.centers`, edges.length + 1, number),
    missing: count(source.missing, `${path}.missing`),
    nonFinite: count(source.nonFinite, `${path}.nonFinite`),
    mean: number(source.mean, `${path}.mean`),
    standardDeviation: nonNegative(source.standardDeviation, `${path}.standardDeviation`),
    minimum: number(source.minimum, `${path}.minimum`),
    maximum: number(source.maximum, `${path}.maximum`),
  };
  if (!isAscending(reference.centers)) {
    throw new FormatError(`"${path}.centers" expected ascending numbers`);
  }
  if (reference.minimum > reference.maximum)
    throw new FormatError(`"${path}.minimum" is above "${path}.maximum"`);
  checkTotal(path, [...reference.counts, reference.missing], rowCount);
  return reference;
}

function parseCategory(source: Json, path: string, rowCount: number): CategoryReference {
  const levels = texts(source.levels, `${path}.levels`);
  const otherLevels = texts(source.otherLevels, `${path}.otherLevels`);
  checkDistinct(path, [...levels, ...otherLevels]);
  const reference: CategoryReference = {
    name: text(source.name, `${path}.name`),
    type: 'category',
    levels,
    counts: list(source.counts, `${path}.counts`, levels.length, count),
    otherLevels,
    otherCount: count(source.otherCount, `${path}.otherCount`),
    missing: count(source.missing, `${path}.missing`),
    singletons: count(source.singletons, `${path}.singletons`),
  };
  checkTotal(path, [...reference.counts, reference.otherCount, reference.missing], rowCount);
  return reference;
}

function parseEdges(value: unknown, path: string): number[] {
  const edges = array(value, path).map((edge, i) => number(edge, `${path}[${i}]`));
  if (isAscending(edges)) return edges;
  throw new FormatError(`"${path}" expected ascending numbers`);
}

function isAscending(numbers: readonly number[]): boolean {
  return numbers.every((number, i) => i === 0 || number > numbers[i - 1]!);
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

function checkAtMost(path: string, parts: readonly number[], wholes: readonly number[]): void {
  const index = parts.findIndex((part, i) => part > wholes[i]!);
  if (index < 0) return;
  throw wrong(`${path}[${index}]`, `at most ${wholes[index]}`, parts[index]);
}

function checkDistinct(path: string, names: readonly string[]): void {
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (twice !== undefined) {
    throw new FormatError(`"${path}" expected distinct names, got ${show(twice)} twice`);
  }
}
