import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, ShapeError } from '../../src/core/errors.js';
import { canonicalJson } from '../../src/core/json.js';
import { createRandom } from '../../src/core/random.js';
import { rocAuc } from '../../src/evaluate/ranking.js';
import { margins, predictionsOf } from '../../src/model/margin.js';
import { createEarlyStopping } from '../../src/train/earlyStopping.js';
import { boostTrees, fitGbdt, trainGbdt } from '../../src/train/gbdt.js';
import type { GbdtOptions } from '../../src/train/gbdtOptions.js';
import { sampleRows } from '../../src/train/sampling.js';
import { selectGreatest } from '../../src/train/selectGreatest.js';
import type { TrainingMatrix } from '../../src/train/trainingMatrix.js';
import { SYNTHETIC_FEATURES, syntheticMatrix } from './syntheticMatrix.js';

const FEW: Partial<GbdtOptions> = { numTrees: 20, minDataPerGroup: 20 };

test('it stops after the rounds it was given without a better score', () => {
  const stopping = createEarlyStopping({ greaterIsBetter: true }, 2, 0.1);
  assert.equal(
    [0.5, 0.55, 0.7, 0.75].map((score, i) => stopping.update(i + 1, score)),
    [false, false, false, false],
  );
  assert.is(stopping.bestRound, 3);
  assert.is(stopping.update(5, 0.79), true);
  const never = createEarlyStopping({ greaterIsBetter: false }, 0, 0);
  assert.equal(
    [3, 2, 4, 5, 6].map((score, i) => never.update(i + 1, score)),
    Array(5).fill(false),
  );
  assert.is(never.bestScore, 2);
});

test('the scores are those of the forest on the validation rows, and the forest ends at the best', () => {
  const data = syntheticMatrix(1500, 1);
  const validation = syntheticMatrix(700, 2);
  const options = { ...FEW, numTrees: 200, learningRate: 0.5, earlyStoppingRounds: 5, validation };
  for (const metric of ['logLoss', 'rocAuc'] as const) {
    const { forest, rounds, scores } = boostTrees(data, { ...options, metric });
    assert.is(scores.length, rounds + 5, 'five more rounds were tried');
    assert.is(forest.roots.length, rounds);
    const m = margins(forest, validation.matrix, 700, SYNTHETIC_FEATURES);
    if (metric === 'rocAuc') {
      const auc = rocAuc(Uint8Array.from(validation.target), m);
      assert.ok(Math.abs(auc - Math.max(...scores)) < 1e-12);
    } else {
      const p = predictionsOf('binary', 'logit', m, 1);
      let loss = 0;
      p.forEach((each, row) => {
        loss -= Math.log(validation.target[row] === 1 ? each : 1 - each) / 700;
      });
      assert.ok(Math.abs(loss - Math.min(...scores)) < 1e-9);
    }
    // the same forest as without watching
    const plain = fitGbdt(data, { ...FEW, numTrees: rounds, learningRate: 0.5 });
    assert.is(canonicalJson(plain), canonicalJson(forest));
  }
});

test('rows can be held out by share, and metrics may be of one’s own', () => {
  const data = syntheticMatrix(1500, 3);
  const seen: number[] = [];
  const metric = {
    name: 'share of hits',
    greaterIsBetter: true,
    evaluate(target: ArrayLike<number>, predictions: Float64Array): number {
      seen.push(target.length);
      return (
        predictions.filter((p, row) => p >= 0.5 === (target[row] === 1)).length / target.length
      );
    },
  };
  const { scores } = boostTrees(data, {
    ...FEW,
    validationFraction: 0.2,
    metric,
    onProgress: ({ tree, score }) => assert.is(typeof score, 'number', `round ${tree}`),
  });
  assert.is(scores.length, 20);
  assert.equal([...new Set(seen)], [300]);
});

test('options that do not fit are errors', () => {
  const data = syntheticMatrix(200, 4);
  const fails = (options: Partial<GbdtOptions>, kind: unknown, message: RegExp): void =>
    assert.throws(
      () => fitGbdt(data, options),
      (error: Error) => error instanceof (kind as typeof Error) && message.test(error.message),
    );
  fails({ earlyStoppingRounds: 3 }, ConfigError, /expected rows to watch/);
  fails({ validationFraction: 0.2, metric: 'rmse' }, ConfigError, /"rmse" is for regression/);
  fails({ validationFraction: 0.2, metric: 'auc' }, ConfigError, /"metric" expected one of rocAuc/);
  fails({ validationFraction: 0.001 }, ConfigError, /leaves one part empty/);
  const validation = { matrix: new Float32Array(3), rowCount: 1, target: [1] };
  fails({ validation }, ShapeError, /"validation" of 1 rows expected 8 values/);
});

test('training goes on from a forest as if it had never stopped', () => {
  for (const objective of ['binary', 'multiclass', 'absolute'] as const) {
    const data: TrainingMatrix = {
      ...syntheticMatrix(800, 5),
      ...(objective === 'multiclass' && { target: Array.from({ length: 800 }, (_, i) => i % 3) }),
    };
    const whole = fitGbdt(data, { ...FEW, objective });
    const first = trainGbdt(data, { ...FEW, objective, numTrees: 12 });
    const rest = fitGbdt(data, { ...FEW, objective, numTrees: 8, continueFrom: first });
    assert.is(canonicalJson(rest), canonicalJson(whole), objective);
  }
  const data = syntheticMatrix(100, 6);
  const fails = (continueFrom: unknown, message: RegExp): void =>
    assert.throws(() => fitGbdt(data, { continueFrom } as Partial<GbdtOptions>), message);
  fails(
    fitGbdt(data, { objective: 'squared' }),
    /expected 1 outputs with link logit, got 1 .* identity/,
  );
  fails({ kind: 'linear' }, /expected a model of trees or a forest/);
  const wide = fitGbdt(
    {
      matrix: Float32Array.from({ length: 9 * 40 }, (_, i) => i % 17),
      rowCount: 40,
      featureCount: 9,
      target: Array.from({ length: 40 }, (_, i) => ((9 * i + 8) % 17 > 8 ? 1 : 0)),
    },
    { minChildSamples: 1 },
  );
  fails(wide, /a model of other features: the data has 8/);
});

test('continuing helps on new rows, early stopping included', () => {
  const data = syntheticMatrix(2000, 7);
  const validation = syntheticMatrix(800, 8);
  const first = fitGbdt(data, { ...FEW, numTrees: 3 });
  const { scores } = boostTrees(data, {
    ...FEW,
    numTrees: 40,
    validation,
    earlyStoppingRounds: 10,
    continueFrom: first,
  });
  const m = margins(first, validation.matrix, 800, SYNTHETIC_FEATURES);
  const p = predictionsOf('binary', 'logit', m, 1);
  let before = 0;
  p.forEach((each, row) => {
    before -= Math.log(validation.target[row] === 1 ? each : 1 - each) / 800;
  });
  assert.ok(Math.min(...scores) < before - 0.05, `${before} to ${Math.min(...scores)}`);
});

test('the greatest numbers are selected as a sort would', () => {
  const random = createRandom(9);
  for (const size of [1, 2, 15, 256, 1000]) {
    const values = Float32Array.from({ length: size }, () =>
      random.uniform() < 0.3 ? 0.5 : random.uniform() * 10 ** (random.integer(9) - 4),
    );
    for (const count of [0, 1, size >> 1, size]) {
      const order = Array.from({ length: size }, (_, i) => i);
      const expected = order
        .sort((a, b) => values[b]! - values[a]! || a - b)
        .slice(0, count)
        .sort((a, b) => a - b);
      const { greatest, others } = selectGreatest(values, count);
      assert.equal([...greatest], expected);
      const all = [...greatest, ...others].sort((a, b) => a - b);
      assert.equal(
        all,
        Array.from({ length: size }, (_, i) => i),
      );
    }
  }
});

test('GOSS sees a third of the rows and ranks nearly as well; its sums stand for all rows', () => {
  const data = syntheticMatrix(6000, 10);
  const held = syntheticMatrix(3000, 11);
  const auc = (options: Partial<GbdtOptions>): number => {
    const forest = fitGbdt(data, { numTrees: 60, minDataPerGroup: 20, ...options });
    return rocAuc(
      Uint8Array.from(held.target),
      margins(forest, held.matrix, 3000, SYNTHETIC_FEATURES),
    );
  };
  const whole = auc({});
  const sampled = auc({ goss: true });
  assert.ok(sampled > whole - 0.01, `${sampled} against ${whole}`);
  const forest = fitGbdt(data, { ...FEW, numTrees: 12, goss: true, topRate: 0.1, otherRate: 0.2 });
  const again = fitGbdt(data, { ...FEW, numTrees: 12, goss: true, topRate: 0.1, otherRate: 0.2 });
  assert.is(canonicalJson(forest), canonicalJson(again));
  // after ten rounds of warming up a root holds the share of rows that was drawn
  const covers = [...forest.roots].map((root) => (root >= 0 ? forest.cover[root] : 0));
  assert.equal(covers, [...Array(10).fill(6000), 1800, 1800]);
  assert.throws(
    () => fitGbdt(data, { goss: true, subsample: 0.5 }),
    /"goss" draws the rows itself/,
  );
  assert.throws(() => fitGbdt(data, { goss: true, topRate: 0.9, otherRate: 0.2 }), /1 at most/);
  const portable = fitGbdt(data, { ...FEW, numTrees: 12, goss: true, kernel: 'javascript' });
  assert.is(
    canonicalJson(portable),
    canonicalJson(fitGbdt(data, { ...FEW, numTrees: 12, goss: true, kernel: 'simd' })),
  );
});

test('rows are drawn with equal chances', () => {
  const counts = new Float64Array(10);
  const random = createRandom(12);
  for (let i = 0; i < 4000; i++) for (const row of sampleRows(10, 3, random).chosen) counts[row]!++;
  for (const count of counts) assert.ok(Math.abs(count - 1200) < 150, `${count}`);
});

test.run();
