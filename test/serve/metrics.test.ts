import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Counter, createApp, Gauge, Histogram } from '../../src/serve/index.js';
import { fakeReference, fakeScorer, RECORD } from './fakeModel.js';
import { keepLog, post, send } from './requests.js';

const BODY = JSON.stringify(RECORD);

test('a counter writes a line for each set of labels, escaped', () => {
  const counter = new Counter('a_total', 'What\\is\ncounted.', ['path']);
  counter.of('/x').value++;
  counter.of('/x').value++;
  counter.of('a"b\\c\nd').value += 3;
  assert.is(
    counter.write(),
    '# HELP a_total What\\\\is\\ncounted.\n# TYPE a_total counter\n' +
      'a_total{path="/x"} 2\na_total{path="a\\"b\\\\c\\nd"} 3\n',
  );
  assert.is(
    new Counter('b_total', 'B.').write(),
    '# HELP b_total B.\n# TYPE b_total counter\nb_total 0\n',
  );
});

test('a histogram adds up its buckets', () => {
  const histogram = new Histogram('h', 'H.', ['route'], [0.5, 1]);
  for (const value of [0.5, 0.25, 0.75, 1, 1.5]) histogram.of('/x').observe(value);
  assert.is(
    histogram.write(),
    '# HELP h H.\n# TYPE h histogram\n' +
      'h_bucket{route="/x",le="0.5"} 2\nh_bucket{route="/x",le="1"} 4\nh_bucket{route="/x",le="+Inf"} 5\n' +
      'h_sum{route="/x"} 4\nh_count{route="/x"} 5\n',
  );
});

test('a gauge is read when it is asked for, and may say nothing', () => {
  let value = Number.NaN;
  const gauge = new Gauge('g', 'G.', [], () => [[[], value]]);
  assert.match(gauge.write(), /\ng NaN\n$/);
  value = Infinity;
  assert.match(gauge.write(), /\ng \+Inf\n$/);
  assert.is(new Gauge('n', 'N.', ['x'], () => []).write(), '');
});

test('/metrics tells requests, rows, the model, the monitor and the log', async () => {
  const mine = new Counter('mine_total', 'Mine.');
  const app = createApp({
    scorer: fakeScorer(),
    reference: fakeReference(),
    now: () => new Date(0),
    modelInfo: { sha256: 'ab', run_id: 'cd' },
    log: keepLog(),
    metrics: [mine],
  });
  await post(app, '/predict', BODY);
  await post(app, '/predict', '{}');
  await post(app, '/batch_predict', `[${BODY},${BODY}]`);
  await send(app, '/nowhere');
  await send(app, '/predict');
  const { status, headers, text } = await send(app, '/metrics');
  assert.is(status, 200);
  assert.is(headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  for (const line of [
    'coppice_http_requests_total{method="POST",route="/predict",status="200"} 1',
    'coppice_http_requests_total{method="POST",route="/predict",status="422"} 1',
    'coppice_http_requests_total{method="*",route="unknown",status="404"} 1',
    'coppice_http_requests_total{method="*",route="unknown",status="405"} 1',
    'coppice_http_request_duration_seconds_count{method="POST",route="/predict"} 2',
    'coppice_predictions_total 3',
    'coppice_batch_rows_sum 2',
    'coppice_model_info{sha256="ab",run_id="cd",task="binary",target="purchased"} 1',
    'coppice_monitor_rows 3',
    'coppice_field_drifted{field="minutes_watched"} 0',
    'coppice_recommendation{recommendation="none"} 1',
    'coppice_prediction_log_lines_total{outcome="written"} 3',
    'mine_total 0',
  ]) {
    assert.ok(text.includes(`${line}\n`), `${line}\n\n${text}`);
  }
  // every line is a comment or a sample, and no series is there twice
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('# '));
  const series = samples.map((line) => line.slice(0, line.lastIndexOf(' ')));
  for (const line of samples) assert.match(line, /^[a-z_]+(\{.*\})? (NaN|[+-]Inf|[-+.\de]+)$/);
  assert.is(new Set(series).size, series.length);
  assert.not.match(text, '/nowhere');
});

test.run();
