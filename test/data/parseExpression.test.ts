import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { log } from '../../src/core/elementary.js';
import { ExpressionError, parseExpression } from '../../src/data/parseExpression.js';
import {
  type Expression,
  evaluateColumns,
  evaluateExpression,
} from '../../src/model/expression.js';
import type { Field } from '../../src/model/schema.js';

const fields: Field[] = [
  { name: 'country', type: 'category' },
  { name: 'minutes_watched', type: 'number' },
  { name: 'days_on_platform', type: 'number' },
  { name: 'courses_started', type: 'number' },
  { name: 'practice_exams_started', type: 'number' },
  { name: 'practice_exams_passed', type: 'number' },
  { name: 'x-box', type: 'number' },
];
const parameters = {
  watched_weight: 0.6,
  platform_weight: 0.3,
  course_weight: 10,
  epsilon: 1e-6,
};
const scope = { fields, parameters };
const row = [NaN, 100, 10, 2, 4, 3, 7];
const f = Math.fround;

function evaluate(source: string, values: number[] = row): number {
  return evaluateExpression(parseExpression(source, scope, 'number'), values);
}

function holds(source: string, values: number[] = row): boolean {
  return evaluateExpression(parseExpression(source, scope, 'boolean'), values) === 1;
}

function failure(source: string, expected: 'number' | 'boolean' = 'number'): ExpressionError {
  try {
    parseExpression(source, scope, expected);
  } catch (error) {
    assert.instance(error, ExpressionError);
    return error as ExpressionError;
  }
  throw new Error(`${source} was read`);
}

test('the formulas of the student configuration', () => {
  assert.is(
    evaluate(
      'watched_weight * minutes_watched + platform_weight * days_on_platform + course_weight * courses_started',
    ),
    f(f(f(f(0.6) * 100) + f(f(0.3) * 10)) + 20),
  );
  const success =
    'practice_exams_started > 0 ? practice_exams_passed / (practice_exams_started + epsilon) : 0';
  assert.is(evaluate(success), f(3 / f(4 + f(1e-6))));
  assert.is(evaluate(success, [NaN, 1, 1, 1, 0, 0, 0]), 0);
  const consistency = 'minutes_watched / max(days_on_platform, 1)';
  assert.is(evaluate(consistency), 10);
  assert.is(evaluate(consistency, [NaN, 5, 0, 1, 0, 0, 0]), 5);
});

test('every operator and function', () => {
  const cases: [string, number][] = [
    ['-minutes_watched', -100],
    ['+minutes_watched', 100],
    ['- - 2', 2],
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['7 - 2 - 1', 4],
    ['7 / 2', 3.5],
    ['abs(-3)', 3],
    ['min(3, 1, 2)', 1],
    ['max(3, 1, 2, 9)', 9],
    ['sqrt(9)', 3],
    ['floor(-1.5)', -2],
    ['ceil(1.2)', 2],
    ['exp(0)', 1],
    ['log(2)', f(log(2))],
    ['log1p(1)', f(log(2))],
    ['clip(minutes_watched, 0, 10)', 10],
    ['clip(-1, 0, 10)', 0],
    ['clip(5, 0, 10)', 5],
    ['1 < 2 ? 3 : 4', 3],
    ['1 > 2 ? 3 : 2 > 1 ? 5 : 6', 5],
    ['`x-box` + 1', 8],
    ['`minutes_watched`', 100],
    ['1e-3', f(1e-3)],
    ['.5', 0.5],
    ['  1 +\n 1  ', 2],
  ];
  for (const [source, expected] of cases) assert.is(evaluate(source), expected, source);
  const truths = [
    '1 < 2',
    '2 <= 2',
    '3 > 2',
    '3 >= 3',
    '1 == 1',
    '1 === 1',
    '1 != 2',
    '1 !== 2',
    '!(1 > 2)',
    '1 < 2 && 2 < 3',
    '1 > 2 || 2 < 3',
    '!isMissing(minutes_watched)',
    'practice_exams_passed <= practice_exams_started',
  ];
  for (const source of truths) assert.ok(holds(source), source);
  assert.ok(holds('isMissing(minutes_watched)', [NaN, NaN, 0, 0, 0, 0, 0]));
});

test('earlier derived features stand for their expressions', () => {
  const double = parseExpression('minutes_watched * 2', scope, 'number');
  const derived = new Map([['double', double]]);
  const quadruple = parseExpression('double * 2', { ...scope, derived }, 'number');
  assert.is(evaluateExpression(quadruple, row), 400);
});

test('errors name the thing and its place', () => {
  const cases: [source: string, offset: number, message: RegExp][] = [
    ['1 + minutes_wached', 4, /unknown name "minutes_wached".*did you mean "minutes_watched"\?/],
    ['nothing_alike_at_all', 0, /unknown name .* expected a numeric field/],
    ['1 + coutry', 4, /did you mean "country"/],
    ['1 + country', 4, /"country" is a category field; expected a number/],
    ['isMissing(country) ? 1 : 0', 10, /category field/],
    ['sqr(1)', 0, /unknown function "sqr"; did you mean "sqrt"\?/],
    ['constructor(1)', 0, /unknown function/],
    ['toString', 0, /unknown name/],
    ['__proto__', 0, /unknown name/],
    ['1 + max(1)', 4, /max expected 2 or more arguments, got 1/],
    ['abs()', 0, /abs expected 1 argument, got 0/],
    ['clip(1, 2)', 0, /clip expected 3 arguments, got 2/],
    ['abs(...minutes_watched)', 4, /spread element is not supported/],
    ['abs?.(1)', 0, /chain expression is not supported/],
    ['1 < 2', 0, /expected a number, got a boolean/],
    ['(1 < 2) + 1', 1, /expected a number, got a boolean/],
    ['1 < 2 < 3', 0, /expected a number, got a boolean/],
    ['minutes_watched ? 1 : 0', 0, /expected a boolean, got a number/],
    ['!minutes_watched ? 1 : 0', 1, /expected a boolean, got a number/],
    ['minutes_watched && 1 ? 1 : 0', 0, /expected a boolean/],
    ['isMissing(1) + 1', 0, /expected a number, got a boolean/],
    ['Math.max(1, 2)', 0, /only functions may be called/],
    ['minutes_watched.length', 0, /a member expression is not supported/],
    ['minutes_watched[0]', 0, /a member expression/],
    ['"text"', 0, /"text" is not supported/],
    ['true', 0, /true is not supported/],
    ['null', 0, /null is not supported/],
    ['10n', 0, /10n is not supported/],
    ['/a/', 0, /a pattern is not supported/],
    ['minutes_watched = 1', 0, /an assignment expression is not supported/],
    ['minutes_watched++', 0, /an update expression/],
    ['() => 1', 0, /an arrow function expression/],
    ['function () {}', 0, /a function expression/],
    ['[1]', 0, /an array expression/],
    ['({})', 1, /an object expression/],
    ['this', 0, /a this expression/],
    ['new Date()', 0, /a new expression/],
    ['import("fs")', 0, /an import expression/],
    ['1, 2', 0, /a sequence expression/],
    ['2 ** 3', 0, /operator "\*\*" is not supported/],
    ['7 % 2', 0, /operator "%" is not supported/],
    ['1 ?? 2', 0, /operator "\?\?" is not supported/],
    ['~1', 0, /operator "~" is not supported/],
    ['typeof minutes_watched', 0, /operator "typeof"/],
    ['1 in 2', 0, /operator "in"/],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the source of an expression
    ['`a${1}`', 0, /plain name in backticks/],
    ['abs`1`', 0, /a tagged template expression/],
    ['1e39', 0, /fits float32/],
    ['1 +', 3, /Unexpected token; expected an expression/],
    ['', 0, /expected an expression/],
    ['   ', 3, /expected an expression/],
    ['(1', 2, /expected an expression/],
    ['1 2', 2, /unexpected "2"; expected an operator or the end/],
    ['(1) + 1)', 7, /unexpected "\)"/],
    ['1; 2', 1, /unexpected ";"/],
    ['1 + #', 5, /expected an expression/],
  ];
  for (const [source, offset, message] of cases) {
    const error = failure(source);
    assert.match(error.message, message, source);
    assert.is(error.offset, offset, `${source}: ${error.message}`);
    assert.is(error.code, 'config');
  }
  assert.match(failure('minutes_watched + 1', 'boolean').message, /expected a boolean/);
});

test('the message shows the line with a mark under the place', () => {
  const { message } = failure('1 +\n  2 * wrong');
  assert.ok(message.endsWith('at character 11 of\n    2 * wrong\n        ^'), message);
  const long = failure(`${'1 + '.repeat(100)}wrong`);
  const [, text, caret] = long.message.split('\n') as [string, string, string];
  assert.ok(text.length < 110);
  assert.is(text.slice(caret.length - 1), 'wrong');
});

test('a name must stand for one thing', () => {
  const twice = { fields, parameters: { minutes_watched: 1 } };
  assert.throws(
    () => parseExpression('minutes_watched', twice, 'number'),
    /"minutes_watched" is both a field and a parameter/,
  );
});

test('hostile sources end in an error, soon', () => {
  failure('('.repeat(5000));
  failure(`${'('.repeat(4000)}1${')'.repeat(4000)}`);
  failure(`1${' + 1'.repeat(2400)}`);
  failure(`${'-'.repeat(1)} ${'- '.repeat(3000)}1`);
  failure('1'.repeat(20_000));
  let derived = new Map<string, Expression>();
  assert.throws(() => {
    for (let i = 0; i < 40; i++) {
      const source = i === 0 ? 'minutes_watched' : `d${i - 1} + d${i - 1}`;
      const expression = parseExpression(source, { fields, derived }, 'number');
      derived = new Map(derived).set(`d${i}`, expression);
    }
  }, /more than 10000 operations/);
});

const number: fc.Arbitrary<string> = fc.letrec<{ n: string; b: string }>((tie) => ({
  n: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom('minutes_watched', 'days_on_platform', '`x-box`', '0', '1', '2.5', '1e30'),
    fc.tuple(fc.constantFrom('+', '-', '*', '/'), tie('n'), tie('n')).map(infix),
    fc
      .tuple(fc.constantFrom('min', 'max'), tie('n'), tie('n'))
      .map(([f, a, b]) => `${f}(${a}, ${b})`),
    fc
      .tuple(fc.constantFrom('abs', 'sqrt', 'log', 'exp', 'floor', 'ceil', 'log1p', '-'), tie('n'))
      .map(([f, a]) => `${f}(${a})`),
    fc.tuple(tie('b'), tie('n'), tie('n')).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
  ),
  b: fc.oneof(
    { maxDepth: 5 },
    fc.tuple(fc.constantFrom('<', '<=', '>', '>=', '==', '!='), tie('n'), tie('n')).map(infix),
    fc.tuple(fc.constantFrom('&&', '||'), tie('b'), tie('b')).map(infix),
    tie('b').map((b) => `!${b}`),
    tie('n').map((n) => `isMissing(${n})`),
  ),
})).n;

function infix([operator, a, b]: [string, string, string]): string {
  return `(${a} ${operator} ${b})`;
}

test('columns and single rows give the same bits', () => {
  const value = fc.oneof(
    fc.float(),
    fc.constantFrom(0, -0, 1, NaN, Infinity, -Infinity, f(3.4e38)),
  );
  const rows = fc.array(fc.tuple(value, value, value), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(number, rows, (source, triples) => {
      const expression = parseExpression(source, scope, 'number');
      const column = (index: number): Float32Array =>
        Float32Array.from(triples, (triple) => triple[index]!);
      const columns = [undefined, column(0), column(1), undefined, undefined, undefined, column(2)];
      const together = evaluateColumns(expression, columns, triples.length);
      triples.forEach(([minutes, days, box], index) => {
        const alone = evaluateExpression(expression, [NaN, minutes, days, 0, 0, 0, box]);
        assert.ok(Object.is(together[index], alone), `${source}: ${together[index]}, ${alone}`);
      });
    }),
    { numRuns: 300 },
  );
});

test('any text is read or refused with an ExpressionError', () => {
  const token = fc.constantFrom(
    ...'minutes_watched|country|1|2.5|+|-|*|/|(|)|,|<|==|&&|!|?|:|max|abs|`x-box`|"|.|[|{|=>|\n'.split(
      '|',
    ),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(token).map((parts) => parts.join(' ')),
      ),
      (source) => {
        try {
          parseExpression(source, scope, 'number');
        } catch (error) {
          assert.instance(error, ExpressionError);
          const { offset } = error as ExpressionError;
          assert.ok(offset >= 0 && offset <= source.length);
        }
      },
    ),
    { numRuns: 1000 },
  );
});

test.run();
