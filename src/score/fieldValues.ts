import { checkOneOf, show, suggest } from '../core/check.js';
import { DataError } from '../core/errors.js';
import { type Feature, UNSEEN } from '../model/feature.js';
import type { Field } from '../model/schema.js';

/** What records and columns may leave out or bring along. */
export interface RecordOptions {
  /** names that are no field of the model */
  unknownFields: 'error' | 'ignore';
  /** fields that are not there at all; null and undefined are always missing */
  absentFields: 'error' | 'missing';
}

export const RECORD_DEFAULTS: Readonly<RecordOptions> = Object.freeze({
  unknownFields: 'error',
  absentFields: 'error',
});

/** The fields of a model by name and by index, and the features that are made of them. */
export interface FieldPlan extends RecordOptions {
  fields: readonly Field[];
  features: readonly Feature[];
  /** index of each field */
  indexOf: ReadonlyMap<string, number>;
  /** per feature: the codes of a category's levels */
  codes: readonly (ReadonlyMap<string, number> | undefined)[];
}

/** Builds the tables of names and levels once. @throws {ConfigError} on a wrong value of an option. */
export function planFields(
  fields: readonly Field[],
  features: readonly Feature[],
  options: Partial<RecordOptions>,
): FieldPlan {
  const chosen = { ...RECORD_DEFAULTS, ...options };
  checkOneOf('unknownFields', chosen.unknownFields, ['error', 'ignore']);
  checkOneOf('absentFields', chosen.absentFields, ['error', 'missing']);
  return {
    ...chosen,
    fields,
    features,
    indexOf: new Map(fields.map(({ name }, index) => [name, index])),
    codes: features.map((feature) =>
      feature.kind === 'category'
        ? new Map(feature.levels.map((level, code) => [level, code])).set('', NaN)
        : undefined,
    ),
  };
}

/** What a value of a numeric field counts as; NaN is missing. @param row - for messages; `~index` of a level of a dictionary */
export function numberOf(value: unknown, row: number, name: string): number {
  if (typeof value === 'number') return value;
  if (value === null || value === undefined) return NaN;
  if (typeof value === 'bigint') return Number(value);
  return failType(value, row, name, 'a number');
}

/** The code of a value of a category: {@link UNSEEN} for an unknown level, NaN for missing. */
export function codeOf(
  codes: ReadonlyMap<string, number>,
  value: unknown,
  row: number,
  name: string,
): number {
  if (typeof value === 'string') return codes.get(value) ?? UNSEEN;
  if (value === null || value === undefined) return NaN;
  return failType(value, row, name, 'a string');
}

function failType(value: unknown, row: number, name: string, expected: string): never {
  const where = row < 0 ? `level ${~row}` : `row ${row}`;
  throw new DataError(`${where}: "${name}" expected ${expected}, got ${show(value)}`);
}

/** @param where - begins the message */
export function failUnknown({ fields }: FieldPlan, name: string, where: string): never {
  const known = fields.map((field) => field.name);
  throw new DataError(
    `${where}the model has no field "${name}"; ${suggest(name, known, 'it has')}`,
  );
}

export function failAbsent(name: string, where: string): never {
  throw new DataError(`${where}the field "${name}" is absent`);
}
