// Scores the records that pages of the extension send. Without 'wasm-unsafe-eval' in the manifest it does so in JavaScript.
import { loadScorer } from './complete.js'; // dist/browser/complete.js: a service worker imports nothing while it runs

async function load() {
  const response = await fetch('model.coppice');
  return loadScorer(new Uint8Array(await response.arrayBuffer()));
}

let loading;

async function answer(record) {
  loading ??= load();
  const scorer = await loading;
  const [probability] = scorer.predict([record]);
  return { probability, label: scorer.label(probability), kernel: scorer.kernel };
}

chrome.runtime.onMessage.addListener((record, _sender, reply) => {
  answer(record).then(reply, ({ message }) => reply({ error: message }));
  // the reply comes later
  return true;
});
