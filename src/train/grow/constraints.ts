import { checkInteger, nearest, show } from '../../core/check.js';
import { ConfigError } from '../../core/errors.js';
import type { BinMapper } from '../bins/binMapper.js';
import type { TrainingMatrix } from '../trainingMatrix.js';

/** -1: the margin never rises with the feature. 1: it never falls. 0: it does as it likes. */
export type Direction = -1 | 0 | 1;

/** What may be asked of the shape of a model; the options that are lists, beside the tables of numbers and choices. */
export interface ConstraintOptions {
  /**
   * A direction a feature, or directions by feature name (those left out are 0). Numeric features only. With it each tree,
   * and so their sum, is monotone in the feature over all numbers, ±Infinity included; nothing is said about missing.
   */
  monotone: readonly Direction[] | Readonly<Record<string, Direction>> | undefined;
  /**
   * Groups of features, by index or name. The features on a path from root to leaf all belong to one group; groups may
   * overlap, and a feature in no group is a group of its own (as in XGBoost).
   */
  interactions: readonly (readonly (number | string)[])[] | undefined;
}

export const CONSTRAINT_DEFAULTS: Readonly<ConstraintOptions> = Object.freeze({
  monotone: undefined,
  interactions: undefined,
});

/** Checked constraints, by feature index; undefined where nothing is asked. */
export interface FeatureConstraints {
  directions: Int8Array | undefined;
  groups: readonly ReadonlySet<number>[] | undefined;
}

/** The same by column of the binned matrix. */
export interface ColumnConstraints {
  directions: Int8Array | undefined;
  groups: readonly ReadonlySet<number>[] | undefined;
}

/** What of a training matrix constraints are checked against. */
type Features = Pick<TrainingMatrix, 'featureCount' | 'featureNames' | 'categorical'>;

/** @throws {ConfigError} on a feature that does not exist, a direction that is none, or one for a categorical feature. */
export function resolveConstraints(
  features: Features,
  { monotone, interactions }: ConstraintOptions,
): FeatureConstraints {
  return {
    directions: monotone === undefined ? undefined : resolveMonotone(features, monotone),
    groups: interactions === undefined ? undefined : resolveInteractions(features, interactions),
  };
}

/** Constraints by column: features without a column (constant, all missing) can break none. */
export function columnConstraints(
  { directions, groups }: FeatureConstraints,
  { columns }: BinMapper,
): ColumnConstraints {
  const columnOf = new Map(columns.map(({ featureIndex }, column) => [featureIndex, column]));
  const inColumns = (group: ReadonlySet<number>): Set<number> =>
    new Set([...group].map((feature) => columnOf.get(feature) ?? -1).filter((at) => at >= 0));
  return {
    directions: directions && Int8Array.from(columns, (bins) => directions[bins.featureIndex]!),
    groups: groups?.map(inColumns),
  };
}

/** The groups that still hold every feature of a path, once `column` is on it. */
export function narrowGroups(
  groups: ColumnConstraints['groups'],
  column: number,
): ColumnConstraints['groups'] {
  return groups?.filter((group) => group.has(column));
}

/** Those of some columns that may come next on a path. */
export function columnsOfGroups(
  columns: Uint32Array,
  groups: ColumnConstraints['groups'],
): Uint32Array {
  return groups ? columns.filter((column) => groups.some((group) => group.has(column))) : columns;
}

function resolveMonotone(
  features: Features,
  monotone: NonNullable<ConstraintOptions['monotone']>,
): Int8Array | undefined {
  const { featureCount, categorical = [] } = features;
  if (typeof monotone !== 'object' || monotone === null) {
    throw new ConfigError(
      `"monotone" expected a list of -1, 0 and 1, or an object of them by feature name, got ${show(monotone)}`,
    );
  }
  const directions = new Int8Array(featureCount);
  const set = (feature: number, key: string, direction: unknown): void => {
    if (direction !== -1 && direction !== 0 && direction !== 1) {
      throw new ConfigError(`"monotone": ${key} expected -1, 0 or 1, got ${show(direction)}`);
    }
    if (direction !== 0 && categorical.includes(feature)) {
      throw new ConfigError(
        `"monotone": ${key} is categorical, and its levels have no order; expected 0, got ${direction}`,
      );
    }
    directions[feature] = direction;
  };
  if (Array.isArray(monotone)) {
    if (monotone.length !== featureCount) {
      throw new ConfigError(
        `"monotone" expected a direction for each of ${featureCount} features, got ${monotone.length}`,
      );
    }
    // by index: an array with holes must not pass for one without
    for (let feature = 0; feature < featureCount; feature++) {
      set(feature, `feature ${feature}`, monotone[feature]);
    }
  } else {
    for (const [name, direction] of Object.entries(monotone)) {
      set(featureOf('monotone', features, name), `feature ${show(name)}`, direction);
    }
  }
  return directions.some((direction) => direction !== 0) ? directions : undefined;
}

function resolveInteractions(
  features: Features,
  interactions: NonNullable<ConstraintOptions['interactions']>,
): Set<number>[] {
  if (!Array.isArray(interactions) || interactions.length === 0) {
    throw new ConfigError(
      `"interactions" expected a list of one or more groups of features, got ${show(interactions)}`,
    );
  }
  const groups = interactions.map((group: unknown, at) => {
    if (!Array.isArray(group) || group.length === 0) {
      throw new ConfigError(
        `"interactions": group ${at} expected a list of one or more features, got ${show(group)}`,
      );
    }
    return new Set(group.map((feature) => featureOf('interactions', features, feature)));
  });
  const grouped = new Set(groups.flatMap((group) => [...group]));
  for (let feature = 0; feature < features.featureCount; feature++) {
    if (!grouped.has(feature)) groups.push(new Set([feature]));
  }
  return groups;
}

/** The index of a feature given by index or by name; names are f0, f1, … where the data has none. */
function featureOf(option: string, features: Features, feature: unknown): number {
  const { featureCount, featureNames } = features;
  if (typeof feature !== 'string') return checkInteger(option, feature, 0, featureCount - 1);
  const names = featureNames ?? Array.from({ length: featureCount }, (_, i) => `f${i}`);
  const index = names.indexOf(feature);
  if (index >= 0) return index;
  const near = nearest(feature, names);
  throw new ConfigError(
    `"${option}": there is no feature ${show(feature)}${near ? `; did you mean "${near}"?` : ''}`,
  );
}
