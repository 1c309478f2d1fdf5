import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom, type Random } from '../../src/core/random.js';
import type { Schema } from '../../src/model/schema.js';
import {
  assessDrift,
  buildReference,
  createMonitor,
  createMonitorState,
  type DriftReference,
  type MonitorState,
  observe,
  type PerformanceMetric,
} from '../../src/monitor/index.js';
import { countedHits, expectedHits } from '../../src/monitor/performance/expectedHits.js';
import {
  calibrationTable,
  firstPositiveBin,
} from '../../src/monitor/reference/calibrationTable.js';
import { SCHEMA } from './samples.js';
import { CLASSES, drawClasses, drawNumbers } from './taskSamples.js';

const golden = JSON.parse(
  readFileSync(new URL('./fixtures/performance.json', import.meta.url), 'utf8'),
);

const NO_FIELDS = { fields: [] };

function near(actual: number | undefined, expected: number, error: number, what: string): void {
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) <= error,
    `${what}: got ${actual}, expected ${expected} within ${error}`,
  );
}

/** A monitor that has seen rows without fields and their labels, and the metrics of all of them. */
function metricsOf(
  reference: DriftReference,
  predictions: ArrayLike<number>,
  labels: readonly (string | number)[],
): PerformanceMetric[] {
  const monitor = createMonitor({ reference, options: { labelCapacity: 1_000_000 } });
  const ids = labels.map((_, row) => `${row}`);
  monitor.record(
    labels.map(() => ({})),
    predictions,
    ids,
    0,
  );
  monitor.labels(
    labels.map((label, row) => ({ prediction_id: ids[row]!, label })),
    0,
  );
  return monitor.assess().overall.performance.metrics;
}

test('realised precision, recall and accuracy are those of scikit-learn', () => {
  const { probabilities, labels, threshold, ...expected } = golden.binary;
  const target = { name: 'y', classes: ['no', 'yes'] };
  const reference = buildReference({
    schema: { ...NO_FIELDS, target },
    table: { rowCount: labels.length, columns: [] },
    task: 'binary',
    target: labels,
    predictions: probabilities,
    threshold,
  });
  const named = labels.map((label: number) => target.classes[label]);
  for (const { metric, realised, training } of metricsOf(reference, probabilities, named)) {
    near(realised!.value, expected[metric], 1e-14, metric);
    // the reference is of the same rows
    near(training, expected[metric], 1e-14, `${metric} in training`);
  }
});

test('the estimate is the mean of the probabilities where training has shown them to be right', () => {
  const { probabilities, threshold, expectedPrecision, expectedRecall, expectedAccuracy } =
    golden.binary;
  const rows = probabilities.length;
  const perfect = {
    edges: [] as number[],
    rows: [1e9],
    hits: [0],
    predicted: [0],
    unevenness: [0],
  };
  const sides = [false, true].map((above) => {
    const own = probabilities.filter((p: number) => p >= Math.fround(threshold) === above);
    const sum = own.reduce((total: number, p: number) => total + p, 0);
    return expectedHits(perfect, { rows: [own.length], predicted: [sum] }, 0, 1);
  });
  const [negative, positive] = sides;
  near(positive!.hits / positive!.rows, expectedPrecision, 1e-7, 'precision');
  near(positive!.hits / (positive!.hits + negative!.hits), expectedRecall, 1e-7, 'recall');
  const right = positive!.hits + negative!.rows - negative!.hits;
  near(right / rows, expectedAccuracy, 1e-7, 'accuracy');
});

test('realised accuracy, precision and recall of several classes are those of scikit-learn', () => {
  const { probabilities, labels, accuracy, precision, recall } = golden.multiclass;
  const classes = ['a', 'b', 'c'];
  const reference = buildReference({
    schema: { ...NO_FIELDS, target: { name: 'y', classes } },
    table: { rowCount: labels.length, columns: [] },
    task: 'multiclass',
    target: labels.map((label: string) => classes.indexOf(label)),
    predictions: probabilities,
  });
  const [overall, ...ofClasses] = metricsOf(reference, probabilities, labels);
  near(overall!.realised!.value, accuracy, 1e-14, 'accuracy');
  near(overall!.training, accuracy, 1e-14, 'accuracy in training');
  assert.is(ofClasses.length, 6);
  for (const { metric, class: name, realised, training } of ofClasses) {
    const expected = (metric === 'precision' ? precision : recall)[classes.indexOf(name!)];
    near(realised!.value, expected, 1e-14, `${metric} of ${name}`);
    near(training, expected, 1e-14, `${metric} of ${name} in training`);
  }
});

test('realised errors of a regression are those of scikit-learn', () => {
  const { predictions, labels, ...expected } = golden.regression;
  const reference = buildReference({
    schema: { ...NO_FIELDS, target: { name: 'y', classes: [] } },
    table: { rowCount: labels.length, columns: [] },
    task: 'regression',
    target: labels,
    predictions,
  });
  for (const { metric, realised, training } of metricsOf(reference, predictions, labels)) {
    near(realised!.value, expected[metric], 1e-12 * expected[metric], metric);
    near(training, expected[metric], 1e-12 * expected[metric], `${metric} in training`);
  }
});

test('no bin of the calibration lies on both sides of the threshold, whatever its neighbours', () => {
  const random = createRandom(4);
  const p = Float32Array.from({ length: 3000 }, () => Math.round(50 * random.uniform()) / 50);
  const hits = Uint8Array.from(p, (x) => Number(random.uniform() < x));
  for (const threshold of [0, 0.02, 0.3, 0.5, 0.7, 1]) {
    const table = calibrationTable(p, hits, [], threshold);
    const cut = firstPositiveBin(table, threshold);
    const sum = (of: number[], from: number, to?: number): number =>
      of.slice(from, to).reduce((a, b) => a + b, 0);
    assert.is(sum(table.rows, cut), p.filter((x) => x >= threshold).length, `${threshold}`);
    assert.is(sum(table.rows, 0), 3000);
    assert.is(
      countedHits(table, 0, cut).hits,
      p.reduce((n, x, row) => n + Number(x < threshold && hits[row] === 1), 0),
    );
  }
});

interface Scored {
  probability: number;
  label: number;
}

/** A model that is too sure of itself: what it calls p happens with another probability. */
function draw(random: Random, center: number): Scored {
  const margin = center + 1.5 * random.normal();
  const truth = 1 / (1 + Math.exp(-0.7 * margin + 0.2));
  return {
    probability: Math.fround(1 / (1 + Math.exp(-margin))),
    label: Number(random.uniform() < truth),
  };
}

test('under covariate shift the estimate is within two standard errors of the labels, as often as it says', () => {
  const random = createRandom(11);
  const target = { name: 'y', classes: ['no', 'yes'] };
  const training = Array.from({ length: 8000 }, () => draw(random, -0.5));
  const reference = buildReference({
    schema: { ...NO_FIELDS, target },
    table: { rowCount: training.length, columns: [] },
    task: 'binary',
    target: training.map(({ label }) => label),
    predictions: training.map(({ probability }) => probability),
    threshold: 0.5,
  });
  let checks = 0;
  let within = 0;
  for (let window = 0; window < 60; window++) {
    // other rows than those of training: surer ones, or such that hardly any is called positive
    const center = -2 + (4 * window) / 60;
    const rows = Array.from({ length: 1500 }, () => draw(random, center));
    const metrics = metricsOf(
      reference,
      rows.map(({ probability }) => probability),
      rows.map(({ label }) => target.classes[label]!),
    );
    for (const { estimated, realised } of metrics) {
      checks++;
      const distance = Math.abs(estimated!.value - realised!.value);
      if (distance <= 1.96 * estimated!.standardError) within++;
    }
  }
  assert.is(checks, 180);
  assert.ok(within / checks >= 0.93, `${within} of ${checks}`);
});

test('what several classes and numbers are worth is expected by the same rule', () => {
  const random = createRandom(12);
  const classSchema: Schema = { ...SCHEMA, target: { name: 'carrier', classes: CLASSES } };
  const then = drawClasses(random, 6000);
  const classes = buildReference({ schema: classSchema, task: 'multiclass', ...then });
  const numberSchema: Schema = { ...SCHEMA, target: { name: 'price', classes: [] } };
  const numbers = drawNumbers(random, 6000);
  // errors grow with the prediction
  const wide = (predictions: Float32Array): Float64Array =>
    Float64Array.from(predictions, (x) => x + (x / 20) * random.normal());
  numbers.target = wide(numbers.predictions);
  const prices = buildReference({ schema: numberSchema, task: 'regression', ...numbers });
  let within = 0;
  let checks = 0;
  const check = (reference: DriftReference, sample: typeof then): void => {
    const monitor = createMonitor({ reference, options: { labelCapacity: 1_000_000 } });
    const ids = Array.from(sample.target, (_, row) => `${row}`);
    monitor.record(sample.table, sample.predictions, ids, 0);
    const labels = Array.from(sample.target, (value) =>
      reference.task === 'multiclass' ? CLASSES[value]! : value,
    );
    monitor.labels(
      labels.map((label, row) => ({ prediction_id: ids[row]!, label })),
      0,
    );
    for (const { estimated, realised } of monitor.assess().overall.performance.metrics) {
      if (!estimated || !realised || realised.standardError === 0) continue;
      checks++;
      if (Math.abs(estimated.value - realised.value) <= 1.96 * estimated.standardError) within++;
    }
  };
  for (let window = 0; window < 12; window++) {
    const shift = (window - 6) / 8;
    check(classes, drawClasses(random, 1200, [shift, 0, -shift, shift / 2]));
    const moved = drawNumbers(random, 1200, (x) => x * (1 + shift / 5));
    check(prices, { ...moved, target: wide(moved.predictions) });
  }
  assert.ok(checks >= 100, `${checks}`);
  assert.ok(within / checks >= 0.9, `${within} of ${checks}`);
});

test('a rate that means something else is concept drift, and broken rows are not estimated', () => {
  const random = createRandom(13);
  const target = { name: 'y', classes: ['0', '1'] };
  const schema: Schema = { fields: [{ name: 'x', type: 'number' }], target };
  const values = Float32Array.from({ length: 5000 }, () => random.normal());
  const probabilities = Float32Array.from(values, (x) => 1 / (1 + Math.exp(-2 * x)));
  const labels = Uint8Array.from(probabilities, (p) => Number(random.uniform() < p));
  const table = { rowCount: 5000, columns: [{ kind: 'number' as const, name: 'x', values }] };
  const reference = buildReference({
    schema,
    table,
    task: 'binary',
    target: labels,
    predictions: probabilities,
    threshold: 0.5,
  });
  const monitor = createMonitor({ reference, options: { labelCapacity: 1_000_000 } });
  const ids = Array.from(values, (_, row) => `${row}`);
  monitor.record(table, probabilities, ids, 0);
  // 1 and 0 are taken for the classes, and one label in four is turned round
  monitor.labels(
    ids.map((id, row) => ({
      prediction_id: id,
      label: row % 4 === 0 ? 1 - labels[row]! : labels[row]!,
    })),
    0,
  );
  const summary = monitor.drift();
  assert.is(summary.recommendation, 'retrain');
  const codes = summary.reasons.map(({ code, metric, seen_by }) => `${code} ${metric} ${seen_by}`);
  assert.ok(codes.includes('concept_drift accuracy concept'), codes.join());
  assert.ok(codes.includes('performance_drop precision realised'), codes.join());

  const broken = createMonitorState(reference) as MonitorState;
  const far = {
    ...table,
    columns: [{ ...table.columns[0]!, values: values.map((x) => 1000 * x) }],
  };
  observe(broken, far, probabilities.fill(0.5));
  const { performance } = assessDrift(broken);
  assert.match(performance.distrust!, /unlike those of training in x/);
  assert.not.ok(performance.drops.some(({ kind, changed }) => kind === 'estimated' && changed));
});

test.run();
