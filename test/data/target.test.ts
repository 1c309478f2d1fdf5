import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CategoryColumn } from '../../src/core/table.js';
import { chooseTarget, encodeTarget } from '../../src/data/target.js';

function target(...values: (string | null)[]): CategoryColumn {
  const levels = [...new Set(values.filter((value) => value !== null))];
  const codes = Int32Array.from(values, (value) => (value === null ? -1 : levels.indexOf(value)));
  return { kind: 'category', name: 'y', codes, levels };
}

test('of a pair with a meaning, the affirmative class, however rare', () => {
  const pairs = [
    ['1', '0'],
    ['1.0', '0.0'],
    ['1', '-1'],
    ['True', 'FALSE'],
    ['Yes', 'No'],
    ['Y', 'n'],
    ['T', 'F'],
    ['positive', 'Negative'],
    ['+', '-'],
  ] as const;
  for (const [yes, no] of pairs) {
    for (const column of [target(yes, no, yes, yes), target(no, no, yes)]) {
      const choice = chooseTarget(column);
      assert.equal(choice.target, { name: 'y', classes: [no, yes] });
      assert.match(choice.reason, /affirmative/);
    }
  }
});

test('else the rarer, else the later in sort order', () => {
  const rarer = chooseTarget(target('stay', 'leave', 'stay'));
  assert.is(rarer.target.classes[1], 'leave');
  assert.match(rarer.reason, /"leave": the rarer of two, in 1 rows against 2/);
  const tie = chooseTarget(target('b', 'a'));
  assert.equal(tie.target, { name: 'y', classes: ['a', 'b'] });
  assert.match(tie.reason, /later in sort order/);
  // '1' and '1.0' are two classes, not a pair
  assert.is(chooseTarget(target('1', '1.0', '1')).target.classes[1], '1.0');
});

test('a given class', () => {
  const two = chooseTarget(target('1', '0'), { positive: '0' });
  assert.equal(two.target, { name: 'y', classes: ['1', '0'] });
  assert.match(two.reason, /given/);
  const rest = chooseTarget(target('a', 'b', 'c'), { positive: 'b' });
  assert.equal(rest.target, { name: 'y', classes: ['not b', 'b'] });
  assert.match(rest.reason, /other 2 classes together are "not b"/);
  assert.throws(
    () => chooseTarget(target('yes', 'no'), { positive: 'Yes' }),
    /"Yes" is not in target "y"; its classes are "no", "yes"; did you mean "yes"\?/,
  );
});

test('what cannot be chosen from', () => {
  assert.throws(
    () => chooseTarget(target('a', 'b', 'c'), { task: 'binary' }),
    /has 3 classes: "a", "b", "c"; expected two, or --positive VALUE/,
  );
  assert.throws(() => chooseTarget(target('a', 'a')), /at least two classes, got "a"/);
  assert.throws(() => chooseTarget(target('a'), { positive: 'a' }), /at least two classes/);
  assert.throws(
    () => chooseTarget(target('1', '2', 'x'), { task: 'regression' }),
    /expected numbers for a regression, got "x"/,
  );
  assert.throws(
    () => chooseTarget(target('1', '2'), { task: 'multiclass' }),
    /has 2 classes, several classes are 3 to 1000/,
  );
  assert.throws(
    () => chooseTarget(target('1', '2'), { positive: '1', task: 'regression' }),
    /a positive class is for a binary target, the task is regression/,
  );
});

test('several classes stand in the order of the alphabet, or of the numbers', () => {
  const words = chooseTarget(target('b', 'c', 'a'));
  assert.is(words.task, 'multiclass');
  assert.equal(words.target.classes, ['a', 'b', 'c']);
  assert.equal(chooseTarget(target('10', '9', '1')).target.classes, ['1', '9', '10']);
  assert.equal([...encodeTarget(target('c', 'a', 'b'), words.target)], [2, 0, 1]);
  assert.throws(
    () => encodeTarget(target('d'), words.target),
    /expected "a" or "b" or "c", got "d" in row 1/,
  );
});

test('more than twenty different numbers are a quantity, unless a task is asked for', () => {
  const numbers = Array.from({ length: 21 }, (_, i) => String(i / 2));
  const choice = chooseTarget(target(...numbers));
  assert.is(choice.task, 'regression');
  assert.equal(choice.target.classes, []);
  assert.match(choice.reason, /21 different values/);
  assert.is(chooseTarget(target(...numbers), { task: 'multiclass' }).target.classes.length, 21);
  assert.is(chooseTarget(target('1', '2', '3'), { task: 'regression' }).task, 'regression');
  assert.is(chooseTarget(target(...numbers, 'x')).task, 'multiclass');
  assert.equal([...encodeTarget(target('1.5', '-2e3'), choice.target)], [1.5, -2000]);
  assert.throws(
    () => encodeTarget(target('1', 'x'), choice.target),
    /expected a finite number, got "x" in row 2/,
  );
});

test('a column of numbers is a target like any other', () => {
  const column = { kind: 'number', name: 'y', values: Float32Array.of(1, 0, 1) } as const;
  const { target: chosen, task } = chooseTarget(column);
  assert.is(task, 'binary');
  assert.equal([...encodeTarget(column, chosen)], [1, 0, 1]);
  const missing = { ...column, values: Float32Array.of(1, NaN) };
  assert.throws(() => encodeTarget(missing, chosen), /missing value in row 2/);
});

test('levels without rows do not count', () => {
  const column = { ...target('a', 'b'), levels: ['a', 'b', 'c'] };
  assert.is(chooseTarget(column).target.classes[1], 'b');
});

test('encoding', () => {
  const column = target('no', 'yes', 'no');
  assert.equal([...encodeTarget(column, chooseTarget(column).target)], [0, 1, 0]);
  const many = target('a', 'b', 'c', 'b');
  assert.equal([...encodeTarget(many, chooseTarget(many, { positive: 'b' }).target)], [0, 1, 0, 1]);
  const yesNo = { name: 'y', classes: ['no', 'yes'] };
  assert.throws(
    () => encodeTarget(target('no', 'maybe'), yesNo),
    /target "y" expected "no" or "yes", got "maybe" in row 2/,
  );
  assert.throws(() => encodeTarget(target('no', null), yesNo), /got a missing value in row 2/);
  const rest = { name: 'y', classes: ['not b', 'b'] };
  assert.throws(() => encodeTarget(target('b', null), rest), /missing value in row 2/);
});

test.run();
