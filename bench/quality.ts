/**
 * Test scores of coppice on every real set against those that `reference.json` holds for LightGBM and scikit-learn, with the
 * same parameters and split. Needs the sets (`COPPICE_DATA`, or `../shared/data`), no Python.
 * usage: npm run bench:quality -- [--sets adult,letter] [--dist] [--json out.json]
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { TRAINING_OPTIONS } from './training/contestant.js';
import { fitCoppice, predictCoppice, type Trainer } from './training/coppiceLearner.js';
import { describeEnvironment } from './training/environment.js';
import { scorePredictions } from './training/predictionMetrics.js';
import {
  formatQualityRows,
  formatQualitySummary,
  type QualityRow,
  qualityRows,
} from './training/qualityRows.js';
import {
  type Dataset,
  dataDirectory,
  readManifest,
  readRealData,
  readReferences,
} from './training/realData.js';

const { values } = parseArgs({
  options: {
    sets: { type: 'string' },
    dist: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const manifest = readManifest();
if (manifest.length === 0) throw new Error(`there is no manifest.json in ${dataDirectory()}`);
const names = values.sets?.split(',') ?? manifest.map((dataset) => dataset.name);
const build = values.dist ? '../dist/train/index.js' : '../src/train/index.js';
const trainer: Trainer = await import(build);
const { versions, scores } = readReferences();

const rows: QualityRow[] = [];
const failures: { set: string; reason: string }[] = [];

console.log(describeEnvironment());
console.log(
  `${JSON.stringify(TRAINING_OPTIONS)}, LightGBM ${versions['lightgbm']}, scikit-learn ${versions['sklearn']}`,
);
console.log(
  '\n| set (test rows) | metric | coppice | LightGBM | scikit-learn | against the better | within the bar |\n|---|---|---|---|---|---|---|',
);
for (const name of names) {
  const dataset = manifest.find((candidate) => candidate.name === name);
  if (!dataset) throw new RangeError(`no set "${name}" in ${dataDirectory()}`);
  const added = await measure(dataset);
  if (added.length > 0) console.log(formatQualityRows(added));
  rows.push(...added);
}
for (const { set, reason } of failures)
  console.log(`| ${set} | not measured: ${reason} | | | | | |`);
if (names.includes('kddcup99_10pct')) {
  console.log(
    '| kddcup99_10pct, five classes | not measured: the file has only the binary label | | | | | |',
  );
}
console.log(
  '\nAbove 0 coppice is better. The bar: 0.002 of AUC, accuracy and NDCG@10; 1 % of log loss and RMSE.\n',
);
console.log(formatQualitySummary(rows));
if (values.json) {
  writeFileSync(values.json, `${JSON.stringify({ versions, rows, failures }, null, 2)}\n`);
}

/** Empty when this version has no objective for the task. */
async function measure(dataset: Dataset): Promise<QualityRow[]> {
  const { name } = dataset;
  const data = await readRealData(dataset);
  const { task, classCount, featureCount, train, test } = data;
  try {
    const model = fitCoppice(trainer, data, train, { ...TRAINING_OPTIONS });
    const predictions = predictCoppice(model, test, featureCount);
    const metrics = scorePredictions(task, classCount, test, predictions);
    return qualityRows(name, task, test.rowCount, metrics, scores[name]!);
  } catch (error) {
    // a version without the objective says so; anything else is a failure of the bench
    const message = error instanceof Error && error.name === 'ConfigError' ? error.message : '';
    if (!message.includes('objective')) throw error;
    failures.push({ set: name, reason: `no ${task} objective yet (${message.split(';')[0]})` });
    return [];
  }
}
