import { exp, log } from '../core/elementary.js';

/**
 * An expression over the raw numeric fields, as plain data: derived features and rules.
 * Every operation rounds to float32, so that JavaScript, WebAssembly and ONNX Runtime agree bit for bit
 * (`log` and `exp` are computed in float64 and rounded once).
 */
export type Expression =
  | { op: 'constant'; value: number }
  /** `field` is an index into `schema.fields`; the field is numeric */
  | { op: 'field'; field: number }
  | { op: Operator; args: Expression[] };

/** Name, argument types and result type of each operation; `b` is boolean, `n` a number. */
export const OPERATORS = {
  add: 'nn:n',
  subtract: 'nn:n',
  multiply: 'nn:n',
  divide: 'nn:n',
  negate: 'n:n',
  abs: 'n:n',
  sqrt: 'n:n',
  floor: 'n:n',
  ceil: 'n:n',
  log: 'n:n',
  exp: 'n:n',
  min: 'nn:n',
  max: 'nn:n',
  less: 'nn:b',
  lessOrEqual: 'nn:b',
  greater: 'nn:b',
  greaterOrEqual: 'nn:b',
  equal: 'nn:b',
  notEqual: 'nn:b',
  and: 'bb:b',
  or: 'bb:b',
  not: 'b:b',
  isMissing: 'n:b',
  where: 'bnn:n',
} as const;

export type Operator = keyof typeof OPERATORS;

/** What each operation computes; the result is rounded to float32. `where` is not among them: it reads one branch only. */
const OPERATIONS: Readonly<
  Record<Exclude<Operator, 'where'>, (a: number, b: number) => number | boolean>
> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  negate: (a) => -a,
  abs: Math.abs,
  sqrt: Math.sqrt,
  floor: Math.floor,
  ceil: Math.ceil,
  log,
  exp,
  min: Math.min,
  max: Math.max,
  less: (a, b) => a < b,
  lessOrEqual: (a, b) => a <= b,
  greater: (a, b) => a > b,
  greaterOrEqual: (a, b) => a >= b,
  equal: (a, b) => a === b,
  notEqual: (a, b) => a !== b,
  and: (a, b) => a === 1 && b === 1,
  or: (a, b) => a === 1 || b === 1,
  not: (a) => a !== 1,
  isMissing: (a) => a !== a,
};

/**
 * Evaluates an expression for one row.
 * @param values - one number a schema field (float32; NaN is missing); entries of category fields are not read.
 * @returns a float32 number; booleans are 1 and 0. NaN spreads through arithmetic and makes comparisons false.
 */
export function evaluateExpression(expression: Expression, values: ArrayLike<number>): number {
  if (expression.op === 'constant') return Math.fround(expression.value);
  if (expression.op === 'field') return values[expression.field]!;
  const { op, args } = expression;
  const a = evaluateExpression(args[0]!, values);
  if (op === 'where') return evaluateExpression(args[a === 1 ? 1 : 2]!, values);
  const b = args.length > 1 ? evaluateExpression(args[1]!, values) : 0;
  return Math.fround(Number(OPERATIONS[op](a, b)));
}

/**
 * An expression as a function of no arguments that reads `values` when it is called: for many rows through the same array.
 * No code is generated. Each call allocates nothing and gives the bits of {@link evaluateExpression}.
 */
export function compileExpression(expression: Expression, values: ArrayLike<number>): () => number {
  if (expression.op === 'constant') {
    const value = Math.fround(expression.value);
    return () => value;
  }
  if (expression.op === 'field') {
    const { field } = expression;
    return () => values[field]!;
  }
  const { op, args } = expression;
  const [a, b, c] = args.map((arg) => compileExpression(arg, values)) as [
    () => number,
    () => number,
    () => number,
  ];
  if (op === 'where') return () => (a() === 1 ? b() : c());
  const operation = OPERATIONS[op];
  if (args.length === 1) return () => Math.fround(Number(operation(a(), 0)));
  return () => Math.fround(Number(operation(a(), b())));
}

/**
 * Evaluates an expression for many rows at once, a column at a time.
 * @param columns - one Float32Array of at least `rowCount` values a schema field; category fields may be undefined.
 * @returns a new Float32Array, length rowCount; equal bit for bit to {@link evaluateExpression} on each row.
 */
export function evaluateColumns(
  expression: Expression,
  columns: readonly (Float32Array | undefined)[],
  rowCount: number,
): Float32Array {
  if (expression.op === 'constant') return new Float32Array(rowCount).fill(expression.value);
  if (expression.op === 'field') return columns[expression.field]!.slice(0, rowCount);
  const { op } = expression;
  const args = expression.args.map((arg) => evaluateColumns(arg, columns, rowCount));
  const [a, b, c] = args as [Float32Array, Float32Array, Float32Array];
  const out = new Float32Array(rowCount);
  if (op === 'where') {
    for (let i = 0; i < rowCount; i++) out[i] = a[i] === 1 ? b[i]! : c[i]!;
    return out;
  }
  const operation = OPERATIONS[op];
  // an operation of one argument is given a second, which it does not read
  const second = b ?? a;
  for (let i = 0; i < rowCount; i++) out[i] = Number(operation(a[i]!, second[i]!));
  return out;
}

/** The indices of the fields an expression reads, ascending. */
export function fieldsOf(expression: Expression): number[] {
  const found = new Set<number>();
  const visit = (node: Expression): void => {
    if (node.op === 'field') found.add(node.field);
    else if (node.op !== 'constant') node.args.forEach(visit);
  };
  visit(expression);
  return [...found].sort((a, b) => a - b);
}
