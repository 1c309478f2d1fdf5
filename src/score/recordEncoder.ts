import { show } from '../core/check.js';
import { DataError } from '../core/errors.js';
import type { compileExpression } from '../model/expression.js';
import { codeOf, type FieldPlan, failAbsent, failUnknown, numberOf } from './fieldValues.js';
import type { RowRecord } from './scorer.js';

/** Turns records into feature rows; allocates nothing a record. */
export interface RecordEncoder {
  /** Writes the features of a record at `offset`; `row` is for messages. @throws {DataError} */
  encodeInto(record: RowRecord, row: number, out: Float32Array, offset: number): void;
}

/** @param compile - what makes functions of derived features, for models that have some */
export function createRecordEncoder(
  plan: FieldPlan,
  compile: typeof compileExpression | undefined,
): RecordEncoder {
  const { fields, features, indexOf, codes } = plan;
  const numbers = new Float32Array(fields.length);
  const texts: unknown[] = fields.map(() => undefined);
  // the names of the last record in their order, and which fields they are: most records list the same ones in the same order,
  // and to compare two names is cheaper than to look one up
  const lastNames: string[] = [];
  const lastFields: number[] = [];
  let row = 0;

  const readFeature = features.map((feature, index): (() => number) => {
    if (feature.kind === 'derived') return compile!(feature.expression, numbers);
    const { field } = feature;
    if (feature.kind === 'field') return () => numbers[field]!;
    const { name } = fields[field]!;
    return () => codeOf(codes[index]!, texts[field], row, name);
  });

  function readField(field: number, value: unknown): void {
    const { name, type } = fields[field]!;
    if (type === 'category') texts[field] = value;
    else numbers[field] = typeof value === 'number' ? value : numberOf(value, row, name);
  }

  /** Reads what the record lists, and returns how many fields that were. */
  function readListed(record: RowRecord): number {
    let count = 0;
    let at = 0;
    for (const name in record) {
      if (lastNames[at] !== name) {
        lastNames[at] = name;
        lastFields[at] = indexOf.get(name) ?? -1;
      }
      const field = lastFields[at++]!;
      if (field >= 0) {
        readField(field, record[name]);
        count++;
      } else if (plan.unknownFields === 'error') failUnknown(plan, name, `row ${row}: `);
    }
    return count;
  }

  /** Reads the fields by name: what is absent is found, and what is there without being listed. */
  function readNamed(record: RowRecord): void {
    fields.forEach(({ name }, field) => {
      const value = record[name];
      if (value === undefined && plan.absentFields === 'error' && !Object.hasOwn(record, name)) {
        failAbsent(name, `row ${row}: `);
      }
      readField(field, value);
    });
  }

  return {
    encodeInto(record, index, out, offset) {
      row = index;
      if (typeof record !== 'object' || record === null) {
        throw new DataError(`row ${row}: expected a record, got ${show(record)}`);
      }
      if (readListed(record) < fields.length) readNamed(record);
      for (let feature = 0; feature < readFeature.length; feature++) {
        out[offset + feature] = readFeature[feature]!();
      }
    },
  };
}
