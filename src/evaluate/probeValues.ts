import { floor32, nextDown32, nextUp32 } from '../core/float.js';
import { type Expression, fieldsOf } from '../model/expression.js';
import type { Forest } from '../model/forest.js';
import type { Model } from '../model/model.js';

const LARGEST = 3.4028234663852886e38;
const SMALLEST_NORMAL = 1.1754943508222875e-38;
const SMALLEST = 1.401298464324817e-45;

/** Numbers that any field must survive. */
export const SPECIAL_NUMBERS: readonly number[] = Object.freeze([
  NaN,
  Infinity,
  -Infinity,
  0,
  -0,
  LARGEST,
  -LARGEST,
  SMALLEST,
  -SMALLEST,
  SMALLEST_NORMAL,
  -SMALLEST_NORMAL,
]);

/** A value to put into a raw field: a float32 number, or a string (undefined is missing). */
export interface Probe {
  kind: 'value';
  /** index into `schema.fields` */
  field: number;
  value: number | string | undefined;
}

/** Asks for the value of a raw field at which a derived feature crosses a threshold; it depends on the rest of the row. */
export interface CrossingProbe {
  kind: 'crossing';
  /** index into `schema.fields` */
  field: number;
  expression: Expression;
  threshold: number;
}

/** The probes that matter to any model: special numbers; missing and unseen strings, then each level. */
export function generalProbes(model: Model): Probe[] {
  return model.schema.fields.flatMap(({ type }, field): Probe[] => {
    const values = type === 'number' ? SPECIAL_NUMBERS : [undefined, ...levelsOf(model, field)];
    return values.map((value) => ({ kind: 'value', field, value }));
  });
}

/**
 * The probes on which this model decides: thresholds, clipping bounds and fills, each with its two float32 neighbours,
 * ascending within a field; for derived features the crossings of their thresholds.
 */
export function decisionProbes(model: Model): (Probe | CrossingProbe)[] {
  const decisive = decisiveValues(model);
  return model.features.flatMap((feature, index): (Probe | CrossingProbe)[] => {
    const values = [...(decisive.get(index) ?? [])].sort((a, b) => a - b);
    if (feature.kind === 'field') {
      return withNeighbours(values).map((value) => ({
        kind: 'value',
        field: feature.field,
        value,
      }));
    }
    if (feature.kind === 'category') return [];
    const { expression } = feature;
    return fieldsOf(expression).flatMap((field) =>
      values.map((threshold) => ({ kind: 'crossing' as const, field, expression, threshold })),
    );
  });
}

/** Per numeric feature: the distinct values at which the predictor's behaviour changes. */
function decisiveValues({ predictor }: Model): Map<number, Set<number>> {
  const found = new Map<number, Set<number>>();
  const add = (feature: number, ...values: number[]): void => {
    const known = found.get(feature) ?? new Set();
    for (const value of values) if (Number.isFinite(value)) known.add(value);
    found.set(feature, known);
  };
  if (predictor.kind === 'forest') forEachNumericNode(predictor, add);
  else {
    for (const { featureIndex, fill, lower, upper } of predictor.numeric) {
      add(featureIndex, fill, lower, upper);
    }
  }
  return found;
}

function forEachNumericNode(
  forest: Forest,
  visit: (feature: number, threshold: number) => void,
): void {
  for (let node = 0; node < forest.threshold.length; node++) {
    if (forest.categorySet[node]! < 0) visit(forest.featureIndex[node]!, forest.threshold[node]!);
  }
}

/** The float32 at or below each value, the one below that and the one above. */
function withNeighbours(values: readonly number[]): number[] {
  const all = new Set<number>();
  for (const value of values) {
    const at = floor32(value);
    all.add(nextDown32(at)).add(at).add(nextUp32(at));
  }
  return [...all];
}

/** Every level of a string field, and two strings that are none, one of them outside printable ASCII. */
function levelsOf(model: Model, field: number): string[] {
  const levels = new Set<string>();
  for (const feature of model.features) {
    if (feature.kind === 'category' && feature.field === field) {
      for (const level of feature.levels) levels.add(level);
    }
  }
  const unseen = ['unseen', '\u0001unseen é'].map((text) => {
    while (levels.has(text)) text += '_';
    return text;
  });
  return [...unseen, ...levels];
}
