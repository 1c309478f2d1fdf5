import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type AppOptions, createApp, type ServeApp } from '../../src/serve/index.js';
import { fakeReference, fakeScorer, RECORD } from './fakeModel.js';
import { type KeptLog, keepLog, post, send } from './requests.js';

const reference = fakeReference();

interface Observed {
  app: ServeApp;
  log: KeptLog;
  failures: string[];
}

/** The same app, with time that goes by a millisecond a prediction, and ids that are counted. */
function makeApp(
  options: Partial<AppOptions>,
  sink: Partial<KeptLog> = { waits: false },
): Observed {
  const log = keepLog(sink);
  const failures: string[] = [];
  let time = 0;
  let id = 0;
  const app = createApp({
    scorer: fakeScorer(),
    reference,
    now: () => new Date(time++),
    newId: () => `id-${id++}`,
    log,
    onFailure: ({ route, error }) => failures.push(`${route}: ${error.message}`),
    ...options,
  });
  return { app, log, failures };
}

async function ask(app: ServeApp, rowCounts: readonly number[]): Promise<void> {
  let minutes = 0;
  for (const rowCount of rowCounts) {
    const rows = Array.from({ length: rowCount }, () => ({
      ...RECORD,
      minutes_watched: minutes++,
    }));
    const path = rowCount === 1 ? '/predict' : '/batch_predict';
    const body = JSON.stringify(rowCount === 1 ? rows[0] : rows);
    assert.is((await post(app, path, body)).status, 200);
  }
}

test('what is put off is logged and counted as what is not', async () => {
  const never = (): void => undefined;
  for (const rowCounts of [
    [1],
    [1, 1, 1],
    [0, 2, 15, 1, 16],
    [63, 1],
    [1, 64, 1],
    [1, 65, 200, 1],
  ]) {
    const apart = makeApp({});
    const together = makeApp({ putOff: never });
    const told = await Promise.all(
      [apart, together].map(async ({ app, log }) => {
        await ask(app, rowCounts);
        const state = (await send(app, '/monitoring/state')).text;
        return { state, lines: log.lines };
      }),
    );
    assert.equal(told[1], told[0], `${rowCounts}`);
  }
});

test('what is put off comes when the time is over, when there is enough, or before the end', async () => {
  const runs: (() => void)[] = [];
  const { app, log } = makeApp({ putOff: (run) => runs.push(run) });
  await ask(app, [1, 1, 1]);
  assert.equal([log.lines.length, runs.length], [0, 1]);
  runs[0]!();
  assert.is(log.lines.length, 3);
  await ask(app, new Array(64).fill(1));
  assert.is(log.lines.length, 67);
  await ask(app, [1]);
  app.settle();
  app.settle();
  assert.is(log.lines.length, 68);
});

test('a log that makes answers wait is not put off, nor one that does not say', async () => {
  for (const waits of [true, undefined]) {
    const { app, log } = makeApp({ putOff: () => undefined }, { ...(waits && { waits }) });
    await ask(app, [1]);
    assert.is(log.lines.length, 1);
  }
});

test('another model takes over after what was put off', async () => {
  const { app, log } = makeApp({ putOff: () => undefined, modelInfo: { sha256: 'old' } });
  await ask(app, [1]);
  app.replaceModel({ scorer: fakeScorer(), reference, modelInfo: { sha256: 'new' } });
  await ask(app, [1]);
  app.settle();
  assert.equal(
    log.entries.map(({ model_sha256 }) => model_sha256),
    ['old', 'new'],
  );
});

test('what the model before has put off comes before the end too', async () => {
  const runs: (() => void)[] = [];
  const { app, log } = makeApp({ putOff: () => undefined, defer: (run) => runs.push(run) });
  const answer = post(app, '/predict', JSON.stringify(RECORD));
  await new Promise((resolve) => setTimeout(resolve, 5));
  app.replaceModel({ scorer: fakeScorer(), reference });
  runs[0]!();
  assert.is((await answer).status, 200);
  assert.is(log.lines.length, 0);
  app.settle();
  assert.is(log.lines.length, 1);
});

test('what fails after the answer is told to the operator', async () => {
  const record = (): never => {
    throw new RangeError('no room');
  };
  const monitor = { rowCount: 0, record, drift: record, retrainingTrigger: record };
  const { app, failures } = makeApp({ putOff: () => undefined, monitor });
  await ask(app, [1]);
  app.settle();
  assert.equal(failures, ['after an answer: no room']);
});

test.run();
