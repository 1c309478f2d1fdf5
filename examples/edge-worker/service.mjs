// The whole service of a run at the edge: checked predictions, reasons to retrain, metrics, /docs. The blob of a run carries
// what drift is measured against.
import { loadScorer } from 'coppice';
import kernel from 'coppice/kernel.wasm';
import { referenceOfBlob } from 'coppice/monitor';
import { createApp } from 'coppice/serve';
import model from './model.coppice';

const blob = new Uint8Array(model);
let written = 0;

/** The prediction log: each line a message in the log of the platform. */
const log = {
  accepting: true,
  waits: false,
  append(lines, count) {
    for (const line of lines.trimEnd().split('\n')) console.log(line);
    written += count;
  },
  status: () => ({ written, dropped: 0, refused: 0, errors: 0, pendingBytes: 0 }),
};

async function start({ COPPICE_TOKEN: token }) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', blob));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return createApp({
    // the service checks records itself, and says all that is wrong with them
    scorer: await loadScorer(blob, {
      module: kernel,
      unknownFields: 'ignore',
      absentFields: 'missing',
    }),
    reference: referenceOfBlob(blob),
    modelInfo: { sha256 },
    now: () => new Date(),
    log,
    tokens: token ? { token } : {},
  });
}

let app;

// biome-ignore lint/style/noDefaultExport: what edge workers look for
export default {
  async fetch(request, env, context) {
    app ??= start(env);
    return (await app).fetch(request, env, context);
  },
};
