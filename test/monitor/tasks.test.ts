import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalJson } from '../../src/core/json.js';
import { createRandom, type Random } from '../../src/core/random.js';
import { selectRows } from '../../src/core/table.js';
import { summarizePredictions } from '../../src/monitor/advice/predictionSummary.js';
import { finiteCount } from '../../src/monitor/counts/state.js';
import {
  assessDrift,
  createMonitorState,
  type DriftReference,
  type DriftReport,
  type MonitorState,
  mergeStates,
  observe,
  recommendRetraining,
} from '../../src/monitor/index.js';
import { countsToJson } from '../../src/monitor/snapshot/countsJson.js';
import { drawReference, drawSample } from './samples.js';
import {
  CLASSES,
  classReference,
  drawClasses,
  drawNumbers,
  numberReference,
  type TaskSample,
} from './taskSamples.js';

type Rows = Pick<TaskSample, 'table' | 'predictions'>;

interface Case {
  reference: DriftReference;
  draw: (random: Random, rowCount: number) => Rows;
}

const CASES: Record<DriftReference['task'], Case> = {
  binary: {
    reference: drawReference(),
    draw(random, rowCount) {
      const { table, probabilities } = drawSample(random, rowCount);
      return { table, predictions: probabilities };
    },
  },
  multiclass: { reference: classReference(), draw: drawClasses },
  regression: { reference: numberReference(), draw: drawNumbers },
};

function stateOf<R extends DriftReference>(reference: R, { table, predictions }: Rows) {
  const state = createMonitorState(reference);
  observe(state as MonitorState, table, predictions);
  return state;
}

function bytesOf(state: MonitorState): string {
  return canonicalJson(countsToJson(state)) + canonicalJson(assessDrift(state));
}

for (const [task, { reference, draw }] of Object.entries(CASES)) {
  test(`${task}: rows shared out in any way and merged in any order are the whole, to the byte`, () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 9 }), (seed, workerCount) => {
        const random = createRandom(seed);
        const rowCount = random.integer(120);
        const { table, predictions } = draw(random, rowCount);
        const width = predictions.length / (rowCount || 1);
        const workers = Array.from({ length: workerCount }, () => createMonitorState(reference));
        for (const row of random.shuffle(Uint32Array.from({ length: rowCount }, (_, i) => i))) {
          const rows = selectRows(table, Uint32Array.of(row));
          const own = predictions.subarray(row * width, (row + 1) * width);
          observe(workers[random.integer(workerCount)]!, rows, own);
        }
        const order = random.shuffle(Uint32Array.from({ length: workerCount }, (_, i) => i));
        const shuffled = Array.from(order, (index) => workers[index]!);
        const cut = random.integer(workerCount);
        const halves = [shuffled.slice(0, cut), shuffled.slice(cut)].filter(({ length }) => length);
        const whole = bytesOf(stateOf(reference, { table, predictions }));
        assert.is(bytesOf(mergeStates(shuffled)), whole);
        assert.is(bytesOf(mergeStates(halves.map((half) => mergeStates(half)))), whole);
      }),
      { numRuns: 30 },
    );
  });

  test(`${task}: the report of no rows, few rows and many has no NaN and no infinity`, () => {
    for (const rowCount of [0, 1, 49, 500]) {
      const state = stateOf(reference, draw(createRandom(rowCount), rowCount));
      const text = canonicalJson(assessDrift(state as MonitorState));
      assert.not.match(text, /NaN|Infinity/);
      assert.match(text, `"task": "${task}"`);
    }
  });
}

test('states of different tasks cannot be merged', () => {
  const states = Object.values(CASES).map(({ reference }) => createMonitorState(reference));
  assert.throws(() => mergeStates(states.slice(0, 2)), /different drift references/);
  assert.throws(() => mergeStates(states.slice(1)), /different drift references/);
});

for (const [windows, rowCount] of [
  [400, 50],
  [400, 200],
  [200, 1000],
  [10, 10_000],
] as const) {
  for (const task of ['multiclass', 'regression'] as const) {
    test(`${task}: no more false alarms than allowed in ${windows} windows of ${rowCount} rows`, () => {
      const { reference, draw } = CASES[task];
      const random = createRandom(rowCount);
      let alarms = 0;
      for (let i = 0; i < windows; i++) {
        const report = assessDrift(stateOf(reference, draw(random, rowCount)) as MonitorState);
        if (recommendRetraining(report).recommendation !== 'none') alarms++;
      }
      assert.ok(alarms / windows <= 0.02, `${alarms} of ${windows} windows raised an alarm`);
    });
  }
}

function codesOf(report: DriftReport): string[] {
  return recommendRetraining(report).reasons.map((reason) =>
    [reason.code, reason.class ?? reason.field].filter((part) => part !== undefined).join(' '),
  );
}

const classes = classReference();
const numbers = numberReference();

test('a class that is predicted less often calls for retraining, by name', () => {
  const random = createRandom(21);
  for (let i = 0; i < 20; i++) {
    const report = assessDrift(stateOf(classes, drawClasses(random, 1000, [-1, 0, 0, 0])));
    assert.equal(report.shiftedClasses.slice(0, 2), ['rail', 'road']);
    assert.ok(report.classDistribution.changed);
    assert.is(recommendRetraining(report).recommendation, 'retrain');
    assert.equal(
      codesOf(report).filter((code) => code.startsWith('class_rate_shift')),
      ['class_rate_shift rail', 'class_rate_shift road'],
    );
  }
});

test('a rare class that grows is seen and watched', () => {
  const random = createRandom(22);
  for (let i = 0; i < 20; i++) {
    const report = assessDrift(stateOf(classes, drawClasses(random, 2000, [0, 0, 0, 0.9])));
    assert.equal(report.shiftedClasses, []);
    assert.ok(codesOf(report).includes('class_rate_drift air'), codesOf(report).join());
    assert.is(recommendRetraining(report).recommendation, 'watch');
  }
});

test('a loss of confidence is score drift though every class is as frequent as ever', () => {
  const sample = drawClasses(createRandom(23), 1000);
  // halfway to equal probabilities keeps the order of the classes
  sample.predictions = sample.predictions.map((p) => (p + 0.25) / 2);
  const report = assessDrift(stateOf(classes, sample));
  // and what is less certain is expected to be right less often
  assert.equal(codesOf(report), ['performance_drop', 'score_drift']);
  assert.match(
    recommendRetraining(report).reasons[1]!.message,
    'the probability of the predicted class is lower',
  );
});

test('class rates are shares of the rows, beside those out of fold and those of the labels', () => {
  const sample = drawClasses(createRandom(24), 3000);
  const report = assessDrift(stateOf(classes, sample));
  for (const [code, { name, rate, referenceRate, trainingRate }] of report.classRates.entries()) {
    assert.is(name, CLASSES[code]);
    let hits = 0;
    for (let row = 0; row < 3000; row++) {
      const own = [...sample.predictions.subarray(4 * row, 4 * row + 4)];
      if (own.indexOf(Math.max(...own)) === code) hits++;
    }
    assert.is(rate, hits / 3000);
    assert.is(referenceRate, classes.predictedClassCounts[code]! / 10_000);
    assert.is(trainingRate, classes.trainingClassCounts[code]! / 10_000);
  }
  const summary = summarizePredictions(report);
  assert.ok(summary.task === 'multiclass');
  assert.equal(Object.keys(summary.predicted_class_rates!), CLASSES);
  assert.ok(Math.abs(summary.training_class_rates.rail! - 0.58) < 0.1);
});

test('of equal probabilities the first class counts, after rounding to float32', () => {
  const state = createMonitorState(classes);
  const { table } = drawSample(createRandom(25), 3);
  const close = 0.3 + 1e-12;
  observe(state, table, [0.25, 0.25, 0.25, 0.25, 0.1, 0.3, close, 0.3, 0, 0, 0.1, 0.9]);
  assert.equal([...state.classCounts], [1, 1, 0, 1]);
});

test('shifted predictions call for retraining, and the message says where', () => {
  const random = createRandom(26);
  for (let i = 0; i < 20; i++) {
    const report = assessDrift(
      stateOf(
        numbers,
        drawNumbers(random, 1000, (x) => x + 2),
      ),
    );
    assert.ok(report.predictionsShifted);
    const { recommendation, reasons } = recommendRetraining(report);
    assert.is(recommendation, 'retrain');
    assert.is(reasons[0]!.code, 'prediction_shift');
    assert.match(
      reasons[0]!.message,
      /^the prediction is higher: above \d+\.\d+ in \d+ % \(in training/,
    );
  }
});

test('a wider spread around the same mean is a shift too', () => {
  const centre = numbers.score.mean;
  const wider = drawNumbers(createRandom(27), 1000, (x) => centre + 1.5 * (x - centre));
  const report = assessDrift(stateOf(numbers, wider));
  assert.ok(Math.abs(report.score.moments!.zScore) < 0.2);
  assert.ok(report.predictionsShifted);
});

test('predictions that rise by a fortieth of their spread are significant in very many rows, and no alarm', () => {
  const sample = drawNumbers(createRandom(28), 50_000, (x) => x + 0.15);
  const report = assessDrift(stateOf(numbers, sample));
  assert.ok(report.score.significant);
  assert.not.ok(report.score.changed);
  assert.not.ok(report.predictionsShifted);
});

test('the shift is the greatest difference of the shares above an edge', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 200 }), (seed, rowCount) => {
      const random = createRandom(seed);
      const sample = drawNumbers(random, rowCount, (x) => x * (0.8 + 0.4 * random.uniform()));
      const { shift } = assessDrift(stateOf(numbers, sample)).score.grid!;
      const { edges, counts } = numbers.score;
      const distances = edges.map((edge, bin) => {
        const above = sample.predictions.filter((x) => x > edge).length / rowCount;
        const then = counts.slice(bin + 1).reduce((sum, count) => sum + count, 0) / 10_000;
        return Math.abs(above - then);
      });
      const greatest = Math.max(...distances);
      assert.is(Math.abs(shift.rate - shift.referenceRate), greatest);
      assert.is(shift.above, edges[distances.indexOf(greatest)]);
    }),
    { numRuns: 50 },
  );
});

test('predictions outside the range of training are told', () => {
  const sample = drawNumbers(createRandom(29), 500);
  for (let row = 0; row < 500; row += 25) sample.predictions[row] = -1;
  const report = assessDrift(stateOf(numbers, sample));
  assert.ok(codesOf(report).includes('prediction_out_of_range'));
  assert.is(recommendRetraining(report).recommendation, 'watch');
});

test('a regression that always predicted one number has no shift and still sees another number', () => {
  const { table } = drawSample(createRandom(30), 200);
  const constant = { ...numbers, score: { ...numbers.score, edges: [], counts: [10_000] } };
  Object.assign(constant.score, { mean: 7, minimum: 7, maximum: 7, standardDeviation: 0 });
  const same = assessDrift(
    stateOf(constant, { table, predictions: new Float32Array(200).fill(7) }),
  );
  assert.is(same.score.grid, undefined);
  assert.equal(codesOf(same), []);
  const other = assessDrift(
    stateOf(constant, { table, predictions: new Float32Array(200).fill(8) }),
  );
  assert.equal(codesOf(other), ['prediction_out_of_range', 'score_drift']);
});

test('predictions beyond float32 count as missing', () => {
  const { table } = drawSample(createRandom(31), 4);
  const state = createMonitorState(numbers);
  observe(state, table, [Infinity, -1e300, NaN, 25]);
  assert.is(state.score.missing, 3);
  assert.is(finiteCount(state.score), 1);
  const report = assessDrift(state);
  assert.ok(Math.abs(report.score.moments!.mean - 25) < 1e-5);
});

test('the mean prediction stands beside that of training and of the target', () => {
  const sample = drawNumbers(createRandom(32), 2000);
  const summary = summarizePredictions(assessDrift(stateOf(numbers, sample)));
  assert.ok(summary.task === 'regression');
  const mean = sample.predictions.reduce((sum, x) => sum + x, 0) / 2000;
  assert.ok(Math.abs(summary.predicted_mean! - mean) < 1e-4);
  assert.is(summary.training_predicted_mean, numbers.score.mean);
  assert.is(summary.training_mean, numbers.trainingMean);
  assert.ok(Math.abs(summary.training_mean - summary.training_predicted_mean) < 0.05);
  const before = summarizePredictions(assessDrift(createMonitorState(numbers)));
  assert.ok(before.task === 'regression' && before.predicted_mean === null);
});

test('predictions of the wrong number a row are refused', () => {
  const { table } = drawSample(createRandom(33), 3);
  const state = createMonitorState(classes);
  assert.throws(
    () => observe(state, table, [1, 0, 0]),
    /"predictions" expected 12 values, 4 a row, got 3/,
  );
  assert.throws(() => observe(createMonitorState(numbers), table, [1]), /expected 3 values, one/);
  assert.is(state.rowCount, 0);
});

test.run();
