import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gaussLegendre } from '../../src/explain/quadrature.js';

test('quadrature is exact for every power up to 2n - 1, and not for the next', () => {
  for (const pointCount of [1, 2, 3, 4, 5, 8, 16, 33, 150]) {
    const { points, weights } = gaussLegendre(pointCount);
    for (let power = 0; power < 2 * pointCount; power++) {
      let sum = 0;
      for (let k = 0; k < pointCount; k++) sum += weights[k]! * points[k]! ** power;
      assert.ok(Math.abs(sum - 1 / (power + 1)) < 1e-14, `${pointCount} points, power ${power}`);
    }
    if (pointCount > 5) continue;
    let sum = 0;
    for (let k = 0; k < pointCount; k++) sum += weights[k]! * points[k]! ** (2 * pointCount);
    assert.ok(Math.abs(sum - 1 / (2 * pointCount + 1)) > 1e-10);
  }
});

test('points rise inside (0, 1) and weights are positive', () => {
  for (const pointCount of [...Array.from({ length: 64 }, (_, i) => i + 1), 301, 1000]) {
    const { points, weights } = gaussLegendre(pointCount);
    assert.ok(weights.every((weight) => weight > 0));
    assert.ok(points.every((t, k) => t > (points[k - 1] ?? 0) && t < 1));
  }
});

test.run();
