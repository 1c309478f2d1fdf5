import { spawnSync } from 'node:child_process';
import { constants, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type RunningServer, serveDirectory } from '../../../src/node/serve/serveDirectory.js';
import { RECORD, writeModel } from './serverProcess.js';

const test = suite('a disk that is full or slow', { root: '' });

/** Servers of the test, which a failure must not leave open: the process would not end. */
const servers: RunningServer[] = [];

async function serve(...args: Parameters<typeof serveDirectory>): Promise<RunningServer> {
  const server = await serveDirectory(...args);
  servers.push(server);
  return server;
}

test.before.each((context) => {
  context.root = mkdtempSync(join(tmpdir(), 'coppice-disk-'));
});
test.after.each(async (context) => {
  await Promise.allSettled(servers.splice(0).map((server) => server.close()));
  spawnSync('umount', [join(context.root, 'small')], { stdio: 'ignore' });
  rmSync(context.root, { recursive: true });
});

interface LogHealth {
  written: number;
  dropped: number;
  refused: number;
  errors: number;
  pending_bytes: number;
}

async function health(
  server: RunningServer,
): Promise<{ status: string; prediction_log: LogHealth }> {
  const response = await fetch(`${server.url}/health`);
  return (await response.json()) as { status: string; prediction_log: LogHealth };
}

/** The statuses of a batch of predictions, a request after another. */
async function predict(server: RunningServer, requests: number, rows: number): Promise<number[]> {
  const body = JSON.stringify(new Array(rows).fill(RECORD));
  const headers = { 'content-type': 'application/json' };
  const statuses: number[] = [];
  for (let i = 0; i < requests; i++) {
    const response = await fetch(`${server.url}/batch_predict`, { method: 'POST', headers, body });
    await response.arrayBuffer();
    statuses.push(response.status);
  }
  return statuses;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let i = 0; !(await condition()); i++) {
    assert.ok(i < 1000, `waited in vain for ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A log on a file system of 256 KiB that is all but full, and what makes room; undefined where none may be mounted. */
function fillDisk(root: string): { logPath: string; makeRoom: () => void } | undefined {
  const folder = join(root, 'small');
  mkdirSync(folder);
  const args = ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder];
  if (spawnSync('mount', args, { stdio: 'ignore' }).status !== 0) {
    console.log('skipped: may not mount a small file system');
    return undefined;
  }
  const filler = join(folder, 'filler');
  writeFileSync(filler, Buffer.alloc(200 * 1024));
  return { logPath: join(folder, 'log.jsonl'), makeRoom: () => rmSync(filler) };
}

test('full, queued: predictions go on, and their lines are written when there is room', async ({
  root,
}) => {
  const disk = fillDisk(root);
  if (!disk) return;
  const { logPath, makeRoom } = disk;
  const log = { retrySeconds: 0.02, flushMilliseconds: 1 };
  const server = await serve(await writeModel(root), { port: 0, logPath, log });
  // about 250 bytes a line: twice what there is room for
  assert.equal(await predict(server, 10, 60), new Array(10).fill(200));
  await until(async () => (await health(server)).prediction_log.errors > 0);
  const full = await health(server);
  assert.equal([full.status, full.prediction_log.dropped], ['ok', 0]);
  assert.ok(full.prediction_log.pending_bytes > 0);
  assert.equal(await predict(server, 1, 10), [200]);
  // whatever the disk took of a line that did not fit is gone again, but for the moment of an attempt
  await until(async () => readFileSync(logPath, 'utf8').endsWith('\n'));

  makeRoom();
  await until(async () => (await health(server)).prediction_log.written === 610);
  await server.close();
  assert.is(assertWhole(logPath), 610);
});

test('full, written: predictions are refused until there is room, and none is answered that is not logged', async ({
  root,
}) => {
  const disk = fillDisk(root);
  if (!disk) return;
  const { logPath, makeRoom } = disk;
  const options = { port: 0, logPath, log: { acknowledge: 'written' as const } };
  const server = await serve(await writeModel(root), options);
  const statuses = await predict(server, 12, 60);
  assert.equal([...new Set(statuses)], [200, 503]);
  const answered = statuses.filter((status) => status === 200).length;
  assert.is(assertWhole(logPath), 60 * answered);
  assert.is((await health(server)).prediction_log.refused, 60 * (12 - answered));
  makeRoom();
  assert.equal(await predict(server, 1, 60), [200]);
  await server.close();
  assert.is(assertWhole(logPath), 60 * (answered + 1));
});

test('a device that is always full: predictions go on, or are refused, as it was chosen', async ({
  root,
}) => {
  const model = await writeModel(root);
  const logPath = '/dev/full';
  const log = { flushMilliseconds: 1, retrySeconds: 0.01, maxPendingBytes: 10_000 };
  const dropping = await serve(model, { port: 0, logPath, log });
  assert.equal(await predict(dropping, 3, 100), [200, 200, 200]);
  await until(async () => (await health(dropping)).prediction_log.errors > 1);
  const { status, prediction_log } = await health(dropping);
  assert.equal([status, prediction_log.written], ['degraded', 0]);
  assert.ok(prediction_log.dropped >= 200);
  await dropping.close();

  const whenFull = 'refuse' as const;
  const refusing = await serve(model, { port: 0, logPath, log: { ...log, whenFull } });
  assert.equal(await predict(refusing, 3, 100), [200, 503, 503]);
  assert.is((await fetch(`${refusing.url}/readyz`)).status, 503);
  await refusing.close();
});

/** A pipe that nobody reads until they are told to. */
async function makePipe(root: string): Promise<{ path: string; reader: FileHandle } | undefined> {
  const path = join(root, 'pipe');
  if (spawnSync('mkfifo', [path]).status !== 0) return undefined;
  const flags = constants.O_RDONLY | constants.O_NONBLOCK;
  return { path, reader: await open(path, flags) };
}

test('slow: no request waits, the memory stays bounded, what was given up is counted', async ({
  root,
}) => {
  const pipe = await makePipe(root);
  if (!pipe) {
    console.log('skipped: no mkfifo');
    return;
  }
  const log = { flushMilliseconds: 1, maxPendingBytes: 100_000, closeSeconds: 5 };
  const server = await serve(await writeModel(root), { port: 0, logPath: pipe.path, log });
  // a pipe takes 64 KiB and then holds the writer up
  assert.equal(await predict(server, 40, 50), new Array(40).fill(200));
  const { status, prediction_log } = await health(server);
  assert.is(status, 'degraded');
  assert.ok(prediction_log.pending_bytes <= 100_000);
  assert.ok(prediction_log.dropped > 500, `${prediction_log.dropped}`);

  let text = '';
  let ended = false;
  const reading = (async () => {
    const buffer = Buffer.alloc(1 << 16);
    while (!ended) {
      const { bytesRead } = await pipe.reader.read(buffer).catch(() => ({ bytesRead: 0 }));
      text += buffer.toString('utf8', 0, bytesRead);
      if (bytesRead === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
  })();
  await server.close();
  ended = true;
  await reading;
  await pipe.reader.close();
  const lines = text.split('\n');
  assert.is(lines.pop(), '');
  for (const line of lines) JSON.parse(line);
  assert.is(lines.length + prediction_log.dropped, 2000);
});

test('a clock that jumps breaks neither the log nor what is counted', async ({ root }) => {
  const model = await writeModel(root);
  const logPath = join(root, 'log.jsonl');
  const options = { port: 0, logPath, log: { rotateHours: 24, flushMilliseconds: 1 } };
  const server = await serve(model, options);
  const { now } = Date;
  const RealDate = Date;
  const jumps = [0, 400, -400, 0.5, -20_000, 0];
  let offset = 0;
  // `new Date()` is what the server asks
  globalThis.Date = class extends RealDate {
    constructor(...args: [] | [number]) {
      super(args.length === 0 ? RealDate.now() + offset : args[0]);
    }
    static override now(): number {
      return now.call(RealDate) + offset;
    }
  } as DateConstructor;
  try {
    for (const days of jumps) {
      offset = days * 86_400_000;
      assert.equal(await predict(server, 1, 10), [200]);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const { uptime_seconds } = (await (await fetch(`${server.url}/health`)).json()) as Record<
      string,
      number
    >;
    assert.ok(uptime_seconds! >= 0 && uptime_seconds! < 600);
  } finally {
    globalThis.Date = RealDate;
  }
  const drift = await (await fetch(`${server.url}/monitoring/drift`)).text();
  await server.close();
  // nothing was rotated away, and a restart counts the same
  assert.is(assertWhole(logPath), 10 * jumps.length);
  const again = await serve(model, options);
  assert.is(await (await fetch(`${again.url}/monitoring/drift`)).text(), drift);
  await again.close();
});

/** Every line of a log can be parsed. @returns how many there are. */
function assertWhole(path: string): number {
  const lines = readFileSync(path, 'utf8').split('\n');
  assert.is(lines.pop(), '');
  for (const line of lines) JSON.parse(line);
  return lines.length;
}

test.run();
