// From a blob to a probability. Usage: node examples/score-in-ten-lines.mjs [model.coppice]
import { readFile } from 'node:fs/promises';
import { loadScorer } from 'coppice';
import { exampleBlob } from './example-blob.mjs';

const blob = process.argv[2] ? await readFile(process.argv[2]) : exampleBlob();
const scorer = await loadScorer(blob);
const record = Object.fromEntries(
  scorer.schema.fields.map(({ name, type }) => [name, type === 'number' ? 1 : 'a']),
);
const [probability] = scorer.predict([record]);
console.log(
  `${JSON.stringify(record)} → ${probability.toFixed(4)}, ${scorer.label(probability)} (${scorer.kernel})`,
);
