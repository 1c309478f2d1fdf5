import { type Expression, evaluateExpression } from '../model/expression.js';
import { addBatchConstants } from './batchConstant.js';
import type { GraphBuilder, Value } from './graphBuilder.js';

/** A value of the graph and what it holds; a constant is also known as a number. */
interface Operand {
  kind: 'number' | 'boolean';
  value: Value;
  constant?: number;
}

const UNARY: Readonly<Record<string, string>> = {
  negate: 'Neg',
  abs: 'Abs',
  sqrt: 'Sqrt',
  floor: 'Floor',
  ceil: 'Ceil',
};
const ARITHMETIC: Readonly<Record<string, string>> = {
  add: 'Add',
  subtract: 'Sub',
  multiply: 'Mul',
  divide: 'Div',
};
const COMPARISON: Readonly<Record<string, string>> = {
  less: 'Less',
  lessOrEqual: 'LessOrEqual',
  greater: 'Greater',
  greaterOrEqual: 'GreaterOrEqual',
  equal: 'Equal',
};

/**
 * Writes an expression as elementwise float32 operators that give the bits of `evaluateExpression`, the sign of zero
 * included (a later division shows it). Where an operator of ONNX Runtime is looser than that, others take its place:
 *
 * - `Where` turns a -0 of its second input into +0, so values that may be -0 go through its third.
 * - `Min` and `Max` return the first of two equal zeros, and their NaN is not specified.
 * - Adding a constant 0 is optimised away, though -0 + 0 is +0; and `Where` of a `Not` has its inputs swapped.
 * - `(1 / x) * y` is fused into `y / x`, which rounds once; -1 / -x is not.
 *
 * @param inputs - the graph input of each schema field.
 * @returns a float value of shape `[N, 1]`; booleans are 1 and 0.
 */
export function addExpression(
  graph: GraphBuilder,
  expression: Expression,
  inputs: readonly Value[],
): Value {
  const writer = new ExpressionWriter(graph, inputs);
  return writer.column(writer.number(fold(expression)));
}

/** Replaces what does not depend on the row by constants, so that every operand is a constant or a column. */
function fold(expression: Expression): Expression {
  if (expression.op === 'constant' || expression.op === 'field') return expression;
  const folded = { op: expression.op, args: expression.args.map(fold) };
  const [condition] = folded.args;
  if (folded.op === 'where' && condition!.op === 'constant') {
    return folded.args[condition.value === 1 ? 1 : 2]!;
  }
  return folded.args.every(({ op }) => op === 'constant')
    ? { op: 'constant', value: evaluateExpression(folded, []) }
    : folded;
}

/** Writes folded expressions. */
class ExpressionWriter {
  readonly #graph: GraphBuilder;
  readonly #inputs: readonly Value[];

  constructor(graph: GraphBuilder, inputs: readonly Value[]) {
    this.#graph = graph;
    this.#inputs = inputs;
  }

  number(expression: Expression): Operand {
    const operand = this.#write(expression);
    if (operand.kind === 'number') return operand;
    return { kind: 'number', value: this.#graph.cast(operand.value, 'float') };
  }

  /** An operand with a row for each row of the batch. */
  column({ value, constant }: Operand): Value {
    if (constant === undefined) return value;
    return addBatchConstants(this.#graph, this.#inputs[0]!, 'float', [constant]);
  }

  /** A truth value; a number is true when it is 1. */
  #boolean(expression: Expression): Value {
    const operand = this.#write(expression);
    if (operand.kind === 'boolean') return operand.value;
    return this.#node('Equal', operand.value, this.#scalar(1));
  }

  #write(expression: Expression): Operand {
    if (expression.op === 'constant') return this.#constant(Math.fround(expression.value));
    if (expression.op === 'field') {
      return { kind: 'number', value: this.#inputs[expression.field]! };
    }
    const { op, args } = expression;
    switch (op) {
      case 'and':
        return truth(this.#node('And', this.#boolean(args[0]!), this.#boolean(args[1]!)));
      case 'or':
        return truth(this.#node('Or', this.#boolean(args[0]!), this.#boolean(args[1]!)));
      case 'not':
        return truth(this.#not(this.#boolean(args[0]!)));
      case 'where':
        return number(
          this.#select(this.#boolean(args[0]!), this.number(args[1]!), this.number(args[2]!)),
        );
      default: {
        const operands = args.map((arg) => this.number(arg));
        return this.#numeric(op, operands[0]!, operands[1] ?? operands[0]!);
      }
    }
  }

  #numeric(op: string, a: Operand, b: Operand): Operand {
    if (op in UNARY) return number(this.#node(UNARY[op]!, a.value));
    if (op in COMPARISON) return truth(this.#node(COMPARISON[op]!, a.value, b.value));
    if (op in ARITHMETIC) return number(this.#arithmetic(op, a, b));
    switch (op) {
      case 'notEqual':
        return truth(this.#not(this.#node('Equal', a.value, b.value)));
      case 'isMissing':
        return truth(this.#node('IsNaN', a.value));
      case 'log':
      case 'exp': {
        const wide = this.#graph.cast(a.value, 'double');
        const result = this.#node(op === 'log' ? 'Log' : 'Exp', wide);
        return number(this.#graph.cast(result, 'float'));
      }
      case 'max':
        return number(this.#max(a, b));
      default:
        return number(this.#min(a, b));
    }
  }

  #arithmetic(op: string, a: Operand, b: Operand): Value {
    if (op === 'add' && Object.is(a.constant, 0)) return this.#plusZero(b.value);
    if (op === 'add' && Object.is(b.constant, 0)) return this.#plusZero(a.value);
    if (op === 'subtract' && Object.is(b.constant, -0)) return this.#plusZero(a.value);
    if (op === 'divide' && a.constant === 1) {
      return this.#node('Div', this.#scalar(-1), this.#node('Neg', b.value));
    }
    return this.#node(ARITHMETIC[op]!, a.value, b.value);
  }

  /** x + 0: the same, but for -0. */
  #plusZero(x: Value): Value {
    const zero = this.#scalar(0);
    return this.#node('Where', this.#node('Equal', x, zero), zero, x);
  }

  /** `condition ? x : y`, with the sign of zero. */
  #select(condition: Value, x: Operand, y: Operand): Value {
    if (isSafe(x.constant)) return this.#node('Where', condition, x.value, y.value);
    if (isSafe(y.constant)) return this.#node('Where', this.#not(condition), y.value, x.value);
    const both = this.#graph.concat([this.column(y), this.column(x)]);
    const axis = { kind: 'int', value: 1 } as const;
    return this.#graph.addNode('GatherElements', [both, this.#graph.cast(condition, 'int64')], {
      axis,
    });
  }

  #not(condition: Value): Value {
    const yes = this.#graph.addInitializer({ type: 'bool', dims: [], values: [1] });
    return this.#node('Xor', condition, yes);
  }

  #max(a: Operand, b: Operand): Value {
    if (isOrdinary(b.constant)) {
      // false for NaN, which then is the result
      return this.#node('Where', this.#node('LessOrEqual', a.value, b.value), b.value, a.value);
    }
    if (isOrdinary(a.constant)) return this.#max(b, a);
    const zero = this.#scalar(0);
    const zeros = this.#node(
      'And',
      this.#node('Equal', a.value, zero),
      this.#node('Equal', b.value, zero),
    );
    // of zeros, the sum is -0 only when both are; NaN spreads through it as well
    const sum = this.#node('Add', a.value, b.value);
    const larger = this.#select(this.#node('Greater', a.value, b.value), a, b);
    const ordered = this.#select(zeros, number(sum), number(larger));
    const missing = this.#node('Or', this.#node('IsNaN', a.value), this.#node('IsNaN', b.value));
    return this.#node('Where', missing, this.#scalar(NaN), ordered);
  }

  #min(a: Operand, b: Operand): Value {
    if (isOrdinary(b.constant)) {
      return this.#node('Where', this.#node('Greater', a.value, b.value), b.value, a.value);
    }
    if (isOrdinary(a.constant)) return this.#min(b, a);
    return this.#node('Neg', this.#max(this.#negated(a), this.#negated(b)));
  }

  #negated({ value, constant }: Operand): Operand {
    return constant === undefined ? number(this.#node('Neg', value)) : this.#constant(-constant);
  }

  #constant(constant: number): Operand {
    return { kind: 'number', value: this.#scalar(constant), constant };
  }

  #scalar(value: number): Value {
    return this.#graph.scalar('float', value);
  }

  #node(opType: string, ...inputs: Value[]): Value {
    return this.#graph.addNode(opType, inputs);
  }
}

/** A constant that `Where` may take as its second input. */
function isSafe(constant: number | undefined): boolean {
  return constant !== undefined && !Object.is(constant, -0);
}

function isOrdinary(constant: number | undefined): boolean {
  return isSafe(constant) && constant === constant;
}

function number(value: Value): Operand {
  return { kind: 'number', value };
}

function truth(value: Value): Operand {
  return { kind: 'boolean', value };
}
