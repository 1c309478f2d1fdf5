import { container, number, type Reader, refuse, text } from '../core/place.js';
import { type Expression, OPERATORS } from '../model/expression.js';
import type { Field } from '../model/schema.js';
import { fieldIndex } from './indices.js';
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
 */
export function expression(
  fields: readonly Field[],
  result: string,
  depth: number = 0,
): Reader<Expression> {
  return (place, key) => {
    if (depth > MAX_EXPRESSION_DEPTH) {
      refuse(place, key, `no expression deeper than ${MAX_EXPRESSION_DEPTH}`, 'one');
    }
    const parts = container(place, key);
    const op = text(parts, 0) as Expression['op'];
    const isLeaf = op === 'constant' || op === 'field';
    if (!isLeaf && !Object.hasOwn(OPERATORS, op)) refuse(parts, 0, 'an operation');
    const signature: string = isLeaf ? 'x:n' : OPERATORS[op];
    const [parameters, type] = signature.split(':') as [string, string];
    const count = (parts.value as unknown[]).length - 1;
    if (count !== parameters.length) {
      refuse(place, key, `${parameters.length} arguments of "${op}"`, count);
    }
    if (type !== result) refuse(place, key, NAMES[result]!, `${NAMES[type]} from "${op}"`);
    if (op === 'constant') return { op, value: number(-Infinity, Infinity)(parts, 1) };
    if (op === 'field') return { op, field: fieldIndex(fields, 'number')(parts, 1) };
    const args = Array.from(parameters, (parameter, index) =>
      expression(fields, parameter, depth + 1)(parts, index + 1),
    );
    return { op, args };
  };
}

const NAMES: Readonly<Record<string, string>> = { n: 'a number', b: 'a truth value' };
