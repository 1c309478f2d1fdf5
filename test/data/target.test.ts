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
      assert.equal(choice.target, { name: 'y', negative: no, positive: yes });
      assert.match(choice.reason, /affirmative/);
    }
  }
});

test('else the rarer, else the later in sort order', () => {
  const rarer = chooseTarget(target('stay', 'leave', 'stay'));
  assert.is(rarer.target.positive, 'leave');
  assert.match(rarer.reason, /"leave": the rarer of two, in 1 rows against 2/);
  const tie = chooseTarget(target('b', 'a'));
  assert.equal(tie.target, { name: 'y', negative: 'a', positive: 'b' });
  assert.match(tie.reason, /later in sort order/);
  // '1' and '1.0' are two classes, not a pair
  assert.is(chooseTarget(target('1', '1.0', '1')).target.positive, '1.0');
});

test('a given class', () => {
  const two = chooseTarget(target('1', '0'), '0');
  assert.equal(two.target, { name: 'y', negative: '1', positive: '0' });
  assert.match(two.reason, /given/);
  const rest = chooseTarget(target('a', 'b', 'c'), 'b');
  assert.equal(rest.target, { name: 'y', negative: 'not b', positive: 'b' });
  assert.match(rest.reason, /other 2 classes together are "not b"/);
  assert.throws(
    () => chooseTarget(target('yes', 'no'), 'Yes'),
    /"Yes" is not in target "y"; its classes are "no", "yes"; did you mean "yes"\?/,
  );
});

test('what cannot be chosen from', () => {
  assert.throws(
    () => chooseTarget(target('a', 'b', 'c')),
    /has 3 classes: "a", "b", "c"; expected two, or --positive VALUE/,
  );
  assert.throws(() => chooseTarget(target('a', 'a')), /at least two classes, got "a"/);
  assert.throws(() => chooseTarget(target('a'), 'a'), /at least two classes/);
  assert.throws(
    () => chooseTarget({ kind: 'number', name: 'y', values: new Float32Array(2) }),
    /expected a category column/,
  );
});

test('levels without rows do not count', () => {
  const column = { ...target('a', 'b'), levels: ['a', 'b', 'c'] };
  assert.is(chooseTarget(column).target.positive, 'b');
});

test('encoding', () => {
  const column = target('no', 'yes', 'no');
  assert.equal([...encodeTarget(column, chooseTarget(column).target)], [0, 1, 0]);
  const many = target('a', 'b', 'c', 'b');
  assert.equal([...encodeTarget(many, chooseTarget(many, 'b').target)], [0, 1, 0, 1]);
  const yesNo = { name: 'y', negative: 'no', positive: 'yes' };
  assert.throws(
    () => encodeTarget(target('no', 'maybe'), yesNo),
    /target "y" expected "no" or "yes", got "maybe" in row 2/,
  );
  assert.throws(() => encodeTarget(target('no', null), yesNo), /got a missing value in row 2/);
  const rest = { name: 'y', negative: 'not b', positive: 'b' };
  assert.throws(() => encodeTarget(target('b', null), rest), /missing value in row 2/);
});

test.run();
