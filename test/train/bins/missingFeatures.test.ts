import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { featuresWithMissing } from '../../../src/train/bins/missingFeatures.js';

test('a missing value is found wherever it stands', () => {
  for (const featureCount of [1, 3, 28]) {
    const matrix = new Float32Array(5000 * featureCount).fill(1);
    matrix[7] = Infinity;
    assert.equal([...featuresWithMissing(matrix, featureCount)], Array(featureCount).fill(0));
    for (const at of [0, 2047, 2048, 4999, matrix.length - 1]) {
      const before = matrix[at]!;
      matrix[at] = Number.NaN;
      const expected = Array.from({ length: featureCount }, (_, i) => +(i === at % featureCount));
      assert.equal([...featuresWithMissing(matrix, featureCount)], expected);
      matrix[at] = before;
    }
  }
});

test.run();
