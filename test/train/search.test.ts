import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError } from '../../src/core/errors.js';
import { canonicalJson } from '../../src/core/json.js';
import { createRandom } from '../../src/core/random.js';
import { crossValidate } from '../../src/train/crossValidate.js';
import { foldsOfTask, plainFolds } from '../../src/train/folds.js';
import { fitGbdt } from '../../src/train/gbdt.js';
import { costOf, halvingBracket, hyperbandBrackets } from '../../src/train/halving.js';
import type { ParameterSpace } from '../../src/train/parameterSpace.js';
import { shareOfRows } from '../../src/train/rowShare.js';
import { searchHyperparameters, searchHyperparametersAsync } from '../../src/train/search.js';
import { LEARNER_ACCESS, type LearnerFit } from '../../src/train/searchLearner.js';
import type { SearchOptions, SearchProgress } from '../../src/train/searchOptions.js';
import type { TrainingMatrix } from '../../src/train/trainingMatrix.js';
import { syntheticMatrix } from './syntheticMatrix.js';

const data = syntheticMatrix(600, 1);
const SPACE: ParameterSpace = {
  learningRate: { kind: 'number', minimum: 0.02, maximum: 0.5, scale: 'log' },
  maxLeaves: { kind: 'integer', minimum: 2, maximum: 20 },
};
const SMALL: Partial<SearchOptions> = { space: SPACE, foldCount: 3, maxTrials: 4, seed: 3 };
const QUICK: Partial<SearchOptions> = { ...SMALL, fixed: { numTrees: 6 } };

/** Noise around the parity of two columns: learners need interactions, and small leaves overfit. */
function parityMatrix(rowCount: number): TrainingMatrix {
  const random = createRandom(8);
  const matrix = Float32Array.from({ length: rowCount * 3 }, () => random.normal());
  const target = Float64Array.from({ length: rowCount }, (_, row) => {
    const odd = matrix[row * 3]! > 0 !== matrix[row * 3 + 1]! > 0;
    return random.uniform() < 0.15 !== odd ? 1 : 0;
  });
  return { matrix, rowCount, featureCount: 3, target };
}

test('a planted optimum is found: one leaf too few by default', () => {
  const planted = parityMatrix(800);
  const { best, trials, options } = searchHyperparameters(planted, {
    space: {
      maxLeaves: { kind: 'integer', minimum: 2, maximum: 8 },
      minChildSamples: { kind: 'integer', minimum: 5, maximum: 50, scale: 'log' },
    },
    // trees of four leaves at most see the parity at all, those of the default 31 learn the noise
    fixed: { numTrees: 60, learningRate: 0.3, l2: 0 },
    maxTrials: 10,
    metric: 'logLoss',
  });
  assert.equal(trials[0]!.drawn, {});
  assert.ok(best.mean < trials[0]!.mean - 0.02, `${best.mean} against ${trials[0]!.mean}`);
  assert.is(best.mean, Math.min(...trials.map(({ mean }) => mean)));
  assert.ok((options['maxLeaves'] as number) >= 3);
  assert.is(options['numTrees'], 60);
});

test('the scores are those of cross-validation with the same folds and options', () => {
  const folds = foldsOfTask('binary', data, 3, createRandom(9));
  const { trials } = searchHyperparameters(data, { ...QUICK, folds, maxTrials: 3 });
  for (const { options, scores, mean, sd } of trials) {
    const expected = crossValidate({
      data,
      folds,
      foldCount: 3,
      fit: (part) => fitGbdt(part, options),
    });
    assert.equal(
      scores,
      expected.folds.map(({ rocAuc }) => rocAuc),
    );
    assert.is(mean, expected.summary.rocAuc.mean);
    assert.is(sd, expected.summary.rocAuc.sd);
  }
});

test('the seed decides, and a parameter more leaves the others alone', () => {
  const drawn = (options: Partial<SearchOptions>) =>
    searchHyperparameters(data, { ...QUICK, ...options }).trials.map((trial) => trial.drawn);
  assert.equal(drawn({}), drawn({}));
  assert.not.equal(drawn({}), drawn({ seed: 4 }));
  const wider = drawn({ space: { l2: { kind: 'choice', values: [0, 1] }, ...SPACE } });
  assert.equal(
    wider.map(({ l2: _, ...rest }) => rest),
    drawn({}),
  );
  // more trials begin with the same ones
  assert.equal(drawn({ maxTrials: 6 }).slice(0, 4), drawn({}));
});

test('every task is searched', () => {
  const random = createRandom(2);
  const matrix = Float32Array.from({ length: 400 }, () => random.normal());
  const rows = [...Array(200).keys()];
  const classes = rows.map((row) => Math.min(2, Math.floor(Math.abs(matrix[row * 2]! * 1.5))));
  const base = { matrix, rowCount: 200, featureCount: 2 };
  const few = { ...QUICK, maxTrials: 2 };
  const three = searchHyperparameters({ ...base, target: classes }, { ...few, task: 'multiclass' });
  assert.is(three.metric, 'logLoss');
  assert.is(three.options['classCount'], 3);
  const target = rows.map((row) => matrix[row * 2]! ** 2);
  const number = searchHyperparameters({ ...base, target }, { ...few, task: 'regression' });
  assert.is(number.metric, 'rmse');
  assert.is(number.greaterIsBetter, false);
  assert.is(number.best.mean, Math.min(...number.trials.map(({ mean }) => mean)));
  const ranking = { ...base, target: classes, group: Array(20).fill(10) };
  const ranked = searchHyperparameters(ranking, { ...few, task: 'ranking' });
  assert.is(ranked.metric, 'ndcg');
  assert.is(ranked.options['objective'], 'lambdarank');
  const forest = searchHyperparameters(
    { ...base, target: classes },
    { learner: 'forest', task: 'multiclass', fixed: { numTrees: 3 }, maxTrials: 2, foldCount: 2 },
  );
  assert.is(forest.grownCount, 2 * 2 * 3);
  const logistic = searchHyperparameters(data, { learner: 'logistic', maxTrials: 3, foldCount: 2 });
  assert.is(logistic.trials.length, 3);
  assert.is(logistic.grownCount, 0);
});

test('validation rows stand in for folds', () => {
  const validation = syntheticMatrix(300, 2);
  const { trials } = searchHyperparameters(data, { ...QUICK, validation });
  for (const { scores, sd, mean } of trials) {
    assert.is(scores.length, 1);
    assert.is(mean, scores[0]);
    assert.is(sd, undefined);
  }
});

test('halving grows fewer trees than the full search, and gives its last trial as many', () => {
  const space = { maxLeaves: SPACE['maxLeaves']! };
  const common = { ...SMALL, space, maxTrials: 9 };
  const full = searchHyperparameters(data, { ...common, fixed: { numTrees: 18 } });
  const halved = searchHyperparameters(data, {
    ...common,
    strategy: 'halving',
    minimumResource: 2,
    maximumResource: 18,
  });
  assert.is(full.grownCount, 9 * 3 * 18);
  // a rung goes on from the trees of the one before: 9 trials to 2 trees, 3 to 6, 1 to 18
  assert.is(halved.grownCount, 3 * (9 * 2 + 3 * 4 + 1 * 12));
  assert.equal(halved.trials.map(({ resource }) => resource).sort(), [18, 2, 2, 2, 2, 2, 2, 6, 6]);
  assert.is(halved.best.resource, 18);
  assert.is(halved.options['numTrees'], 18);
  const same = full.trials[halved.best.index]!;
  assert.equal(halved.best.drawn, same.drawn);
  assert.equal(halved.best.scores, same.scores, 'continued and grown at once: the same bits');
});

test('more trees go on from fewer where that is exact, else begin anew', () => {
  const { fit } = LEARNER_ACCESS.gbdt;
  const drive = (...given: Parameters<typeof fit>): LearnerFit => {
    const steps = fit(...given);
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
    }
  };
  for (const { options, grownCount } of [
    { options: {}, grownCount: 7 },
    { options: { objective: 'quantile' }, grownCount: 7 },
    { options: { subsample: 0.5 }, grownCount: 10 },
    { options: { colsample: 0.5 }, grownCount: 10 },
    { options: { goss: true }, grownCount: 10 },
    { options: { colsampleByNode: 0.5 }, grownCount: 10 },
    // nothing to gain from the second round on: the continued round is a lone leaf, and not taken
    { options: { minSplitGain: 1e9 }, grownCount: 2 },
  ]) {
    const smaller = { ...drive(data, { ...options, numTrees: 3 }), numTrees: 3 };
    const continued = drive(data, { ...options, numTrees: 10 }, smaller);
    const whole = drive(data, { ...options, numTrees: 10 });
    assert.is(canonicalJson(continued.predictor), canonicalJson(whole.predictor));
    const isIdle = 'minSplitGain' in options;
    if (!isIdle) assert.is(continued.grownCount, grownCount, JSON.stringify(options));
  }
});

test('halving by rows, and Hyperband', () => {
  const rows = searchHyperparameters(data, {
    ...QUICK,
    maxTrials: 6,
    strategy: 'halving',
    resource: 'rows',
    minimumResource: 0.25,
    reductionFactor: 2,
  });
  assert.equal(rows.trials.map(({ resource }) => resource).sort(), [0.25, 0.25, 0.25, 0.5, 0.5, 1]);
  assert.is(rows.grownCount, 3 * 6 * (6 + 3 + 1));
  const hyperband = searchHyperparameters(data, {
    ...SMALL,
    maxTrials: 50,
    strategy: 'hyperband',
    maximumResource: 9,
  });
  assert.is(hyperband.trials.length, 9 + 5 + 3);
  assert.is(hyperband.best.resource, 9);
});

test('rungs end at the greatest resource; brackets of Hyperband cost about the same', () => {
  const range = { minimum: 1, maximum: 81, factor: 3, isInteger: true };
  assert.equal(halvingBracket(81, range).resources, [1, 3, 9, 27, 81]);
  assert.equal(halvingBracket(9, { ...range, minimum: 20, maximum: 100 }).resources, [33, 100]);
  const share = { minimum: 1 / 9, maximum: 1, factor: 3, isInteger: false };
  assert.is(halvingBracket(9, share).resources.length, 3);
  const brackets = hyperbandBrackets(range);
  // table 1 of the paper
  assert.equal(
    brackets.map(({ trialCount }) => trialCount),
    [81, 34, 15, 8, 5],
  );
  const costs = brackets.map((bracket) => costOf([bracket], 3));
  assert.ok(Math.max(...costs) < 1.5 * Math.min(...costs), String(costs));
});

test('shares of rows are nested, keep every class and whole queries', () => {
  const target = Float64Array.from({ length: 100 }, (_, row) => (row === 50 ? 2 : row % 2));
  const matrix = Float32Array.from({ length: 100 }, (_, row) => row);
  const rowsOf = (share: number, task: 'multiclass' | 'regression'): number[] => [
    ...shareOfRows({ matrix, rowCount: 100, featureCount: 1, target }, task, share, createRandom(1))
      .matrix,
  ];
  for (const task of ['multiclass', 'regression'] as const) {
    const [few, more] = [rowsOf(0.1, task), rowsOf(0.5, task)];
    assert.ok(few.every((row) => more.includes(row)));
    assert.equal(
      few,
      [...few].sort((a, b) => a - b),
    );
    assert.is(more.length, task === 'multiclass' ? 51 : 50);
    assert.is(rowsOf(1, task).length, 100);
  }
  assert.ok(rowsOf(0.1, 'multiclass').includes(50), 'the only row of its class');
  const group = [10, 0, 30, 20, 40];
  const part = shareOfRows(
    { matrix, rowCount: 100, featureCount: 1, target, group },
    'ranking',
    0.6,
    createRandom(2),
  );
  assert.is(part.group!.length, 3);
  let start = 0;
  for (let query = 0; query < 3; query++) {
    const own = [...part.matrix.subarray(start, start + part.group![query]!)];
    assert.equal(
      own,
      own.map((_, i) => own[0]! + i),
    );
    start += own.length;
  }
  assert.is(start, part.rowCount);
});

/** A clock that is a second later each time it is read. */
function ticking(): () => number {
  let time = 0;
  return () => (time += 1000);
}

test('a time budget ends the search, a trial at least being done', () => {
  const budget = { ...QUICK, now: ticking(), maxTrials: 50 };
  const short = searchHyperparameters(data, { ...budget, timeBudgetSeconds: 0 });
  assert.is(short.stopped, 'timeBudget');
  assert.is(short.trials.length, 1);
  const longer = searchHyperparameters(data, { ...budget, timeBudgetSeconds: 150 });
  assert.is(longer.stopped, 'timeBudget');
  assert.ok(longer.trials.length > 1 && longer.trials.length < 50);
  assert.ok(longer.trials.every(({ seconds }) => seconds! > 0));
  assert.ok(longer.elapsedSeconds! > 150);
  assert.is(searchHyperparameters(data, QUICK).stopped, 'finished');
});

test('progress tells the trial, the best so far and what is left', () => {
  const seen: SearchProgress[] = [];
  const { best } = searchHyperparameters(data, {
    ...QUICK,
    now: ticking(),
    onProgress: (progress) => seen.push(progress),
  });
  assert.equal(
    seen.map(({ trial }) => trial.index),
    [0, 1, 2, 3],
  );
  seen.forEach(({ best: so, evaluationCount, plannedCount, elapsedSeconds }, index) => {
    const means = seen.slice(0, index + 1).map(({ trial }) => trial.mean);
    assert.is(so.mean, Math.max(...means));
    assert.is(evaluationCount, index + 1);
    assert.is(plannedCount, 4);
    assert.ok(elapsedSeconds! > (seen[index - 1]?.elapsedSeconds ?? 0));
  });
  assert.is(seen[3]!.remainingSeconds, 0);
  assert.ok(seen[0]!.remainingSeconds! > 0);
  assert.is(seen[3]!.best.index, best.index);
  const silent: SearchProgress[] = [];
  searchHyperparameters(data, { ...QUICK, onProgress: (progress) => silent.push(progress) });
  assert.is(silent[0]!.elapsedSeconds, undefined);
  assert.is(silent[0]!.trial.seconds, undefined);
});

test('an aborted search returns what is done, or throws the reason', async () => {
  const controller = new AbortController();
  const result = searchHyperparameters(data, {
    ...QUICK,
    signal: controller.signal,
    onProgress: ({ evaluationCount }) => evaluationCount === 2 && controller.abort(),
  });
  assert.is(result.stopped, 'aborted');
  assert.is(result.trials.length, 2);
  const signal = AbortSignal.abort(new Error('enough'));
  assert.throws(() => searchHyperparameters(data, { ...QUICK, signal }), /enough/);
  try {
    await searchHyperparametersAsync(data, { ...QUICK, signal });
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).message, 'enough');
  }
});

test('the asynchronous search gives way, and returns the same', async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  const found = await searchHyperparametersAsync(data, QUICK);
  clearInterval(timer);
  assert.ok(turns > 4, `${turns} turns of others`);
  assert.equal(found, searchHyperparameters(data, QUICK));
});

test('mistakes are told before anything runs', () => {
  const fails = (options: Partial<SearchOptions>, message: RegExp): void =>
    assert.throws(
      () =>
        searchHyperparameters(data, { ...options, onProgress: () => assert.unreachable('it ran') }),
      (error: Error) => message.test(error.message) || assert.unreachable(error.message),
    );
  const one = (name: string, range: unknown) => ({ space: { [name]: range } as ParameterSpace });
  fails(
    one('learningrate', { kind: 'number', minimum: 0, maximum: 1 }),
    /did you mean "learningRate"/,
  );
  fails(
    one('validation', { kind: 'choice', values: [1] }),
    /unknown parameter of gbdt "validation"/,
  );
  fails(one('learningRate', { kind: 'number', minimum: 0, maximum: 1 }), /"learningRate" expected/);
  fails(one('learningRate', { kind: 'number', minimum: 0.1, maximum: 11 }), /"learningRate" .* 11/);
  fails(one('maxLeaves', { kind: 'number', minimum: 2, maximum: 9 }), /kind "integer" or "choice"/);
  fails(one('growPolicy', { kind: 'integer', minimum: 0, maximum: 1 }), /expected kind "choice"/);
  fails(
    one('growPolicy', { kind: 'choice', values: ['leafwise', 'sideways'] }),
    /"growPolicy" .*sideways/,
  );
  fails(one('growPolicy', { kind: 'choice', values: [] }), /at least one/);
  fails(one('l2', { kind: 'number', minimum: 0, maximum: 1, scale: 'log' }), /above 0, got 0/);
  fails(one('l2', { kind: 'number', minimum: 2, maximum: 1 }), /"l2.maximum"/);
  fails(
    one('l2', { kind: 'number', min: 0, maximum: 1 }),
    /unknown key of the range of "l2" "min"/,
  );
  fails({ ...QUICK, metric: 'rmse' }, /metric "rmse" is for regression/);
  fails({ learner: 'svm' as 'gbdt' }, /"learner" expected one of/);
  fails({ learner: 'logistic', task: 'regression' }, /for classes, not regression/);
  fails({ learner: 'logistic', strategy: 'halving', resource: 'numTrees' }, /has no trees/);
  fails({ timeBudgetSeconds: 5 }, /expected "now"/);
  fails({ maximumResource: 5 }, /random search has no resource/);
  fails({ ...QUICK, strategy: 'halving' }, /"numTrees" is the resource/);
  fails({ space: SPACE, fixed: { maxLeaves: 3 } }, /both fixed and in the space/);
  fails({ trials: 5 } as never, /unknown search option "trials"/);
  fails({ folds: plainFolds(600, 5, createRandom(1)), foldCount: 4 }, /in fold 4 of 4/);
  fails({ folds: plainFolds(600, 4, createRandom(1)) }, /fold 4 has no rows/);
  fails(
    { fixed: { goss: true }, ...one('subsample', { kind: 'number', minimum: 0.5, maximum: 0.9 }) },
    /"goss"/,
  );
  assert.throws(
    () => searchHyperparameters(data, { fixed: { trees: 3 } }),
    (error: Error) => error instanceof ConfigError,
  );
});

test.run();
