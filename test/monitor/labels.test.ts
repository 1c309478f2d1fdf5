import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalJson } from '../../src/core/json.js';
import { createMonitor } from '../../src/monitor/index.js';
import { sequence } from './sequence.js';
import { DAY, WORLDS } from './worlds.js';

const { reference } = WORLDS.binary;

test('labels find their predictions late, early, twice, corrected, or not at all', () => {
  const { monitor, score, label, counts } = sequence();
  score('late', 0);
  assert.equal(label('late', 'yes', DAY), { accepted: 1, matched: 1, rejected: 0 });
  assert.equal(label('early', 'yes', DAY), { accepted: 1, matched: 0, rejected: 0 });
  assert.equal(counts(), [1, 1]);
  score('early', 2 * DAY);
  assert.equal(counts(), [2, 2]);
  // the same again changes nothing, and an unknown one waits
  const before = canonicalJson(monitor.state().labels);
  label('late', 'yes', DAY);
  assert.is(canonicalJson(monitor.state().labels), before);
  label('nobody', 'no', DAY);
  assert.equal(counts(), [2, 2]);
  assert.is(monitor.state().labels.length, 3);
  assert.is(monitor.state().labels_received, 4);
});

test('of several labels of one prediction the one observed last counts, in whatever order they come', () => {
  const first = '2020-01-01T00:00:00Z';
  const second = '2020-01-02T00:00:00Z';
  const bins = (order: [string, string][]): unknown => {
    const { monitor, score, label } = sequence();
    score('a', 0);
    for (const [value, observed] of order) label('a', value, DAY, observed);
    return monitor.assess().overall.performance.metrics.map(({ realised }) => realised?.value);
  };
  assert.equal(
    bins([
      ['yes', first],
      ['no', second],
    ]),
    bins([
      ['no', second],
      ['yes', first],
    ]),
  );
});

test('labels that are none of the model are rejected and the others taken', () => {
  const monitor = createMonitor({ reference });
  const labels = [
    { prediction_id: 'a', label: 'maybe' },
    { prediction_id: '', label: 'yes' },
    { prediction_id: 'c'.repeat(300), label: 'yes' },
    { prediction_id: 'd', label: 'yes', observed_at: 'yesterday' },
    { prediction_id: 'e', label: 1 },
    { prediction_id: '__proto__', label: 'no' },
  ];
  assert.equal(monitor.labels(labels, 0), { accepted: 2, matched: 0, rejected: 4 });
  const numbers = createMonitor({ reference: WORLDS.regression.reference });
  const given = [NaN, Infinity, '3', 3, 1e300].map((label) => ({ prediction_id: 'a', label }));
  assert.equal(numbers.labels(given, 0), { accepted: 1, matched: 0, rejected: 4 });
});

test('memory for labels is bounded, and predictions and labels keep the same ids', () => {
  const { monitor, score, label } = sequence({ labelCapacity: 40 });
  for (let i = 0; i < 500; i++) score(`prediction ${i}`, i);
  for (let i = 499; i >= 0; i--) label(`prediction ${i}`, 'no', 500 + i);
  // a quarter of the capacity a span
  const { predictions, labels } = monitor.state();
  assert.equal(
    predictions.map(([id]) => id),
    labels.map(([id]) => id),
  );
  assert.is(predictions.length, 10);
  const { tracked, labelled } = monitor.assess().overall.performance;
  assert.equal([tracked, labelled], [10, 10]);
  const none = sequence({ labelCapacity: 0 });
  none.score('a', 0);
  none.label('a', 'yes', 0);
  assert.equal([none.counts(), none.monitor.state().labels], [[0, 0], []]);
});

test('labels of several days that come in one are a sample, and what is not in it is not held for unlabelled', () => {
  // ten predictions a day are kept, and ten of the labels that come in a day
  const { monitor, score, label } = sequence({ labelCapacity: 40 });
  const ids = Array.from({ length: 90 }, (_, i) => `prediction ${i}`);
  for (const [i, id] of ids.entries()) score(id, Math.floor(i / 30) * DAY + i);
  for (const id of ids) label(id, 'no', 3 * DAY);
  const { tracked, labelled } = monitor.assess().overall.performance;
  assert.is(labelled, 10);
  assert.is(tracked, 10);
  // a prediction of a later day may still get its label
  score('later', 4 * DAY);
  assert.is(monitor.assess().overall.performance.tracked, 11);
});

test.run();
