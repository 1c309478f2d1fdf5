import { show } from '../core/check.js';
import { integerAt, listAt, numberAt, type Place, refuseAt, textAt } from '../core/place.js';
import { type Expression, OPERATORS } from '../model/expression.js';
import type { Field, FieldType } from '../model/schema.js';
import { MAX_EXPRESSION_DEPTH } from './limits.js';

/** An expression as nested arrays: `['constant', value]`, `['field', index]` or `[operator, argument, …]`. */
export function packExpression(expression: Expression): unknown[] {
  if (expression.op === 'constant') return [expression.op, expression.value];
  if (expression.op === 'field') return [expression.op, expression.field];
  return [expression.op, ...expression.args.map(packExpression)];
}

/**
 * Reads an expression and checks names, argument counts and types.
 * @param result - what the whole expression must give: `n` a number, `b` a truth value
 * @throws {FormatError} saying what was seen and what was expected.
 */
export function unpackExpression(
  place: Place,
  key: string | number,
  fields: readonly Field[],
  result: string,
  depth: number = 0,
): Expression {
  if (depth > MAX_EXPRESSION_DEPTH) {
    refuseAt(place, key, `no expression deeper than ${MAX_EXPRESSION_DEPTH}`, 'one');
  }
  const parts = listAt(place, key, 1, 4);
  const op = textAt(parts, 0) as Expression['op'];
  const isLeaf = op === 'constant' || op === 'field';
  if (!isLeaf && !Object.hasOwn(OPERATORS, op)) refuseAt(parts, 0, 'an operation');
  const signature: string = isLeaf ? 'x:n' : OPERATORS[op];
  const [parameters, type] = signature.split(':') as [string, string];
  const count = parts.value.length - 1;
  if (count !== parameters.length) {
    refuseAt(place, key, `${parameters.length} arguments of "${op}"`, String(count));
  }
  if (type !== result) refuseAt(place, key, NAMES[result]!, `${NAMES[type]} from "${op}"`);
  if (op === 'constant') return { op, value: numberAt(parts, 1, -Infinity, Infinity) };
  if (op === 'field') return { op, field: fieldAt(parts, 1, fields, 'number') };
  const args = Array.from(parameters, (parameter, index) =>
    unpackExpression(parts, index + 1, fields, parameter, depth + 1),
  );
  return { op, args };
}

const NAMES: Readonly<Record<string, string>> = { n: 'a number', b: 'a truth value' };

/** The index of a field, which must have the type. */
export function fieldAt(
  place: Place,
  key: string | number,
  fields: readonly Field[],
  type: FieldType,
): number {
  const field = integerAt(place, key, 0, fields.length - 1);
  if (fields[field]!.type === type) return field;
  return refuseAt(place, key, `a field that is a ${type}`, show(fields[field]!.name));
}
