import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tunedConfig } from '../../src/cli/tunedConfig.js';
import { studentPurchasesCsv } from '../../src/data/index.js';
import { defaultConfig, parseConfig } from '../../src/lifecycle/index.js';

const folder = mkdtempSync(join(tmpdir(), 'coppice-tune-'));
const path = (name: string): string => join(folder, name);

test.before(() => {
  writeFileSync(path('students.csv'), studentPurchasesCsv({ rowCount: 600, seed: 4 }));
  writeFileSync(
    path('quick.yaml'),
    [
      'training: { folds: 3 }',
      'evaluation: { bootstrap_resamples: 0 }',
      'quantization: { adversarial_rows: 100 }',
      'benchmark: { rounds: 2, batch_rows: 64 }',
    ].join('\n'),
  );
});
test.after(() => rmSync(folder, { recursive: true }));

function coppice(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const cli = ['--import', 'tsx', 'src/cli/main.ts'];
  return spawnSync(process.execPath, [...cli, ...args], { encoding: 'utf8' });
}

const DATA = ['--data', path('students.csv'), '--target', 'purchased'];

test('tune writes what train takes, and train gets the same cross-validation', () => {
  const { status, stdout, stderr } = coppice(
    ...['tune', ...DATA, '--config', path('quick.yaml'), '--trials', '3', '--seed', '5'],
    ...['--set', 'numTrees=8', '--set', 'maxLeaves=4', '--out', path('tuned'), '--json'],
  );
  assert.is(status, 0, stderr);
  assert.match(stderr, /2 of 3: trial 1 0\.\d{4} ± 0\.\d{4}; best/);
  const tuned = JSON.parse(stdout);
  assert.is(tuned.trials.length, 3);
  assert.is(tuned.metric, 'rocAuc');
  const best = tuned.trials[0];
  assert.is(best.index, tuned.best);
  assert.is(tuned.options.numTrees, 8);
  assert.is(tuned.options.maxLeaves, 4);
  const { config } = parseConfig(readFileSync(tuned.file, 'utf8'), tuned.file);
  assert.equal(config.training.candidates, { gbdt: tuned.options });
  assert.is(config.training.folds, 3);
  assert.is(config.seed, 5);
  assert.is(config.benchmark.rounds, 2);

  const trained = coppice(
    ...['train', ...DATA, '--config', tuned.file, '--out', path('model'), '--json', '--quiet'],
  );
  assert.is(trained.status, 0, trained.stderr);
  const [candidate] = JSON.parse(trained.stdout).candidates;
  assert.is(candidate.summary.rocAuc.mean, best.mean);
});

test('without a folder the configuration is printed, after a table', () => {
  const { status, stdout, stderr } = coppice(
    ...['tune', ...DATA, '--quiet', '--model', 'logistic', '--trials', '2', '--metric', 'logLoss'],
  );
  assert.is(status, 0, stderr);
  assert.match(stdout, /^trial +logLoss \(mean ± sd\) +options/);
  assert.match(stdout, / defaults\n/);
  assert.match(stdout, /\n2 trials, finished\n/);
  assert.match(stdout, /candidates:\n +logistic:/);
});

test('time ends a search; wrong arguments are told', () => {
  const timed = coppice('tune', ...DATA, '--quiet', '--minutes', '0.005', '--set', 'numTrees=20');
  assert.is(timed.status, 0, timed.stderr);
  assert.match(timed.stdout, /trials, the time is over/);
  const wrong = coppice('tune', ...DATA, '--set', 'numTree=20');
  assert.is(wrong.status, 2);
  assert.match(wrong.stderr, /did you mean "numTrees"/);
  assert.is(coppice('tune', ...DATA, '--minutes', '0').status, 2);
  const metric = coppice('tune', ...DATA, '--metric', 'rmse');
  assert.match(metric.stderr, /metric "rmse" is for regression/);
  assert.is(existsSync(path('rmse')), false);
});

test('a tuned configuration holds what is not a default', () => {
  const { config } = defaultConfig();
  config.data.missing_tokens = ['', '?'];
  config.features.derived = { sum: 'a + b' };
  assert.equal(tunedConfig(config, 'forest', { maxLeaves: 9 }), {
    data: { missing_tokens: ['', '?'] },
    features: { derived: { sum: 'a + b' } },
    seed: 7,
    training: { folds: 5, candidates: { forest: { maxLeaves: 9 } } },
  });
});

test.run();
