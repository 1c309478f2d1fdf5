import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRecordValidator, ProblemList } from '../../../src/serve/index.js';
import { RECORD, RULES, SCHEMA } from '../fakeModel.js';

const validator = createRecordValidator(SCHEMA.fields, RULES);

/** Whether the slow way finds nothing wrong. */
function isValid(value: unknown): boolean {
  return validator.validate(value, [], new ProblemList(100));
}

test('the short way and the long way agree on anything that JSON can say', () => {
  const value = fc.oneof(
    fc.constantFrom<unknown>(null, '', 'US', 0, -0, 2, 1e39, 1e-320, [], {}, true),
    fc.jsonValue(),
  );
  const record = fc.dictionary(
    fc.constantFrom(...Object.keys(RECORD), '__proto__', 'toString', 'more'),
    value,
  );
  const changed = record.map((changes) => ({ ...RECORD, ...changes }));
  let accepted = 0;
  fc.assert(
    fc.property(fc.oneof(record, changed, fc.jsonValue()), (given) => {
      // as it comes out of a request
      const parsed: unknown = JSON.parse(JSON.stringify(given));
      assert.is(validator.accepts(parsed), isValid(parsed));
      if (isValid(parsed)) accepted++;
    }),
    { numRuns: 3000 },
  );
  assert.ok(accepted > 20, `${accepted} were right`);
});

test('names of Object.prototype are no fields that a record has', () => {
  const fields = ['toString', '__proto__', 'constructor'].map((name) => ({
    name,
    type: 'category' as const,
  }));
  const odd = createRecordValidator(fields, []);
  assert.not.ok(odd.accepts({}));
  assert.not.ok(odd.accepts(JSON.parse('{"a":1,"b":2,"c":3}')));
  const whole = JSON.parse('{"toString":"a","__proto__":"b","constructor":null}');
  assert.ok(odd.accepts(whole));
  assert.ok(odd.validate(whole, [], new ProblemList(1)));
});

test('a model without fields takes an empty record', () => {
  const none = createRecordValidator([], []);
  assert.ok(none.accepts({}));
  assert.not.ok(none.accepts([]));
  assert.not.ok(none.accepts(null));
});

test.run();
