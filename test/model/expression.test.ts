import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Expression,
  evaluateColumns,
  evaluateExpression,
  fieldsOf,
  OPERATORS,
  type Operator,
} from '../../src/model/expression.js';

const FIELD_COUNT = 3;
const SPECIAL = [
  0,
  -0,
  1,
  -1,
  NaN,
  Infinity,
  -Infinity,
  3.4028234663852886e38,
  1.401298464324817e-45,
];
const value = fc.oneof(fc.constantFrom(...SPECIAL), fc.float());

/** Random well-typed expressions over three fields. */
function expressionOf(type: 'n' | 'b', depth: number): fc.Arbitrary<Expression> {
  const leaf: fc.Arbitrary<Expression> = fc.oneof(
    value.map((constant): Expression => ({ op: 'constant', value: constant })),
    fc.nat(FIELD_COUNT - 1).map((field): Expression => ({ op: 'field', field })),
  );
  if (type === 'n' && depth === 0) return leaf;
  const operators = Object.entries(OPERATORS).filter(([, signature]) => {
    const [args, result] = signature.split(':') as [string, string];
    return result === type && (depth > 0 || !args.includes('b'));
  });
  const node = fc.constantFrom(...operators).chain(([op, signature]) => {
    const args = [...signature.split(':')[0]!].map((arg) =>
      expressionOf(arg as 'n' | 'b', Math.max(0, depth - 1)),
    );
    return fc
      .tuple(...args)
      .map((children): Expression => ({ op: op as Operator, args: children }));
  });
  return type === 'n' ? fc.oneof(leaf, node) : node;
}

test('a column at a time equals a row at a time, bit for bit', () => {
  fc.assert(
    fc.property(
      expressionOf('n', 3),
      fc.array(fc.tuple(value, value, value), { minLength: 0, maxLength: 20 }),
      (expression, rows) => {
        const columns = [0, 1, 2].map((field) => Float32Array.from(rows, (row) => row[field]!));
        const together = evaluateColumns(expression, columns, rows.length);
        return rows.every((_, row) => {
          const values = columns.map((column) => column[row]!);
          return Object.is(Math.fround(evaluateExpression(expression, values)), together[row]);
        });
      },
    ),
    { numRuns: 500 },
  );
});

test('missing spreads through arithmetic and makes comparisons false', () => {
  const x: Expression = { op: 'field', field: 0 };
  const one: Expression = { op: 'constant', value: 1 };
  assert.ok(Number.isNaN(evaluateExpression({ op: 'add', args: [x, one] }, [NaN])));
  assert.ok(Number.isNaN(evaluateExpression({ op: 'max', args: [x, one] }, [NaN])));
  assert.is(evaluateExpression({ op: 'greater', args: [x, one] }, [NaN]), 0);
  assert.is(evaluateExpression({ op: 'isMissing', args: [x] }, [NaN]), 1);
  const positive: Expression = { op: 'greater', args: [x, { op: 'constant', value: 0 }] };
  assert.is(evaluateExpression({ op: 'where', args: [positive, x, one] }, [NaN]), 1);
});

test('each operation rounds to float32', () => {
  const x: Expression = { op: 'field', field: 0 };
  const tenth: Expression = { op: 'constant', value: 0.1 };
  assert.is(
    evaluateExpression({ op: 'multiply', args: [x, tenth] }, [3]),
    Math.fround(3 * Math.fround(0.1)),
  );
});

test('fieldsOf lists each field once', () => {
  const x: Expression = { op: 'field', field: 2 };
  assert.equal(
    fieldsOf({ op: 'add', args: [x, { op: 'add', args: [{ op: 'field', field: 0 }, x] }] }),
    [0, 2],
  );
});

test.run();
