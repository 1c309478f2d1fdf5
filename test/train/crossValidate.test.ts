import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../src/core/random.js';
import { evaluateMulticlass } from '../../src/evaluate/multiclassMetrics.js';
import { evaluateRegression } from '../../src/evaluate/regressionMetrics.js';
import { UNSEEN } from '../../src/model/feature.js';
import type { Linear } from '../../src/model/linear.js';
import { margins } from '../../src/model/margin.js';
import { classProbabilities } from '../../src/model/multiclass.js';
import { crossValidate, selectCandidate } from '../../src/train/crossValidate.js';
import { FOLD_SCORE_NAMES } from '../../src/train/foldScores.js';
import { plainFolds, queryFolds, stratifiedFolds } from '../../src/train/folds.js';
import { fitGbdt } from '../../src/train/gbdt.js';
import { fitLogistic } from '../../src/train/logistic/logisticRegression.js';
import { selectTraining } from '../../src/train/selectTraining.js';
import { splitFold } from '../../src/train/splitFold.js';
import type { TrainingMatrix } from '../../src/train/trainingMatrix.js';

function draw(rowCount: number): TrainingMatrix & { target: Uint8Array } {
  const random = createRandom(1);
  const matrix = new Float32Array(rowCount * 2);
  const target = new Uint8Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    matrix.set([random.normal(), random.integer(4)], row * 2);
    target[row] = matrix[row * 2]! + random.normal() > 0 ? 1 : 0;
  }
  return { matrix, rowCount, featureCount: 2, target, categorical: [1] };
}

/** A predictor whose margin is the first feature, and 100 for each known level of the second. */
const passThrough: Linear = {
  kind: 'linear',
  link: 'logit',
  intercepts: [0],
  numeric: [
    {
      featureIndex: 0,
      fill: 0,
      lower: -Infinity,
      upper: Infinity,
      center: 0,
      scale: 1,
      weights: [1],
    },
  ],
  categorical: [{ featureIndex: 1, weights: [[100, 100, 100, 100]], fill: -1 }],
};

const data = draw(203);
const folds = stratifiedFolds(data.target, 4, createRandom(2));

test('each row is predicted by a predictor that did not see it', () => {
  const fits: TrainingMatrix[] = [];
  const result = crossValidate({
    data,
    folds,
    foldCount: 4,
    fit: (part) => {
      fits.push(part);
      return fitLogistic(part).predictor;
    },
  });
  assert.is(result.link, 'logit');
  fits.forEach((part, fold) => {
    const rows = [...folds.keys()].filter((row) => folds[row] !== fold);
    assert.is(part.rowCount, rows.length);
    assert.equal(
      Array.from(part.target),
      rows.map((row) => data.target[row]),
    );
    assert.equal(
      Array.from(part.matrix),
      rows.flatMap((row) => Array.from(data.matrix.subarray(row * 2, row * 2 + 2))),
    );
    const expected = margins(fitLogistic(part).predictor, data.matrix, 203, 2);
    folds.forEach((held, row) => {
      if (held === fold) assert.is(result.margins[row], expected[row]);
    });
  });
});

test('a level that only the held-out fold has is unseen', () => {
  const matrix = data.matrix.slice();
  const rare = folds.lastIndexOf(3);
  for (let row = 0; row < 203; row++) matrix[row * 2 + 1] = row === rare ? 3 : row % 3;
  matrix[1] = NaN;
  matrix[3] = UNSEEN;
  const before = matrix.slice();
  const { margins: outOfFold } = crossValidate({
    data: { ...data, matrix },
    folds,
    foldCount: 4,
    fit: () => passThrough,
  });
  assert.ok(matrix.every((value, at) => Object.is(value, before[at])));
  assert.is(outOfFold[rare], matrix[rare * 2]);
  assert.is(outOfFold[0], matrix[0]);
  assert.is(outOfFold[1], matrix[2]);
  assert.is(outOfFold[2], 100 + matrix[4]!);
});

test('scores by fold, their mean and deviation, in order', () => {
  const seen: number[] = [];
  const result = crossValidate({
    data,
    folds,
    foldCount: 4,
    fit: (part) => fitLogistic(part).predictor,
    onFold: (fold, scores) => {
      seen.push(fold);
      assert.ok(scores.rocAuc > 0.6 && scores.rocAuc < 1);
    },
  });
  assert.equal(seen, [0, 1, 2, 3]);
  const losses = result.folds.map((scores) => scores.logLoss);
  const mean = losses.reduce((total, loss) => total + loss) / 4;
  const variance = losses.reduce((total, loss) => total + (loss - mean) ** 2, 0) / 3;
  assert.ok(Math.abs(result.summary.logLoss.mean - mean) < 1e-15);
  assert.ok(Math.abs(result.summary.logLoss.sd - Math.sqrt(variance)) < 1e-15);
});

test('weights reach the learner', () => {
  const weight = Float64Array.from(folds, (_, row) => row + 1);
  let fold = 0;
  crossValidate({
    data: { ...data, weight },
    folds,
    foldCount: 4,
    fit: (part) => {
      const expected = weight.filter((_, row) => folds[row] !== fold);
      assert.equal(Array.from(part.weight!), Array.from(expected));
      fold++;
      return passThrough;
    },
  });
  assert.is(fold, 4);
});

test('the best mean ROC-AUC is selected, the first of equals', () => {
  const candidate = (mean: number) => {
    const spread = { mean, sd: 0 };
    const summary = {
      rocAuc: spread,
      precision: spread,
      recall: spread,
      f1: spread,
      logLoss: spread,
    };
    return { summary };
  };
  assert.is(selectCandidate([0.8, 0.9, 0.9, 0.7].map(candidate)), 1);
  assert.is(selectCandidate([0.8].map(candidate)), 0);
});

test('every task: margins of all outputs by row, scores of its own', () => {
  const random = createRandom(4);
  const rowCount = 240;
  const matrix = Float32Array.from({ length: rowCount * 2 }, () => random.normal());
  const signal = (row: number) => matrix[row * 2]! + 0.3 * matrix[row * 2 + 1]!;
  const rows = [...Array(rowCount).keys()];
  const FEW = { numTrees: 8, maxLeaves: 6, minChildSamples: 5 };

  const classes = rows.map((row) => (signal(row) > 0.5 ? 2 : signal(row) > -0.5 ? 1 : 0));
  const three = { matrix, rowCount, featureCount: 2, target: classes };
  const threeFolds = stratifiedFolds(classes, 3, createRandom(1));
  const fitThree = (part: TrainingMatrix) =>
    fitGbdt(part, { ...FEW, objective: 'multiclass', classCount: 3 });
  const multiclass = crossValidate({
    data: three,
    folds: threeFolds,
    foldCount: 3,
    fit: fitThree,
    task: 'multiclass',
  });
  assert.is(multiclass.outputCount, 3);
  assert.is(multiclass.link, 'softmax');
  assert.equal(Object.keys(multiclass.summary), [...FOLD_SCORE_NAMES.multiclass]);
  assert.ok(multiclass.summary.accuracy.mean > 0.8);
  const outside = rows.filter((row) => threeFolds[row] !== 1);
  const expected = margins(
    fitThree(selectTraining(three, Uint32Array.from(outside))),
    matrix,
    rowCount,
    2,
  );
  for (const row of rows.filter((row) => threeFolds[row] === 1)) {
    for (let k = 0; k < 3; k++) assert.is(multiclass.margins[row * 3 + k], expected[row * 3 + k]);
  }

  const numbers = rows.map((row) => 10 + signal(row));
  const regression = crossValidate({
    data: { matrix, rowCount, featureCount: 2, target: numbers },
    folds: plainFolds(rowCount, 3, createRandom(1)),
    foldCount: 3,
    fit: (part) => fitGbdt(part, { ...FEW, objective: 'quantile' }),
    task: 'regression',
    metrics: ['mae', 'quantile'],
    metricOptions: { quantile: { alpha: 0.5 } },
  });
  // at one half the pinball loss is half the absolute error
  assert.ok(Math.abs(regression.summary.mae.mean - 2 * regression.summary.quantile.mean) < 1e-12);

  const group = Array(24).fill(10);
  const ranking = { matrix, rowCount, featureCount: 2, target: classes, group };
  const sizes: number[] = [];
  const ranked = crossValidate({
    data: ranking,
    folds: queryFolds(ranking, 3, createRandom(1)),
    foldCount: 3,
    fit(part) {
      sizes.push(part.group!.length);
      return fitGbdt(part, { ...FEW, objective: 'lambdarank' });
    },
    task: 'ranking',
    metrics: ['ndcg'],
  });
  assert.equal(sizes, [16, 16, 16]);
  assert.ok(ranked.summary.ndcg.mean > 0.9);
  assert.throws(
    () => splitFold(ranking, plainFolds(rowCount, 3, createRandom(1)), 0),
    /query \d+ lies in folds \d and \d/,
  );
});

test('what does not fit the task is refused before anything is fitted', () => {
  const fit = () => assert.unreachable() as never;
  const input = { data, folds, foldCount: 4, fit };
  assert.throws(
    () => crossValidate({ ...input, task: 'binary', metrics: ['rmse'] }),
    /metric "rmse" is for regression, not binary/,
  );
  assert.throws(
    () => crossValidate({ ...input, task: 'multiclass', metrics: ['f1'] }),
    /metric "f1" is for binary, not multiclass/,
  );
  assert.throws(
    () => crossValidate({ ...input, task: 'binary', metrics: ['auc' as 'rocAuc'] }),
    /"metric" expected one of/,
  );
  assert.throws(() => crossValidate({ ...input, foldCount: 3 }), /is in fold 3 of 3/);
});

test('predictors of different widths are refused, with what to do', () => {
  const target = data.target.map((_, row) => (row === 0 ? 2 : row % 2));
  const fit = (part: TrainingMatrix) =>
    fitGbdt(part, { numTrees: 1, objective: part.target[0] === 2 ? 'multiclass' : 'binary' });
  assert.throws(
    () =>
      crossValidate({
        data: { ...data, target },
        folds,
        foldCount: 4,
        fit,
        task: 'multiclass',
        metrics: ['accuracy'],
      }),
    /expected "classCount"/,
  );
});

test('several classes: margins row by row, scores of the probabilities', () => {
  const target = Float64Array.from(folds, (_, row) => row % 3);
  const options = { objective: 'multiclass', classCount: 3, numTrees: 3 } as const;
  const result = crossValidate({
    task: 'multiclass',
    data: { ...data, target },
    folds,
    foldCount: 4,
    fit: (part) => fitGbdt(part, options),
  });
  assert.is(result.link, 'softmax');
  assert.is(result.outputCount, 3);
  assert.is(result.margins.length, 203 * 3);
  const held = [...folds.keys()].filter((row) => folds[row] === 2);
  const rest = Uint32Array.from([...folds.keys()].filter((row) => folds[row] !== 2));
  const predictor = fitGbdt(selectTraining({ ...data, target }, rest), options);
  const expected = margins(predictor, data.matrix, 203, 2);
  for (const row of held) {
    assert.equal(
      [...result.margins.subarray(row * 3, row * 3 + 3)],
      [...expected.subarray(row * 3, row * 3 + 3)],
    );
  }
  const own = (values: Float64Array): Float64Array =>
    Float64Array.from(held.flatMap((row) => [...values.subarray(row * 3, row * 3 + 3)]));
  const metrics = evaluateMulticlass({
    labels: held.map((row) => target[row]!),
    probabilities: classProbabilities('softmax', own(expected), 3),
    classCount: 3,
  });
  const { logLoss, accuracy, balancedAccuracy, macroF1, rocAuc } = metrics;
  assert.equal(result.folds[2], { logLoss, accuracy, balancedAccuracy, macroF1, rocAuc });
});

test('numbers: errors on the scale of the target, also behind a logarithm', () => {
  const target = Float64Array.from(folds, (_, row) => 3 + (row % 7) + data.matrix[row * 2]! ** 2);
  for (const objective of ['squared', 'poisson'] as const) {
    const result = crossValidate({
      task: 'regression',
      data: { ...data, target },
      folds,
      foldCount: 4,
      fit: (part) => fitGbdt(part, { objective, numTrees: 5 }),
    });
    assert.is(result.link, objective === 'squared' ? 'identity' : 'log');
    const held = [...folds.keys()].filter((row) => folds[row] === 0);
    const predicted = held.map((row) =>
      objective === 'squared' ? result.margins[row]! : Math.exp(result.margins[row]!),
    );
    const { rmse, mae, r2 } = evaluateRegression(
      held.map((row) => target[row]!),
      predicted,
    );
    const scores = result.folds[0]!;
    for (const [got, expected] of [
      [scores.rmse, rmse],
      [scores.mae, mae],
      [scores.r2, r2],
    ] as const) {
      assert.ok(Math.abs(got - expected) < 1e-12, objective);
    }
  }
});

test('the least log loss or RMSE is selected', () => {
  const spread = (mean: number) => ({ mean, sd: 0 });
  const numbers = [3, 1, 1, 2].map((rmse) => ({
    summary: { rmse: spread(rmse), mae: spread(-rmse), r2: spread(0) },
  }));
  assert.is(selectCandidate(numbers, 'regression'), 1);
  const classes = [0.3, 0.2].map((logLoss) => ({
    summary: {
      logLoss: spread(logLoss),
      accuracy: spread(logLoss),
      balancedAccuracy: spread(0),
      macroF1: spread(0),
      rocAuc: spread(logLoss),
    },
  }));
  assert.is(selectCandidate(classes, 'multiclass'), 1);
});

test('folds that do not fit are refused', () => {
  const fit = () => passThrough;
  assert.throws(
    () => crossValidate({ data, folds: folds.subarray(1), foldCount: 4, fit }),
    /202 folds for 203 rows/,
  );
  assert.throws(() => crossValidate({ data, folds, foldCount: 5, fit }), /fold 4 has no rows/);
});

test.run();
