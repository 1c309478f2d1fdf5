import { nearest } from '../../core/check.js';
import { evaluateExpression, fieldsOf } from '../../model/expression.js';
import type { Field, Rule } from '../../model/schema.js';
import type { RowRecord } from '../../score/scorer.js';
import type { ProblemList } from './problem.js';

/** Where a record stands in a request: `['body']` or `['body', row]`. */
type Path = readonly (string | number)[];

/** Decides whether a value from outside is a record the model can score, and says everything that is wrong with it. */
export interface RecordValidator {
  /** Whether {@link validate} would find nothing, by a shorter way; of values out of JSON. Allocates nothing. */
  accepts(value: unknown): value is RowRecord;
  /**
   * @param problems - gets what is wrong (OUT)
   * @returns whether nothing is wrong; the value may then be read as a {@link RowRecord} with exactly the schema's fields.
   */
  validate(value: unknown, path: Path, problems: ProblemList): value is RowRecord;
}

// longer names get no suggestion: the edit distance is quadratic and the name comes from outside
const LONGEST_GUESS = 64;
const LONGEST_ECHO = 100;

/**
 * Makes a validator out of a model's own schema and rules. Every field must be present; null is a missing value. Numbers
 * are finite JSON numbers, categories JSON strings, and a category that training has not seen is allowed.
 * Rules are evaluated on records whose types are right, as float32; one with a missing value in its fields passes.
 */
export function createRecordValidator(
  fields: readonly Field[],
  rules: readonly Rule[],
): RecordValidator {
  const names = fields.map(({ name }) => name);
  const known = new Set(names);
  const compiled = rules.map((rule) => ({ rule, reads: fieldsOf(rule.expression) }));
  const values = new Float32Array(fields.length);
  const isNumber = fields.map(({ type }) => type === 'number');
  const fieldCount = fields.length;

  function acceptsFields(record: Readonly<Record<string, unknown>>): boolean {
    for (let index = 0; index < fieldCount; index++) {
      // what a record inherits is of a type that no field has
      const value = record[names[index]!];
      if (value === null) values[index] = NaN;
      else if (isNumber[index]) {
        if (typeof value !== 'number' || value - value !== 0) return false;
        values[index] = value;
      } else if (typeof value !== 'string') return false;
    }
    let count = 0;
    for (const _name in record) count++;
    return count === fieldCount;
  }

  function checkFields(record: object, path: Path, problems: ProblemList): void {
    for (const [index, field] of fields.entries()) {
      if (!Object.hasOwn(record, field.name)) {
        problems.add(
          'missing',
          [...path, field.name],
          'field required; null stands for a missing value',
        );
        continue;
      }
      const value = (record as Readonly<Record<string, unknown>>)[field.name];
      checkValue(field, value, path, problems);
      values[index] = typeof value === 'number' ? value : NaN;
    }
  }

  function checkNames(record: object, path: Path, problems: ProblemList): void {
    for (const name of Object.keys(record)) {
      if (known.has(name)) continue;
      const guess = name.length <= LONGEST_GUESS ? nearest(name, names) : undefined;
      const hint = guess === undefined ? '' : `; did you mean "${guess}"?`;
      const loc = [...path, name.slice(0, LONGEST_ECHO)];
      problems.add('extra_forbidden', loc, `the model has no such field${hint}`);
      if (problems.full) return;
    }
  }

  /** Whether the row in `values` meets a rule; it does when a value that the rule reads is missing. */
  function meets({ rule, reads }: (typeof compiled)[number]): boolean {
    for (const index of reads) if (Number.isNaN(values[index]!)) return true;
    return evaluateExpression(rule.expression, values) === 1;
  }

  function checkRules(path: Path, problems: ProblemList): void {
    for (const one of compiled) {
      if (!meets(one)) problems.add('value_error', [...path, one.rule.field], one.rule.message);
    }
  }

  return {
    accepts(value): value is RowRecord {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
      return acceptsFields(value as Record<string, unknown>) && compiled.every(meets);
    },
    validate(value, path, problems): value is RowRecord {
      const before = problems.problems.length;
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        problems.add('dict_type', [...path], 'expected an object with the fields of the model');
        return false;
      }
      checkFields(value, path, problems);
      checkNames(value, path, problems);
      if (problems.problems.length === before) checkRules(path, problems);
      return problems.problems.length === before;
    },
  };
}

function checkValue(field: Field, value: unknown, path: Path, problems: ProblemList): void {
  if (value === null) return;
  if (field.type === 'category') {
    if (typeof value !== 'string') {
      problems.add('string_type', [...path, field.name], 'expected a string or null');
    }
  } else if (typeof value !== 'number') {
    problems.add('float_type', [...path, field.name], 'expected a number or null');
  } else if (!Number.isFinite(value)) {
    problems.add('finite_number', [...path, field.name], 'expected a finite number');
  }
}
