import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type LogFile, openLogFile } from '../../../src/node/log/logFile.js';
import { finishedFiles } from '../../../src/node/log/logNames.js';

const test = suite('files of a log', { directory: '', path: '' });

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'coppice-log-file-'));
  context.path = join(context.directory, 'log.jsonl');
});
test.after.each((context) => {
  rmSync(context.directory, { recursive: true });
});

const NEVER = { rotateBytes: 0, rotateHours: 0, keepFiles: 0 };

function write(file: LogFile, text: string, sync: boolean = false): Promise<void> {
  return file.append(Buffer.from(text), sync);
}

test('a file that would grow too large is finished first, and names count on', async ({
  path,
  directory,
}) => {
  const file = await openLogFile(path, { ...NEVER, rotateBytes: 20 });
  for (let i = 0; i < 7; i++) await write(file, `line ${i}\n`, i % 2 === 0);
  await file.close();
  assert.equal(readdirSync(directory).sort(), [
    'log.jsonl',
    'log.jsonl.000001',
    'log.jsonl.000002',
    'log.jsonl.000003',
  ]);
  assert.is(readFileSync(`${path}.000002`, 'utf8'), 'line 2\nline 3\n');
  assert.is(readFileSync(path, 'utf8'), 'line 6\n');

  const again = await openLogFile(path, { ...NEVER, rotateBytes: 8 });
  await write(again, 'line 7\n');
  await again.close();
  assert.is(readFileSync(`${path}.000004`, 'utf8'), 'line 6\n');
});

test('lines larger than a file go into one of their own, an empty file is never finished', async ({
  path,
}) => {
  const file = await openLogFile(path, { ...NEVER, rotateBytes: 4 });
  await write(file, 'much too long\n');
  await write(file, 'so is this\n');
  await file.close();
  assert.is(readFileSync(`${path}.000001`, 'utf8'), 'much too long\n');
  assert.is(readFileSync(path, 'utf8'), 'so is this\n');
  assert.is((await finishedFiles(path)).length, 1);
});

test('a file that has grown old is finished by the next line', async ({ path }) => {
  const file = await openLogFile(path, { ...NEVER, rotateHours: 0.03 / 3600 });
  await write(file, 'old\n');
  await new Promise((resolve) => setTimeout(resolve, 50));
  await write(file, 'new\n');
  await file.close();
  assert.is(readFileSync(`${path}.000001`, 'utf8'), 'old\n');
  assert.is(readFileSync(path, 'utf8'), 'new\n');
});

test('the age of a file does not follow the wall clock', async ({ path }) => {
  const file = await openLogFile(path, { ...NEVER, rotateHours: 1 });
  const { now } = Date;
  try {
    for (const hours of [0, 1000, -1000]) {
      Date.now = () => now() + hours * 3_600_000;
      await write(file, `${hours}\n`);
    }
  } finally {
    Date.now = now;
  }
  await file.close();
  assert.is(readFileSync(path, 'utf8'), '0\n1000\n-1000\n');
});

test('a file from the future, as a clock that went back leaves it, is not old', async ({
  path,
}) => {
  appendFileSync(path, 'before\n');
  const { now } = Date;
  Date.now = () => now() - 1000 * 3_600_000;
  try {
    const file = await openLogFile(path, { ...NEVER, rotateHours: 1 });
    await write(file, 'after\n');
    await file.close();
  } finally {
    Date.now = now;
  }
  utimesSync(path, 0, 0);
  assert.is(readFileSync(path, 'utf8'), 'before\nafter\n');
});

test('only so many finished files are kept', async ({ path, directory }) => {
  const file = await openLogFile(path, { ...NEVER, rotateBytes: 4, keepFiles: 2 });
  for (let i = 0; i < 6; i++) await write(file, `${i}..\n`);
  await file.close();
  assert.equal(readdirSync(directory).sort(), [
    'log.jsonl',
    'log.jsonl.000004',
    'log.jsonl.000005',
  ]);
});

test('where no other file can be begun, lines go on into the one there is', async ({ path }) => {
  const file = await openLogFile(path, { ...NEVER, rotateBytes: 4 });
  await write(file, 'one\n');
  // what the finished file would be called is taken by a folder that is not empty
  mkdirSync(join(`${path}.000001`, 'x'), { recursive: true });
  mkdirSync(join(`${path}.000002`, 'x'), { recursive: true });
  rmSync(path);
  await write(file, 'two\n');
  await write(file, 'three\n');
  await file.close();
  assert.not.ok(existsSync(`${path}.000003`));
});

test('a file that someone cut goes on at its new end', async ({ path }) => {
  const file = await openLogFile(path, NEVER);
  await write(file, 'one\n');
  truncateSync(path, 0);
  await write(file, 'two\n');
  await file.close();
  assert.is(readFileSync(path, 'utf8'), 'two\n');
});

test('a device takes lines or says why not', async () => {
  if (!existsSync('/dev/full')) {
    console.log('skipped: no /dev/full');
    return;
  }
  const file = await openLogFile('/dev/full', NEVER);
  await write(file, 'line\n').then(
    () => assert.unreachable('a full device took a line'),
    (error) => assert.is(error.code, 'ENOSPC'),
  );
  await file.close();
  assert.not.ok(statSync('/dev/full').isFile());
});

test.run();
