import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KeepAliveClient } from './keepAliveClient.js';
import { RECORD, startServer, writeModel } from './serverProcess.js';

const test = suite('a server that ends under load', { root: '' });

test.before.each((context) => {
  context.root = mkdtempSync(join(tmpdir(), 'coppice-killed-'));
});
test.after.each((context) => {
  rmSync(context.root, { recursive: true });
});

const CLIENTS = 4;
const ANSWERS = 400;

interface Load {
  /** the id of every prediction that was answered */
  answered: string[];
  /** requests that were sent and not answered */
  unanswered: number;
}

/**
 * Clients that ask one after another, until the server takes no more of them.
 * @param onAnswers - is called once, after some hundred answers
 */
async function load(url: string, onAnswers: () => void): Promise<Load> {
  const result: Load = { answered: [], unanswered: 0 };
  const client = async (): Promise<void> => {
    for (;;) {
      const connection = await KeepAliveClient.open(url).catch(() => undefined);
      if (!connection) return;
      for (;;) {
        const answer = await connection
          .post('/predict', JSON.stringify(RECORD))
          .catch(() => undefined);
        if (!answer) {
          result.unanswered++;
          break;
        }
        assert.is(answer.status, 200);
        result.answered.push((JSON.parse(answer.body) as { prediction_id: string }).prediction_id);
        if (result.answered.length === ANSWERS) onAnswers();
        if (answer.closes) break;
      }
      connection.end();
      // as a load balancer does
      const ready = await fetch(`${url}/readyz`).catch(() => undefined);
      if (ready?.status !== 200) return;
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return result;
}

function idsIn(log: string): string[] {
  const lines = readFileSync(log, 'utf8').split('\n');
  assert.is(lines.pop(), '', 'the last line is whole');
  return lines.map((line) => (JSON.parse(line) as { prediction_id: string }).prediction_id);
}

test('kill -9, written: every prediction that was answered is in the log', async ({ root }) => {
  const model = await writeModel(root);
  const log = join(root, 'log.jsonl');
  const flags = ['--log', log, '--log-acknowledge', 'written'];
  const server = await startServer(model, flags);
  const { answered } = await load(server.url, () => server.child.kill('SIGKILL'));
  assert.ok(answered.length >= ANSWERS);
  assert.ok(existsSync(`${log}.lock`), 'nobody was there to take the lock away');

  // the next one takes the lock over, repairs the last line and goes on counting
  const again = await startServer(model, flags);
  const drift = await (await fetch(`${again.url}/monitoring/drift`)).json();
  const logged = idsIn(log);
  assert.is((drift as { samples_observed: number }).samples_observed, logged.length);
  assert.is(await again.end('SIGTERM'), 0);
  const unique = new Set(logged);
  assert.is(unique.size, logged.length, 'no line is there twice');
  assert.equal(
    answered.filter((id) => !unique.has(id)),
    [],
  );
  // what was not answered may be there too: at most what each client was waiting for
  assert.ok(logged.length <= answered.length + CLIENTS);
});

test('kill -9, queued: what is in the log is whole, and the server starts again', async ({
  root,
}) => {
  const model = await writeModel(root);
  const log = join(root, 'log.jsonl');
  const server = await startServer(model, ['--log', log]);
  const { answered } = await load(server.url, () => server.child.kill('SIGKILL'));
  const again = await startServer(model, ['--log', log]);
  const logged = idsIn(log);
  const known = new Set(answered);
  assert.ok(logged.length > 0);
  assert.ok(logged.filter((id) => !known.has(id)).length <= CLIENTS);
  await again.end('SIGTERM');
});

test('SIGTERM: no response and no log line is lost', async ({ root }) => {
  const model = await writeModel(root);
  const log = join(root, 'log.jsonl');
  const server = await startServer(model, ['--log', log, '--drain-delay', '0.3']);
  let ended: Promise<number | null> | undefined;
  const { answered, unanswered } = await load(server.url, () => {
    ended = server.end('SIGTERM');
  });
  assert.is(await ended, 0);
  assert.is(unanswered, 0);
  assert.equal(idsIn(log).sort(), answered.sort());
  assert.not.ok(existsSync(`${log}.lock`));
  assert.is(server.stderr(), '');
});

test.run();
