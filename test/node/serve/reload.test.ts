import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type {
  ReloadOutcome,
  RunningServer,
  ServeDirectoryOptions,
} from '../../../src/node/serve/serveDirectory.js';
import { serveDirectory } from '../../../src/node/serve/serveDirectory.js';
import { fakeScorer, RECORD } from '../../serve/fakeModel.js';
import { writeRun } from './runs.js';

const test = suite('another model in the folder', { root: '' });

/** Servers of the test, which a failure must not leave open: the process would not end. */
const servers: RunningServer[] = [];

async function serve(...args: Parameters<typeof serveDirectory>): Promise<RunningServer> {
  const server = await serveDirectory(...args);
  servers.push(server);
  return server;
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; !condition(); i++) {
    assert.ok(i < 4000, `waited in vain for ${condition}`);
    await new Promise((next) => setTimeout(next, 5));
  }
}

test.before.each((context) => {
  context.root = mkdtempSync(join(tmpdir(), 'coppice-reload-'));
});
test.after.each(async (context) => {
  await Promise.allSettled(servers.splice(0).map((server) => server.close()));
  rmSync(context.root, { recursive: true });
});

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

interface TestOptions extends ServeDirectoryOptions {
  load: NonNullable<ServeDirectoryOptions['load']>;
  outcomes: ReloadOutcome[];
}

function options(root: string): TestOptions {
  const outcomes: ReloadOutcome[] = [];
  return {
    port: 0,
    logPath: join(root, 'log.jsonl'),
    // each blob has a scorer of its own, which says half its length
    load: async (blob) =>
      fakeScorer({
        predict: (rows) =>
          new Float32Array((rows as readonly unknown[]).length).fill(blob.length / 100),
      }),
    onReload: (outcome) => outcomes.push(outcome),
    outcomes,
  };
}

interface Told {
  probability: number;
  model_sha256: string;
}

async function predict(url: string): Promise<Told> {
  const response = await fetch(`${url}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(RECORD),
  });
  assert.is(response.status, 200);
  return (await response.json()) as Told;
}

async function samples(url: string): Promise<unknown> {
  const drift = (await (await fetch(`${url}/monitoring/drift`)).json()) as Record<string, unknown>;
  return drift.samples_observed;
}

test('takes over when it is told to, and drift is of that model alone', async ({ root }) => {
  const run = writeRun(root, { blob: 'first' });
  const given = options(root);
  const server = await serve(run, given);
  assert.equal(await predict(server.url).then(({ model_sha256 }) => model_sha256), sha256('first'));
  assert.equal((await server.reload()).status, 'unchanged');

  writeRun(root, { blob: 'the second' });
  assert.equal(await server.reload(), { status: 'replaced', sha256: sha256('the second') });
  const told = await predict(server.url);
  assert.equal([told.model_sha256, told.probability], [sha256('the second'), Math.fround(0.1)]);
  assert.is(await samples(server.url), 1);

  // back to the first one: what the log holds of it counts again
  writeRun(root, { blob: 'first' });
  await server.reload();
  await predict(server.url);
  assert.is(await samples(server.url), 2);
  await server.close();
  const lines = readFileSync(join(root, 'log.jsonl'), 'utf8').trimEnd().split('\n');
  assert.equal(
    lines.map((line) => (JSON.parse(line) as Told).model_sha256),
    ['first', 'the second', 'first'].map(sha256),
  );
  assert.equal(
    given.outcomes.map(({ status }) => status),
    ['unchanged', 'replaced', 'replaced'],
  );
});

test('a folder without a model that can be served changes nothing', async ({ root }) => {
  const run = writeRun(root, { blob: 'first' });
  const server = await serve(run, options(root));
  writeFileSync(join(run, 'model.coppice'), 'not what the lineage says');
  const outcome = await server.reload();
  assert.ok(outcome.status === 'failed');
  assert.match(outcome.error.message, 'is not the file of this run');
  renameSync(run, `${run}.away`);
  assert.is((await server.reload()).status, 'failed');
  assert.is((await predict(server.url)).model_sha256, sha256('first'));
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  assert.match(metrics, 'coppice_model_loads_total{outcome="failed"} 2\n');
  await server.close();
});

test('takes over by itself when the folder is watched, once it is whole', async ({ root }) => {
  const run = writeRun(root, { blob: 'first' });
  const given = { ...options(root), watchSeconds: 0.02 };
  const server = await serve(run, given);
  await predict(server.url);
  writeRun(root, { blob: 'the second', only: ['lineage.json'] });
  await until(() => given.outcomes.length > 0);
  assert.is((await predict(server.url)).model_sha256, sha256('first'));
  writeRun(root, { blob: 'the second' });
  await until(() => given.outcomes.at(-1)?.status === 'replaced');
  assert.is((await predict(server.url)).model_sha256, sha256('the second'));
  await server.close();
  // what could not be loaded is told once, however often it is looked at; the files may have been whole before the last was written
  const told = given.outcomes.map(({ status }) => status);
  assert.equal(
    told.filter((status) => status !== 'unchanged'),
    ['failed', 'replaced'],
  );
});

test('a change while the first model was loading is not missed', async ({ root }) => {
  const run = writeRun(root, { blob: 'first' });
  const given = { ...options(root), watchSeconds: 0.02 };
  let isFirst = true;
  const load: typeof given.load = (blob, ...rest) => {
    if (isFirst) writeRun(root, { blob: 'the second' });
    isFirst = false;
    return given.load(blob, ...rest);
  };
  const server = await serve(run, { ...given, load });
  await until(() => given.outcomes.length > 0);
  assert.is((await predict(server.url)).model_sha256, sha256('the second'));
});

test('no request is dropped, or answered by half a model, while models change', async ({
  root,
}) => {
  const run = writeRun(root, { blob: 'a'.repeat(10) });
  const server = await serve(run, options(root));
  let ends = false;
  let count = 0;
  const client = async (): Promise<void> => {
    while (!ends) {
      const { probability, model_sha256 } = await predict(server.url);
      assert.is(model_sha256, sha256('a'.repeat(Math.round(probability * 100))));
      count++;
    }
  };
  const clients = Promise.all(Array.from({ length: 4 }, client));
  const reload = async (): Promise<void> => {
    for (let length = 11; length < 16; length++) {
      writeRun(root, { blob: 'a'.repeat(length) });
      assert.is((await server.reload()).status, 'replaced');
    }
  };
  await Promise.all([clients, reload().finally(() => (ends = true))]);
  await server.close();
  const lines = readFileSync(join(root, 'log.jsonl'), 'utf8').trimEnd().split('\n');
  assert.is(lines.length, count);
});

test.run();
