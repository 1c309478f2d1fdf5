import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type AppOptions, createApp, type Problem, type ServeApp } from '../../src/serve/index.js';
import { fakeReference, fakeScorer, RECORD } from './fakeModel.js';
import { type Answered, keepLog, post } from './requests.js';
import { trainedModel } from './trainedModels.js';

const reference = fakeReference();
const NDJSON = 'application/x-ndjson';
const CSV = 'text/csv';
const HEADER = 'student_country,minutes_watched,practice_exams_started,practice_exams_passed';

function makeApp(options: Partial<AppOptions> = {}): ServeApp {
  const names = (function* () {
    for (let i = 0; ; i++) yield `id-${i}`;
  })();
  return createApp({
    scorer: fakeScorer(),
    reference,
    now: () => new Date(0),
    newId: () => names.next().value as string,
    modelInfo: { sha256: 'ab' },
    ...options,
  });
}

/** `type loc` of every problem. */
function problems({ status, text }: Answered): string[] {
  assert.is(status, 422, text);
  const { detail } = JSON.parse(text) as { detail: Problem[] };
  return detail.map(({ type, loc }) => `${type} ${loc.join(' ')}`);
}

function detail({ text }: Answered): string {
  return (JSON.parse(text) as { detail: string }).detail;
}

test('JSON lines are answered with JSON lines, in order', async () => {
  const rows = [0, 800, 400].map((minutes_watched) => ({ ...RECORD, minutes_watched }));
  const json = await post(makeApp(), '/batch_predict', JSON.stringify(rows));
  const body = `${rows.map((row) => JSON.stringify(row)).join('\r\n')}\n\n`;
  for (const type of [NDJSON, 'application/jsonl; charset=utf-8']) {
    const answer = await post(makeApp(), '/batch_predict', body, type);
    assert.is(answer.status, 200);
    assert.is(answer.headers.get('content-type'), NDJSON);
    assert.is(answer.headers.get('x-model-sha256'), 'ab');
    const lines = answer.text.trimEnd().split('\n');
    assert.equal(
      lines.map((line) => JSON.parse(line)),
      JSON.parse(json.text).predictions,
    );
  }
  assert.is((await post(makeApp(), '/batch_predict', '', NDJSON)).text, '');
});

test('CSV is answered with CSV, and means what JSON means', async () => {
  const jsonLog = keepLog();
  const csvLog = keepLog();
  const rows = [
    RECORD,
    { ...RECORD, student_country: 'a "quoted", one', minutes_watched: null },
    { ...RECORD, student_country: null, practice_exams_started: 1e3, minutes_watched: -0.5 },
  ];
  const json = await post(makeApp({ log: jsonLog }), '/batch_predict', JSON.stringify(rows));
  // another order, a byte order mark, CRLF, quotes, blanks around numbers
  const csv =
    '\uFEFFminutes_watched,student_country,practice_exams_passed,practice_exams_started\r\n' +
    '358.1,US,2,2\r\n,"a ""quoted"", one",2, 2\r\n-5e-1,,2,1000\r\n';
  const answer = await post(makeApp({ log: csvLog }), '/batch_predict', csv, CSV);
  assert.is(answer.status, 200, answer.text);
  assert.is(answer.headers.get('content-type'), 'text/csv; charset=utf-8');
  assert.equal(csvLog.lines, jsonLog.lines);
  const [header, ...lines] = answer.text.trimEnd().split('\n');
  const columns = header!.split(',');
  for (const [row, line] of lines.entries()) {
    const expected = JSON.parse(json.text).predictions[row];
    assert.equal(columns, Object.keys(expected));
    assert.equal(line.split(','), Object.values(expected).map(String));
  }
});

test('CSV answers of the other tasks have a column for everything', async () => {
  const multiclass = await trainedModel('multiclass');
  const regression = await trainedModel('regression');
  for (const { scorer, reference: own, records } of [multiclass, regression]) {
    const app = createApp({ scorer, reference: own, now: () => new Date(0), newId: () => 'id' });
    const [record] = records;
    const names = Object.keys(record!);
    const csv = `${names.join(',')}\n${names.map((name) => record![name] ?? '').join(',')}\n`;
    const { text } = await post(app, '/batch_predict', csv, CSV);
    const [columns, cells] = text.split('\n').map((line) => line.split(','));
    const json = JSON.parse((await post(app, '/predict', JSON.stringify(record))).text);
    for (const [name, probability] of Object.entries(json.probabilities ?? {})) {
      json[`probability_${name}`] = probability;
    }
    delete json.probabilities;
    const told = Object.fromEntries(columns!.map((name, i) => [name, cells![i]]));
    const expected = Object.entries(json).map(([name, value]) => [name, String(value)]);
    assert.equal(told, Object.fromEntries(expected));
  }
});

test('what is wrong with CSV is told by row and column, and nothing is scored', async () => {
  const log = keepLog();
  const app = makeApp({ log });
  const ask = (body: string): Promise<Answered> => post(app, '/batch_predict', body, CSV);
  assert.equal(problems(await ask('')), [
    'missing body header student_country',
    'missing body header minutes_watched',
    'missing body header practice_exams_started',
    'missing body header practice_exams_passed',
  ]);
  assert.equal(problems(await ask(`${HEADER},minutes,minutes_watched\n`)), [
    'extra_forbidden body header minutes',
    'value_error body header minutes_watched',
  ]);
  assert.equal(
    problems(await ask(`${HEADER}\nUS,0x10,1,1\nUS,1,2\nUS,NaN,1,Infinity\nUS,1,1,2\n`)),
    [
      'float_parsing body 0 minutes_watched',
      'list_type body 1',
      'float_parsing body 2 minutes_watched',
      'float_parsing body 2 practice_exams_passed',
    ],
  );
  // rules are held to once the cells are right
  assert.equal(problems(await ask(`${HEADER}\nUS,1,1,2\n`)), [
    'value_error body 0 practice_exams_passed',
  ]);
  const broken = await ask(`${HEADER}\nUS,1,1,1\n"US,1,1,1\n`);
  assert.is(broken.status, 400);
  assert.match(detail(broken), 'record 3 of the body is not valid CSV: a quote is never closed');
  assert.match(detail(await ask(`${HEADER}\n"US"x,1,1,1\n`)), 'text follows a quote');
  assert.equal(log.lines, []);
});

test('a line that is not JSON is named', async () => {
  const line = JSON.stringify(RECORD);
  const answer = await post(makeApp(), '/batch_predict', `${line}\n\n{"a":\n`, NDJSON);
  assert.is(answer.status, 400);
  assert.is(detail(answer), 'line 3 of the body is not valid JSON');
});

test('every format has the same limit of rows', async () => {
  const app = makeApp({ limits: { maxBatchRows: 2 } });
  const line = JSON.stringify(RECORD);
  const cells = 'US,1,2,1\n';
  for (const [type, of] of [
    ['application/json', (n: number) => `[${new Array(n).fill(line)}]`],
    [NDJSON, (n: number) => `${line}\n`.repeat(n)],
    [CSV, (n: number) => `${HEADER}\n${cells.repeat(n)}`],
  ] as const) {
    assert.is((await post(app, '/batch_predict', of(2), type)).status, 200, type);
    const answer = await post(app, '/batch_predict', of(3), type);
    assert.equal(problems(answer), ['too_long body'], type);
  }
  const many = JSON.stringify({ instances: [RECORD, RECORD, RECORD] });
  assert.equal(problems(await post(app, '/batch_predict', many)), ['too_long body instances']);
});

test('records may bring ids in any format, and those that do not get one', async () => {
  const rows = [{ prediction_id: 'a:1', ...RECORD }, RECORD, { ...RECORD, prediction_id: null }];
  const csv = `${HEADER},prediction_id\nUS,1,2,1,a:1\nUS,1,2,1,\nUS,1,2,1,\n`;
  const log = keepLog();
  const ids = (text: string): string[] => text.match(/a:1|id-\d/g)!;
  const app = makeApp({ log });
  assert.equal(ids((await post(app, '/batch_predict', JSON.stringify(rows))).text), [
    'a:1',
    'id-0',
    'id-1',
  ]);
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  assert.equal(ids((await post(app, '/batch_predict', lines, NDJSON)).text), [
    'a:1',
    'id-2',
    'id-3',
  ]);
  assert.equal(ids((await post(app, '/batch_predict', csv, CSV)).text), ['a:1', 'id-4', 'id-5']);
  const one = await post(app, '/predict', JSON.stringify(rows[0]));
  assert.is(JSON.parse(one.text).prediction_id, 'a:1');
  assert.is(log.entries[0]!.prediction_id, 'a:1');
  assert.not.ok('prediction_id' in (log.entries[0]!.features as object));
});

test('a poisoned id is refused', async () => {
  const log = keepLog();
  const app = makeApp({ log });
  const poison = ['', 'a b', 'a\n{"forged":1}', 'x'.repeat(129), '\u2028', 'ü', 7, {}, [], true];
  for (const prediction_id of poison) {
    const answer = await post(app, '/predict', JSON.stringify({ ...RECORD, prediction_id }));
    assert.equal(problems(answer), ['string_pattern_mismatch body prediction_id']);
  }
  const twice = JSON.stringify([
    { ...RECORD, prediction_id: 'a' },
    { ...RECORD, prediction_id: 'a' },
  ]);
  assert.equal(problems(await post(app, '/batch_predict', twice)), [
    'value_error body 1 prediction_id',
  ]);
  for (const prediction_id of ['__proto__', 'constructor', 'x'.repeat(128), 'a.b:c~d_e-f']) {
    const body = `{"prediction_id":${JSON.stringify(prediction_id)},${JSON.stringify(RECORD).slice(1)}`;
    assert.is((await post(app, '/predict', body)).status, 200, prediction_id);
  }
  assert.is(log.lines.length, 4);
});

test('another content type is refused with those there are', async () => {
  const answer = await post(makeApp(), '/batch_predict', '<rows/>', 'application/xml');
  assert.is(answer.status, 415);
  assert.match(detail(answer), 'application/json, application/x-ndjson or text/csv');
});

test.run();
