import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LogFile } from '../../../src/node/log/logFile.js';
import { checkLogOptions, type PredictionLogOptions } from '../../../src/node/log/logOptions.js';
import { createLogWriter, type PredictionLog } from '../../../src/node/log/logWriter.js';

/** A file that is told when its disk works, and holds what was appended. */
class FakeFile implements LogFile {
  pieces: string[] = [];
  syncs = 0;
  closed = false;
  failure: Error | undefined;
  /** appends that wait for `release` when there is something to wait for */
  held: (() => void)[] | undefined;

  get text(): string {
    return this.pieces.join('');
  }

  async append(bytes: Uint8Array, sync: boolean): Promise<void> {
    if (this.held) await new Promise<void>((resolve) => this.held!.push(resolve));
    if (this.failure) throw this.failure;
    this.pieces.push(new TextDecoder().decode(bytes));
    if (sync) this.syncs++;
  }

  async sync(): Promise<void> {
    this.syncs++;
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  release(): void {
    const { held = [] } = this;
    this.held = [];
    for (const go of held) go();
  }
}

function open(file: LogFile, options: Partial<PredictionLogOptions> = {}): PredictionLog {
  return createLogWriter(file, checkLogOptions({ flushMilliseconds: 1, ...options }));
}

/** Until a condition holds; the test runner ends what never does. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

async function rejection(promise: Promise<unknown> | undefined): Promise<string> {
  assert.ok(promise, 'nothing to wait for');
  return promise.then(
    () => 'kept',
    (error: Error) => error.message,
  );
}

test('queued lines do not make anyone wait, and share writes', async () => {
  const file = new FakeFile();
  const log = open(file);
  for (let i = 0; i < 50; i++) assert.is(log.append(`${i}\n`, 1), undefined);
  assert.is(log.status().pendingBytes, 140);
  await until(() => log.status().written === 50);
  assert.is(file.pieces.length, 1);
  assert.is(file.text, Array.from({ length: 50 }, (_, i) => `${i}\n`).join(''));
  assert.is(log.status().pendingBytes, 0);
  await log.close();
});

test('many lines are written without waiting for the time to come', async () => {
  const file = new FakeFile();
  const log = open(file, { flushMilliseconds: 60_000 });
  const line = `${'x'.repeat(999)}\n`;
  for (let i = 0; i < 200; i++) log.append(line, 1);
  await until(() => log.status().written === 200);
  await log.close();
});

test('a disk that fails for a while loses nothing, is asked again now and then, and is counted', async () => {
  const file = new FakeFile();
  file.failure = new Error('ENOSPC');
  const log = open(file, { retrySeconds: 0.005 });
  log.append('{"a":1}\n', 1);
  await until(() => log.status().errors >= 2);
  log.append('{"a":2}\n', 1);
  assert.is(log.status().dropped, 0);
  file.failure = undefined;
  await until(() => log.status().written === 2);
  assert.is(file.text, '{"a":1}\n{"a":2}\n');
  await log.close();
  assert.ok(file.closed);
});

test('a slow disk makes no request wait, the memory stays bounded, and drops are counted', async () => {
  const file = new FakeFile();
  file.held = [];
  const log = open(file, { maxPendingBytes: 80 });
  for (let i = 0; i < 20; i++) log.append(`{"a":${i % 10}}\n`, 1);
  assert.is(log.status().dropped, 10);
  assert.is(log.status().pendingBytes, 80);
  assert.ok(log.accepting);
  await until(() => file.held!.length === 1);
  file.release();
  file.held = undefined;
  await log.flush();
  assert.is(log.status().written, 10);
  await log.close();
  log.append('{"a":2}\n', 1);
  assert.is(log.status().dropped, 11);
});

test('where nothing may be dropped, a full queue says so beforehand', async () => {
  const file = new FakeFile();
  file.held = [];
  const log = open(file, { maxPendingBytes: 16, whenFull: 'refuse' });
  log.append('{"a":1}\n', 1);
  assert.ok(log.accepting);
  // it was let in while there was room
  log.append('{"a":2,"b":3}\n', 1);
  assert.not.ok(log.accepting);
  await until(() => file.held!.length === 1);
  file.release();
  file.held = undefined;
  await log.flush();
  assert.ok(log.accepting);
  assert.equal([log.status().written, log.status().dropped], [2, 0]);
  await log.close();
  assert.not.ok(log.accepting);
});

test('written: the answer waits for the write, and requests share one', async () => {
  const file = new FakeFile();
  file.held = [];
  const log = open(file, { acknowledge: 'written', syncSeconds: 0 });
  let kept = 0;
  const waiting = ['a\n', 'b\n', 'c\n'].map((line) => log.append(line, 1)!.then(() => kept++));
  await until(() => file.held!.length === 1);
  assert.is(kept, 0);
  file.release();
  await Promise.all(waiting);
  assert.equal([file.pieces, file.syncs], [['a\nb\nc\n'], 0]);
  file.held = undefined;
  await log.close();
});

test('synced: the answer waits for the disk', async () => {
  const file = new FakeFile();
  const log = open(file, { acknowledge: 'synced' });
  await Promise.all([log.append('a\n', 1), log.append('b\n', 1)]);
  assert.equal([file.text, file.syncs], ['a\nb\n', 1]);
  await log.close();
});

test('lines that someone waits for are given up when they cannot be written', async () => {
  const file = new FakeFile();
  file.failure = new Error('ENOSPC');
  const log = open(file, { acknowledge: 'written' });
  assert.is(await rejection(log.append('a\nb\n', 2)), 'ENOSPC');
  assert.equal([log.status().refused, log.status().errors, log.status().pendingBytes], [2, 1, 0]);
  file.failure = undefined;
  await log.append('c\n', 1);
  assert.is(file.text, 'c\n');
  await log.close();
  assert.is(await rejection(log.append('d\n', 1)), 'the log takes no more');
});

test('what was written is synced after a while, once', async () => {
  const file = new FakeFile();
  const log = open(file, { syncSeconds: 0.005 });
  log.append('a\n', 1);
  await until(() => file.syncs === 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.is(file.syncs, 1);
  await log.close();
});

test('what a dead disk never took is counted on close', async () => {
  const file = new FakeFile();
  file.failure = new Error('EIO');
  const log = open(file);
  log.append('{"a":1}\n{"a":2}\n', 2);
  await log.close();
  await log.close();
  assert.is(log.status().dropped, 2);
  assert.ok(file.closed);
});

test('a disk that hangs does not hold up the end', async () => {
  const file = new FakeFile();
  file.held = [];
  const log = open(file, { closeSeconds: 0.01 });
  log.append('a\nb\n', 2);
  await until(() => file.held!.length === 1);
  log.append('c\n', 1);
  await log.close();
  assert.equal([log.status().written, log.status().dropped], [0, 3]);
});

test('a queue of many pieces is written a piece at a time', async () => {
  const file = new FakeFile();
  file.held = [];
  const log = open(file);
  const line = `${'x'.repeat((1 << 19) - 1)}\n`;
  for (let i = 0; i < 6; i++) log.append(line, 1);
  await until(() => file.held!.length === 1);
  file.release();
  file.held = undefined;
  await log.close();
  assert.ok(file.pieces.every((piece) => piece.length <= 1 << 20));
  assert.is(file.text.length, 6 << 19);
});

test('wrong options are refused', () => {
  for (const [options, message] of [
    [{ acknowledge: 'sent' }, /"acknowledge" expected one of queued, written, synced/],
    [{ whenFull: 'block' }, /"whenFull"/],
    [{ rotateBytes: -1 }, /"rotateBytes"/],
    [{ rotateSize: 1 }, /unknown log option "rotateSize"/],
  ] as const) {
    assert.throws(() => checkLogOptions(options as object), message);
  }
});

test.run();
