import { checkKnownKeys } from '../core/check.js';
import { compileExpression } from '../model/expression.js';
import type { Feature } from '../model/feature.js';
import type { Field } from '../model/schema.js';
import { planFields, RECORD_DEFAULTS, type RecordOptions } from './fieldValues.js';
import { createRecordEncoder } from './recordEncoder.js';
import type { RowRecord } from './scorer.js';

/**
 * The feature matrix of records: the one way from named fields to what the predictor reads, for a page and a server alike.
 * Numbers are rounded to float32, derived features computed, categories looked up; a level that training has not seen is -1; null,
 * undefined, NaN and the empty string of a category are missing.
 * @returns row-major Float32Array, length records.length * features.length.
 * @throws {DataError} naming the row (from 0) and the field.
 */
export function encodeRecords(
  fields: readonly Field[],
  features: readonly Feature[],
  records: readonly RowRecord[],
  options: Partial<RecordOptions> = {},
): Float32Array {
  checkKnownKeys('record option', options, Object.keys(RECORD_DEFAULTS));
  const encoder = createRecordEncoder(planFields(fields, features, options), compileExpression);
  const matrix = new Float32Array(records.length * features.length);
  records.forEach((record, row) => {
    encoder.encodeInto(record, row, matrix, row * features.length);
  });
  return matrix;
}
