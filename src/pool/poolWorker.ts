// A worker of a scorer pool: loads a blob, then scores what rows it is sent.
import { sentError } from '../core/sentError.js';
import { parentPort } from '../core/thread.js';
import { loadScorer } from '../score/loadScorer.js';
import type { Scorer } from '../score/scorer.js';
import type { LoadRequest, PoolReply, PoolRequest, ScoreRequest } from './poolMessages.js';

const port = parentPort();
let scorer: Scorer | undefined;

function post(reply: PoolReply, transfer?: ArrayBuffer[]): void {
  port?.post(reply, transfer);
}

async function load({ blob, options }: LoadRequest): Promise<void> {
  scorer = await loadScorer(blob, options);
  post({ kind: 'loaded' });
}

function score({ id, rows, rowCount }: ScoreRequest): void {
  if (!scorer) throw new Error('rows were sent before the model was loaded');
  const predictions = new Float32Array(rowCount * scorer.outputCount);
  scorer.predictInto(rows, rowCount, predictions);
  const returned = rows.buffer instanceof ArrayBuffer ? rows.buffer : undefined;
  const buffers = [predictions.buffer, ...(returned ? [returned] : [])];
  post({ kind: 'scored', id, predictions, returned }, buffers);
}

port?.listen(async (message) => {
  const request = message as PoolRequest;
  try {
    if (request.kind === 'load') await load(request);
    else score(request);
  } catch (error) {
    post({ kind: 'failed', error: sentError(error) });
  }
});
