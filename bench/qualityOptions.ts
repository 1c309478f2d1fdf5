/**
 * What a change of options does to the ROC-AUC of each binary set: cross-validated on its training rows, and paired with the defaults on
 * the same folds. A default is chosen by this, never by the test rows.
 * usage: npm run bench:quality:options -- --options '{"l2":1}' [--options ...] [--sets adult,telco_churn] [--repeats 1]
 */
import { parseArgs } from 'node:util';
import { createRandom } from '../src/core/random.js';
import { stratifiedFolds, type TrainingMatrix, trainGbdt } from '../src/train/index.js';
import { splitFold } from '../src/train/splitFold.js';
import { TRAINING_OPTIONS } from './training/contestant.js';
import { predictCoppice } from './training/coppiceLearner.js';
import { describeEnvironment } from './training/environment.js';
import { scorePredictions } from './training/predictionMetrics.js';
import { readManifest, readRealData } from './training/realData.js';
import type { SplitData } from './training/splitData.js';

const FOLDS = 4;
/** sets of fewer rows are dealt into folds again and again */
const SMALL_ROWS = 5000;
const SMALL_REPEATS = 5;
const PER_TEN_THOUSAND = 1e4;

const { values } = parseArgs({
  options: {
    sets: { type: 'string' },
    options: { type: 'string', multiple: true, default: [] },
    repeats: { type: 'string', default: '1' },
  },
});
if (values.options.length === 0) throw new Error('nothing to compare: --options \'{"l2":1}\'');
const names = values.sets?.split(',');
const datasets = readManifest().filter(
  ({ name, task }) => task === 'binary' && (names?.includes(name) ?? true),
);
/** per change of options, the mean difference of each set */
const means = values.options.map((): number[] => []);

console.log(describeEnvironment());
console.log(`${JSON.stringify(TRAINING_OPTIONS)}; differences in 1e-4 of ROC-AUC ± standard error`);
console.log(
  `\n| set | AUC | ${values.options.join(' | ')} |\n|---|---|${'---|'.repeat(means.length)}`,
);
for (const dataset of datasets) {
  const data = await readRealData(dataset);
  const repeats = Number(values.repeats) * (data.train.rowCount < SMALL_ROWS ? SMALL_REPEATS : 1);
  const base = crossValidate(data, {}, repeats);
  const cells = values.options.map((options, index) => {
    const own = crossValidate(data, JSON.parse(options), repeats);
    const differences = own.map((auc, fold) => PER_TEN_THOUSAND * (auc - base[fold]!));
    means[index]!.push(meanOf(differences));
    return `${signed(meanOf(differences))} ± ${standardError(differences).toFixed(1)}`;
  });
  console.log(`| ${dataset.name} | ${meanOf(base).toFixed(4)} | ${cells.join(' | ')} |`);
}
const summary = means.map(
  (own) =>
    `${signed(meanOf(own))}, better on ${own.filter((mean) => mean > 0).length} of ${own.length}`,
);
console.log(`| mean | | ${summary.join(' | ')} |`);

/** The AUC of each fold, by the others. */
function crossValidate(data: SplitData, options: object, repeats: number): number[] {
  const { featureCount, categorical, train } = data;
  const matrix: TrainingMatrix = { ...train, featureCount, categorical };
  return Array.from({ length: repeats }, (_, seed) => {
    const folds = stratifiedFolds(train.target, FOLDS, createRandom(seed));
    return Array.from({ length: FOLDS }, (_, fold) => {
      const { training, heldOut } = splitFold(matrix, folds, fold);
      const model = trainGbdt(training, { ...TRAINING_OPTIONS, ...options });
      const { matrix: rows, rowCount } = heldOut;
      const part = { matrix: rows, rowCount, target: Float64Array.from(heldOut.target) };
      return scorePredictions('binary', 2, part, predictCoppice(model, part, featureCount)).auc!;
    });
  }).flat();
}

function meanOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}

/** Folds share rows, so this is a little too small. */
function standardError(numbers: readonly number[]): number {
  const mean = meanOf(numbers);
  const squares = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (numbers.length - 1) / numbers.length);
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(1)}`;
}
