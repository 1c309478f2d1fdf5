import { show } from '../core/check.js';
import { integer, type Reader, refuse } from '../core/place.js';
import type { Feature } from '../model/feature.js';
import type { Field, FieldType } from '../model/schema.js';

/** The index of a field, which must have the type. */
export function fieldIndex(fields: readonly Field[], type: FieldType): Reader<number> {
  return (place, key) => {
    const field = integer(0, fields.length - 1)(place, key);
    const { name, type: seen } = fields[field]!;
    return seen === type ? field : refuse(place, key, `a field that is a ${type}`, show(name));
  };
}

/** The index of a feature, which must be a category. */
export function categoryIndex(features: readonly Feature[]): Reader<number> {
  return (place, key) => {
    const index = integer(0, features.length - 1)(place, key);
    const { kind, name } = features[index]!;
    return kind === 'category' ? index : refuse(place, key, 'a category', show(name));
  };
}
