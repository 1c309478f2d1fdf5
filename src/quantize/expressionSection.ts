import { show } from '../core/check.js';
import { FormatError } from '../core/errors.js';
import { type Expression, OPERATORS, type Operator } from '../model/expression.js';
import type { Field } from '../model/schema.js';
import { asInteger, asList, asNumber, asText } from './checked.js';
import { MAX_EXPRESSION_DEPTH } from './limits.js';
import type { Packed } from './messagePack.js';

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
  content: Packed | undefined,
  path: string,
  fields: readonly Field[],
  result: string,
  depth: number = 0,
): Expression {
  if (depth > MAX_EXPRESSION_DEPTH) {
    throw new FormatError(`${path}: the expression is deeper than ${MAX_EXPRESSION_DEPTH}`);
  }
  const [head, ...rest] = asList(content, path, 1, 4);
  const op = asText(head, `${path}[0]`);
  if (op !== 'constant' && op !== 'field' && !Object.hasOwn(OPERATORS, op)) {
    throw new FormatError(`${path}: no operation is called ${show(op)}`);
  }
  const signature =
    op === 'constant' || op === 'field' ? 'x:n' : (OPERATORS[op as Operator] as string);
  const [parameters, type] = signature.split(':') as [string, string];
  if (rest.length !== parameters.length) {
    throw new FormatError(
      `${path}: ${show(op)} takes ${parameters.length} arguments, got ${rest.length}`,
    );
  }
  if (type !== result) {
    const nameOf = (letter: string): string => (letter === 'n' ? 'a number' : 'a truth value');
    throw new FormatError(`${path}: expected ${nameOf(result)}, ${show(op)} gives ${nameOf(type)}`);
  }
  if (op === 'constant') return { op, value: asNumber(rest[0], `${path}[1]`) };
  if (op === 'field') {
    const field = asInteger(rest[0], `${path}[1]`, 0, fields.length - 1);
    if (fields[field]!.type === 'number') return { op, field };
    throw new FormatError(`${path}: the field ${show(fields[field]!.name)} is not a number`);
  }
  const args = rest.map((arg, index) =>
    unpackExpression(arg, `${path}[${index + 1}]`, fields, parameters[index]!, depth + 1),
  );
  return { op: op as Operator, args };
}
