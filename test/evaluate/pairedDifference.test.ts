import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom, type Random } from '../../src/core/random.js';
import {
  evaluatePredictions,
  METRIC_NAMES,
  pairedDifference,
  recountBinary,
  recountRegression,
} from '../../src/evaluate/index.js';

function binaryRows(random: Random, rowCount: number) {
  const truth = Float64Array.from({ length: rowCount }, () => random.uniform());
  const labels = Uint8Array.from(truth, (p) => Number(random.uniform() < p));
  const noisy = (spread: number): Float64Array =>
    truth.map((p) => Math.min(1, Math.max(0, p + spread * random.normal())));
  return { labels, noisy };
}

test('metrics of a recount of every row once are those of the rows', () => {
  const { labels, noisy } = binaryRows(createRandom(1), 300);
  const p = noisy(0.1);
  const once = recountBinary(labels, p, 0.4).evaluate(new Float64Array(300).fill(1));
  const { confusion: _, ...expected } = evaluatePredictions(labels, p, 0.4);
  assert.equal(once, expected);
});

test('a recount of drawn rows is the metrics of the rows written out', () => {
  const random = createRandom(2);
  const { labels, noisy } = binaryRows(random, 60);
  const p = noisy(0.2).map((x) => Math.round(10 * x) / 10);
  const recount = recountBinary(labels, p, 0.5);
  for (let i = 0; i < 30; i++) {
    const times = new Float64Array(60);
    for (let draw = 0; draw < 60; draw++) times[random.integer(60)]!++;
    const rows = [...times].flatMap((count, row) => new Array<number>(count).fill(row));
    const expected = evaluatePredictions(
      Uint8Array.from(rows, (row) => labels[row]!),
      Float64Array.from(rows, (row) => p[row]!),
      0.5,
    );
    const metrics = recount.evaluate(times);
    for (const name of METRIC_NAMES) {
      assert.ok(Math.abs(metrics[name] - expected[name]) < 1e-12, `${name} of resample ${i}`);
    }
  }
});

test('a model is no better than itself', () => {
  const { labels, noisy } = binaryRows(createRandom(3), 200);
  const p = noisy(0.1);
  const same = pairedDifference(recountBinary(labels, p, 0.5), recountBinary(labels, p, 0.5));
  for (const name of METRIC_NAMES) assert.equal(same[name], { value: 0, lower: 0, upper: 0 });
});

test('the difference of two models is much surer than the two of them', () => {
  const random = createRandom(4);
  const target = Float64Array.from({ length: 400 }, () => 10 * random.normal());
  const first = target.map((y) => y + 5 * random.normal());
  // the second is the first, a little nearer
  const second = first.map((x, row) => x + 0.05 * (target[row]! - x));
  const { rmse } = pairedDifference(
    recountRegression(target, first),
    recountRegression(target, second),
  );
  assert.ok(rmse.upper < 0, JSON.stringify(rmse));
  assert.ok(rmse.upper - rmse.lower < 0.1, JSON.stringify(rmse));
});

test('two equally good models: the interval holds 0 about as often as it says', () => {
  const random = createRandom(5);
  const options = { resamples: 200, level: 0.9 };
  let covered = 0;
  for (let i = 0; i < 100; i++) {
    const { labels, noisy } = binaryRows(random, 150);
    const { logLoss } = pairedDifference(
      recountBinary(labels, noisy(0.05), 0.5),
      recountBinary(labels, noisy(0.05), 0.5),
      { ...options, seed: i },
    );
    if (logLoss.lower <= 0 && logLoss.upper >= 0) covered++;
  }
  assert.ok(covered >= 80 && covered <= 98, `${covered} of 100`);
});

test('other rows are refused', () => {
  const { labels, noisy } = binaryRows(createRandom(6), 20);
  const short = recountBinary(labels.subarray(1), noisy(0.1).subarray(1), 0.5);
  assert.throws(
    () => pairedDifference(recountBinary(labels, noisy(0.1), 0.5), short),
    /20 rows of the first model, 19 of the second/,
  );
});

test.run();
