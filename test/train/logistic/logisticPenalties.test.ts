import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Linear } from '../../../src/model/linear.js';
import { fitLogistic } from '../../../src/train/logistic/logisticRegression.js';
import type { TrainingMatrix } from '../../../src/train/trainingMatrix.js';

interface Fixture {
  numbers: number[][];
  binary: number[];
  several: number[];
  weight: number[];
  fits: {
    name: string;
    target: 'binary' | 'several';
    weighted: boolean;
    balanced: boolean;
    l1: number;
    l2: number;
    /** per output */
    weights: number[][];
    intercepts: number[];
  }[];
}

const fixture = JSON.parse(
  readFileSync(new URL('fixtures/logisticPenalties.json', import.meta.url), 'utf8'),
) as Fixture;

/** Numbers as they are, as in the fixture. */
const plain = { clipFactor: 0, scaling: 'none' } as const;

function dataOf(target: 'binary' | 'several', weighted: boolean): TrainingMatrix {
  return {
    matrix: Float32Array.from(fixture.numbers.flat()),
    rowCount: fixture.numbers.length,
    featureCount: fixture.numbers[0]!.length,
    target: fixture[target],
    ...(weighted && { weight: fixture.weight }),
  };
}

/** Per output: its weights. */
function weightsOf({ intercepts, numeric }: Linear): number[][] {
  return intercepts.map((_, output) => numeric.map((input) => input.weights[output]!));
}

function assertNear(actual: number[], expected: number[], tolerance: number): void {
  assert.is(actual.length, expected.length);
  actual.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]!) <= tolerance, `${i}: ${value} ≠ ${expected[i]}`);
  });
}

for (const { name, target, weighted, balanced, l1, l2, weights, intercepts } of fixture.fits) {
  for (const solver of ['newton', 'lbfgs'] as const) {
    test(`agrees with scikit-learn: ${name}, ${solver}`, () => {
      const classWeight = balanced ? 'balanced' : 'none';
      const options = { ...plain, l1, l2, solver, classWeight } as const;
      const fit = fitLogistic(dataOf(target, weighted), options);
      assert.ok(fit.converged);
      assert.is(fit.predictor.link, target === 'binary' ? 'logit' : 'softmax');
      const learned = weightsOf(fit.predictor).flat();
      assertNear(learned, weights.flat(), 1e-5);
      assertNear(fit.predictor.intercepts, intercepts, 1e-5);
      // what the penalty holds is 0, not nearly so
      weights.flat().forEach((weight, i) => {
        assert.is(learned[i] === 0, weight === 0);
      });
      assert.is(weights.flat().includes(0), l1 > 0);
    });
  }
}

test.run();
