import { type Expression as Ast, type CallExpression, parseExpressionAt } from 'acorn';
import { nearest } from '../core/check.js';
import { ConfigError } from '../core/errors.js';
import { type Expression, OPERATORS, type Operator } from '../model/expression.js';
import type { Field } from '../model/schema.js';

/** What the names in an expression may stand for. A name must stand for one thing only. */
export interface ExpressionScope {
  /** the schema's fields; only the numeric ones may be read */
  fields: readonly Field[];
  /** named constants */
  parameters?: Readonly<Record<string, number>>;
  /** earlier derived features, put in the place of their names; they are numbers */
  derived?: ReadonlyMap<string, Expression>;
}

export type ExpressionType = 'number' | 'boolean';

/** An expression that cannot be read; the message shows the line of the source with a mark under the place. */
export class ExpressionError extends ConfigError {
  override name = 'ExpressionError';
  readonly source: string;
  /** 0-based offset into the source, in UTF-16 units */
  readonly offset: number;
  constructor(problem: string, source: string, offset: number) {
    super(`${problem}, at character ${offset + 1} of\n${mark(source, offset)}`);
    this.source = source;
    this.offset = offset;
  }
}

/** Limits that keep a hostile configuration from exhausting the stack or the memory. */
const MAX_SOURCE_LENGTH = 10_000;
const MAX_DEPTH = 200;
const MAX_OPERATIONS = 10_000;

const BINARY: Readonly<Record<string, Operator>> = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '<': 'less',
  '<=': 'lessOrEqual',
  '>': 'greater',
  '>=': 'greaterOrEqual',
  '==': 'equal',
  '===': 'equal',
  '!=': 'notEqual',
  '!==': 'notEqual',
  '&&': 'and',
  '||': 'or',
};

/** Argument counts, [least, most]; all arguments are numbers. */
const FUNCTIONS = {
  abs: [1, 1],
  min: [2, 100],
  max: [2, 100],
  sqrt: [1, 1],
  floor: [1, 1],
  ceil: [1, 1],
  log: [1, 1],
  exp: [1, 1],
  log1p: [1, 1],
  isMissing: [1, 1],
  clip: [3, 3],
} as const satisfies Record<string, readonly [number, number]>;

type FunctionName = keyof typeof FUNCTIONS;

/**
 * Reads an arithmetic or logical expression over numeric fields; nothing of it is ever run as code.
 *
 * The grammar is that part of JavaScript: numbers, names (in backticks when they are no identifiers: `` `x-box` ``),
 * `+ - * /`, comparisons, `&& || !`, `?:` and calls of abs, min, max, sqrt, floor, ceil, log, exp, log1p, isMissing
 * and clip(x, low, high).
 * @param expected - the type that the whole expression must have.
 * @throws {ExpressionError} on bad syntax, unknown names or functions, wrong argument counts and wrong types.
 */
export function parseExpression(
  source: string,
  scope: ExpressionScope,
  expected: ExpressionType,
): Expression {
  const ast = parseSyntax(source);
  return new Translator(source, scope).translate(ast, expected);
}

function parseSyntax(source: string): Ast {
  if (source.length > MAX_SOURCE_LENGTH) {
    const problem = `expected at most ${MAX_SOURCE_LENGTH} characters, got ${source.length}`;
    throw new ExpressionError(problem, source, MAX_SOURCE_LENGTH);
  }
  let ast: Ast;
  try {
    // parentheses are kept, so that `end` is the end of all that was read
    ast = parseExpressionAt(source, 0, { ecmaVersion: 2022, preserveParens: true });
  } catch (error) {
    const { pos, message } = error as { pos?: number; message: string };
    // acorn has no depth limit of its own: too many parentheses end the stack
    if (pos === undefined) throw new ExpressionError('nested too deeply', source, 0);
    const problem = message.replace(/ \(\d+:\d+\)$/, '');
    throw new ExpressionError(`${problem}; expected an expression`, source, pos);
  }
  const rest = source.slice(ast.end).search(/\S/);
  if (rest >= 0) {
    const seen = JSON.stringify(source[ast.end + rest]);
    const problem = `unexpected ${seen}; expected an operator or the end`;
    throw new ExpressionError(problem, source, ast.end + rest);
  }
  return ast;
}

/** Walks the syntax tree of acorn into the plain data of an {@link Expression}, checking names and types. */
class Translator {
  private readonly source: string;
  private readonly scope: ExpressionScope;
  private operationCount = 0;

  constructor(source: string, scope: ExpressionScope) {
    this.source = source;
    this.scope = scope;
  }

  translate(node: Ast, expected: ExpressionType, depth: number = 0): Expression {
    if (depth > MAX_DEPTH) this.fail(`nested deeper than ${MAX_DEPTH}`, node);
    this.count(1, node);
    const inner = depth + 1;
    switch (node.type) {
      case 'ParenthesizedExpression':
        return this.translate(node.expression, expected, inner);
      case 'Literal':
        return this.number(node.value, expected, node);
      case 'Identifier':
        return this.name(node.name, expected, node);
      case 'TemplateLiteral': {
        const [text] = node.quasis;
        if (node.expressions.length > 0) this.fail('expected a plain name in backticks', node);
        return this.name(text!.value.cooked ?? '', expected, node);
      }
      case 'UnaryExpression': {
        const { operator, argument } = node;
        if (operator === '!') return this.operation('not', [argument], expected, node, inner);
        if (operator === '-') return this.operation('negate', [argument], expected, node, inner);
        if (operator !== '+') return this.fail(`operator "${operator}" is not supported`, node);
        this.requireType('number', expected, node);
        return this.translate(argument, 'number', inner);
      }
      case 'BinaryExpression':
      case 'LogicalExpression': {
        const op = Object.hasOwn(BINARY, node.operator) ? BINARY[node.operator] : undefined;
        if (!op || node.left.type === 'PrivateIdentifier') {
          return this.fail(`operator "${node.operator}" is not supported`, node);
        }
        return this.operation(op, [node.left, node.right], expected, node, inner);
      }
      case 'ConditionalExpression': {
        const { test, consequent, alternate } = node;
        return this.operation('where', [test, consequent, alternate], expected, node, inner);
      }
      case 'CallExpression':
        return this.call(node, expected, inner);
      default:
        return this.fail(
          `${describe(node)} is not supported; expected numbers, names, operators and calls`,
          node,
        );
    }
  }

  private operation(
    op: Operator,
    args: readonly Ast[],
    expected: ExpressionType,
    node: Ast,
    depth: number,
  ): Expression {
    const [types, result] = OPERATORS[op].split(':') as [string, string];
    this.requireType(typeOf(result), expected, node);
    return {
      op,
      args: args.map((arg, index) => this.translate(arg, typeOf(types[index]!), depth)),
    };
  }

  private call(node: CallExpression, expected: ExpressionType, depth: number): Expression {
    const { callee } = node;
    if (callee.type !== 'Identifier') {
      return this.fail(`only functions may be called: ${FUNCTION_NAMES.join(', ')}`, callee as Ast);
    }
    if (!Object.hasOwn(FUNCTIONS, callee.name)) {
      const hint = suggest(callee.name, FUNCTION_NAMES, `known: ${FUNCTION_NAMES.join(', ')}`);
      this.fail(`unknown function "${callee.name}"; ${hint}`, callee);
    }
    const name = callee.name as FunctionName;
    const [least, most] = FUNCTIONS[name];
    const seen = node.arguments.length;
    if (seen < least || seen > most || node.optional) {
      const wanted = least === most ? `${least}` : `${least} or more`;
      this.fail(
        `${name} expected ${wanted} argument${wanted === '1' ? '' : 's'}, got ${seen}`,
        node,
      );
    }
    this.requireType(name === 'isMissing' ? 'boolean' : 'number', expected, node);
    const args = node.arguments.map((arg) => this.translate(arg as Ast, 'number', depth));
    this.count(args.length, node);
    return buildCall(name, args);
  }

  private number(value: unknown, expected: ExpressionType, node: Ast): Expression {
    if (typeof value !== 'number') {
      return this.fail(`${describe(node)} is not supported; expected a number or a name`, node);
    }
    this.requireType('number', expected, node);
    if (!Number.isFinite(Math.fround(value)))
      this.fail('expected a number that fits float32', node);
    return { op: 'constant', value };
  }

  private name(name: string, expected: ExpressionType, node: Ast): Expression {
    const { fields, parameters = {}, derived = new Map<string, Expression>() } = this.scope;
    const index = fields.findIndex((field) => field.name === name);
    const inlined = derived.get(name);
    const meanings = [
      ...(index >= 0 ? ['a field'] : []),
      ...(Object.hasOwn(parameters, name) ? ['a parameter'] : []),
      ...(inlined ? ['a derived feature'] : []),
    ];
    if (meanings.length > 1) this.fail(`"${name}" is both ${meanings.join(' and ')}`, node);
    if (meanings.length === 0) {
      const known = [...fields.map((field) => field.name), ...Object.keys(parameters)];
      const hint = suggest(name, [...known, ...derived.keys()], '');
      const wanted = 'expected a numeric field, a parameter or an earlier derived feature';
      this.fail(`unknown name "${name}"; ${wanted}${hint && `; ${hint}`}`, node);
    }
    if (fields[index]?.type === 'category') {
      this.fail(`"${name}" is a category field; expected a ${expected}`, node);
    }
    this.requireType('number', expected, node);
    if (index >= 0) return { op: 'field', field: index };
    if (!inlined) return this.number(parameters[name], 'number', node);
    this.count(operationCount(inlined, MAX_OPERATIONS), node);
    return inlined;
  }

  private requireType(actual: ExpressionType, expected: ExpressionType, node: Ast): void {
    if (actual !== expected) this.fail(`expected a ${expected}, got a ${actual}`, node);
  }

  /** Inlining can double an expression at every step; the sum is bounded here. */
  private count(operations: number, node: Ast): void {
    this.operationCount += operations;
    if (this.operationCount > MAX_OPERATIONS)
      this.fail(`more than ${MAX_OPERATIONS} operations`, node);
  }

  private fail(problem: string, node: Ast): never {
    throw new ExpressionError(problem, this.source, node.start);
  }
}

const FUNCTION_NAMES = Object.keys(FUNCTIONS) as FunctionName[];

function buildCall(name: FunctionName, args: Expression[]): Expression {
  const [x, low, high] = args as [Expression, Expression, Expression];
  if (name === 'clip') return { op: 'min', args: [{ op: 'max', args: [x, low] }, high] };
  if (name === 'log1p') {
    return { op: 'log', args: [{ op: 'add', args: [{ op: 'constant', value: 1 }, x] }] };
  }
  if (name !== 'min' && name !== 'max') return { op: name, args };
  return args.reduce((folded, arg) => ({ op: name, args: [folded, arg] }));
}

function operationCount(expression: Expression, limit: number): number {
  if (expression.op === 'constant' || expression.op === 'field') return 1;
  let count = 1;
  for (const arg of expression.args) {
    if (count > limit) break;
    count += operationCount(arg, limit - count);
  }
  return count;
}

function typeOf(letter: string): ExpressionType {
  return letter === 'b' ? 'boolean' : 'number';
}

function describe(node: Ast): string {
  if (node.type === 'Literal') return node.raw?.startsWith('/') ? 'a pattern' : `${node.raw}`;
  // 'AssignmentExpression' → 'an assignment expression'
  const words = node.type.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  return `${/^[aeiou]/.test(words) ? 'an' : 'a'} ${words}`;
}

function suggest(name: string, known: readonly string[], otherwise: string): string {
  const near = nearest(name, known);
  return near ? `did you mean "${near}"?` : otherwise;
}

/** The source line of an offset, cut to 100 characters around it, with a caret below. */
function mark(source: string, offset: number): string {
  const lineStart = source.lastIndexOf('\n', offset - 1) + 1;
  const lineEnd = source.indexOf('\n', offset);
  const start = Math.max(lineStart, offset - 60);
  const text = source.slice(start, lineEnd < 0 ? source.length : lineEnd).slice(0, 100);
  return `  ${text}\n  ${' '.repeat(offset - start)}^`;
}
