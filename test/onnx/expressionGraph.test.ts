import fc from 'fast-check';
import * as ort from 'onnxruntime-web/wasm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Expression, evaluateExpression, OPERATORS } from '../../src/model/expression.js';
import { addExpression } from '../../src/onnx/expressionGraph.js';
import { GraphBuilder } from '../../src/onnx/graphBuilder.js';
import { SPECIAL_NUMBERS } from './models.js';

ort.env.wasm.numThreads = 1;

const FIELD_COUNT = 3;
type Operation = Extract<Expression, { args: Expression[] }>;

/** Rows of every pair of special numbers, and some more for the third field. */
const ROWS: readonly number[][] = SPECIAL_NUMBERS.flatMap((a, i) =>
  SPECIAL_NUMBERS.map((b, j) =>
    [a, b, SPECIAL_NUMBERS[(3 * i + 5 * j) % SPECIAL_NUMBERS.length]!].map(Math.fround),
  ),
);

/** Runs an expression in onnxruntime-web on the rows. */
async function runGraph(expression: Expression, rows: readonly number[][]): Promise<Float32Array> {
  const graph = new GraphBuilder();
  const fields = Array.from({ length: FIELD_COUNT }, (_, field) => `field ${field}`);
  for (const name of fields) graph.addInput(name, 'float', ['N', 1]);
  const output = graph.addOutput('result', 'float', ['N', 1]);
  graph.addNode('Identity', [addExpression(graph, expression, fields)], {}, output);
  const session = await ort.InferenceSession.create(graph.build('expression', {}), {
    executionProviders: ['wasm'],
    logSeverityLevel: 3,
  });
  const feeds = Object.fromEntries(
    fields.map((name, field) => {
      const values = Float32Array.from(rows, (row) => row[field]!);
      return [name, new ort.Tensor('float32', values, [rows.length, 1])];
    }),
  );
  const result = (await session.run(feeds))[output]!;
  await session.release();
  assert.equal(result.dims, [rows.length, 1]);
  return result.data as Float32Array;
}

/** Holds graph and reference equal on every row, the sign of zero included. */
async function checkRows(expression: Expression, rows: readonly number[][]): Promise<void> {
  const actual = await runGraph(expression, rows);
  rows.forEach((row, i) => {
    const expected = evaluateExpression(expression, row);
    if (!Object.is(actual[i], expected)) {
      const seen = row.map(signed).join(', ');
      throw new Error(
        `${JSON.stringify(expression)} of (${seen}): graph ${signed(actual[i]!)}, reference ${signed(expected)}`,
      );
    }
  });
}

function signed(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

const constants = fc.oneof(
  fc.constantFrom(...SPECIAL_NUMBERS),
  fc.float({ noNaN: false }),
  fc.integer({ min: -3, max: 3 }),
);

const { number: numberTree } = fc.letrec<{ number: Expression; boolean: Expression }>((tie) => {
  const argument = (letter: string) => tie(letter === 'n' ? 'number' : 'boolean');
  const operations = (result: string) =>
    Object.entries(OPERATORS)
      .filter(([, signature]) => signature.endsWith(`:${result}`))
      .map(([op, signature]) =>
        fc
          .tuple(...[...signature.split(':')[0]!].map(argument))
          .map((args) => ({ op, args }) as Operation),
      );
  const leaf = fc.oneof(
    { weight: 2, arbitrary: fc.nat(FIELD_COUNT - 1).map((field) => ({ op: 'field', field })) },
    { weight: 1, arbitrary: constants.map((value) => ({ op: 'constant', value })) },
  ) as fc.Arbitrary<Expression>;
  return {
    number: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, ...operations('n')),
    boolean: fc.oneof(...operations('b')),
  };
});

test('each operator gives the bits of the reference on all pairs of special numbers', async () => {
  for (const [op, signature] of Object.entries(OPERATORS)) {
    const truth: Operation = {
      op: 'greater',
      args: [
        { op: 'field', field: 2 },
        { op: 'constant', value: 0 },
      ],
    };
    let field = 0;
    const args = [...signature.split(':')[0]!].map(
      (letter): Expression => (letter === 'b' ? truth : { op: 'field', field: field++ }),
    );
    await checkRows({ op, args } as Operation, ROWS);
  }
});

test('the sign of zero survives constants on either side', async () => {
  const x: Expression = { op: 'field', field: 0 };
  for (const op of ['add', 'subtract', 'multiply', 'divide', 'min', 'max'] as const) {
    for (const value of SPECIAL_NUMBERS) {
      const constant: Expression = { op: 'constant', value };
      await checkRows(
        { op, args: [x, constant] },
        ROWS.slice(0, 30 * 14).filter((_, i) => i % 14 === 0),
      );
      await checkRows(
        { op, args: [constant, x] },
        ROWS.filter((_, i) => i % 14 === 0),
      );
    }
  }
});

test('random expressions give the bits of the reference', async () => {
  const rows = fc.array(fc.array(fc.float({ noNaN: false }), { minLength: 3, maxLength: 3 }), {
    minLength: 1,
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(numberTree, rows, async (expression, extra) => {
      await checkRows(expression, [...extra, ...ROWS]);
    }),
    { numRuns: 150, seed: 1 },
  );
});

test('an expression without fields has a row for each row of the batch', async () => {
  await checkRows({ op: 'constant', value: 0.1 }, ROWS);
  await checkRows(
    {
      op: 'add',
      args: [
        { op: 'constant', value: 1 },
        { op: 'constant', value: 2 },
      ],
    },
    ROWS,
  );
});

test.run();
