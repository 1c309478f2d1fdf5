import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { floor32, nextDown32, nextUp32, shortest32 } from '../../src/core/float.js';

const float32 = fc.float({ noNaN: true });

test('neighbours are the nearest float32 on each side', () => {
  assert.is(nextUp32(1), 1.00000011920928955078125);
  assert.is(nextDown32(1), 0.999999940395355224609375);
  assert.is(nextUp32(0), 1.401298464324817e-45);
  assert.is(nextUp32(-0), 1.401298464324817e-45);
  assert.is(nextDown32(0), -1.401298464324817e-45);
  assert.is(nextUp32(Math.fround(3.4028234663852886e38)), Infinity);
  assert.is(nextUp32(Infinity), Infinity);
  fc.assert(
    fc.property(float32, (x) => {
      if (!Number.isFinite(x)) return true;
      return nextUp32(x) > x && (x === 0 || nextDown32(nextUp32(x)) === x || nextUp32(x) === 0);
    }),
  );
});

test('floor32 keeps every comparison with a float32', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, min: -3e38, max: 3e38 }), float32, (threshold, x) => {
      const near = [
        x,
        Math.fround(threshold),
        nextUp32(Math.fround(threshold)),
        nextDown32(Math.fround(threshold)),
      ];
      return near.every((value) => value <= threshold === value <= floor32(threshold));
    }),
    { numRuns: 2000 },
  );
});

test('shortest32 is the same float32 with the fewest digits', () => {
  assert.is(shortest32(Math.fround(7.7)), 7.7);
  assert.is(shortest32(Math.fround(0.1)), 0.1);
  assert.is(shortest32(0.1), 0.1);
  fc.assert(
    fc.property(float32, (x) => {
      const short = shortest32(x);
      return Math.fround(short) === x && String(short).length <= String(x).length;
    }),
  );
});

test.run();
