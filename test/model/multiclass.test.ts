import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ClassCalibrator } from '../../src/model/calibrator.js';
import type { Link } from '../../src/model/forest.js';
import { classProbabilities } from '../../src/model/multiclass.js';

const LINKS: Link[] = ['softmax', 'logit', 'identity'];
const CALIBRATORS: ClassCalibrator[] = [
  { kind: 'none' },
  { kind: 'temperature', temperature: 0.3 },
  { kind: 'temperature', temperature: 4 },
];

test('the probabilities of a row add up to 1 and keep the order of the margins', () => {
  const row = fc.array(fc.double({ min: -800, max: 800, noNaN: true }), {
    minLength: 3,
    maxLength: 8,
  });
  fc.assert(
    fc.property(row, (margins) => {
      for (const link of LINKS) {
        for (const calibrator of CALIBRATORS) {
          const p = classProbabilities(
            link,
            Float64Array.from(margins),
            margins.length,
            calibrator,
          );
          const sum = p.reduce((total, value) => total + value, 0);
          assert.ok(Math.abs(sum - 1) < 1e-12, `${link}: ${sum}`);
          for (let i = 1; i < margins.length; i++) {
            if (margins[i]! >= margins[i - 1]!) assert.ok(p[i]! >= p[i - 1]!);
          }
        }
      }
    }),
  );
});

test('each link as it is defined', () => {
  const near = (actual: Float64Array, expected: number[]) => {
    for (const [i, value] of expected.entries()) assert.ok(Math.abs(actual[i]! - value) < 1e-14);
  };
  const margins = Float64Array.of(Math.log(1), Math.log(2), Math.log(5));
  near(classProbabilities('softmax', margins, 3), [1 / 8, 2 / 8, 5 / 8]);
  near(classProbabilities('softmax', margins, 3, { kind: 'temperature', temperature: 0.5 }), [
    1 / 30,
    4 / 30,
    25 / 30,
  ]);
  const odds = [1 / 2, 2 / 3, 5 / 6];
  near(
    classProbabilities('logit', margins, 3),
    odds.map((share) => share / 2),
  );
  near(classProbabilities('identity', Float64Array.of(0.2, -0.1, 0.6), 3), [1 / 4, 0, 3 / 4]);
});

test('margins that say nothing give every class the same', () => {
  const third = Float64Array.of(1 / 3, 1 / 3, 1 / 3);
  assert.equal(classProbabilities('identity', Float64Array.of(0, -1, -0), 3), third);
  assert.equal(classProbabilities('logit', Float64Array.of(-900, -900, -900), 3), third);
  assert.equal(classProbabilities('softmax', Float64Array.of(1e4, 1e4, 1e4), 3), third);
});

test('rows do not touch each other', () => {
  const margins = Float64Array.of(1, 2, 3, -5, 0.5, 9);
  for (const link of LINKS) {
    const both = classProbabilities(link, margins, 3);
    assert.equal(both.slice(3), classProbabilities(link, margins.slice(3), 3));
  }
});

test.run();
