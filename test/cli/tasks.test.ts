import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withoutColumns } from '../../src/core/table.js';
import { csvOf, flowersTable, housesTable } from '../lifecycle/tables.js';

const folder = mkdtempSync(join(tmpdir(), 'coppice-tasks-'));
const path = (name: string): string => join(folder, name);
const QUICK = ['--quiet', '--config', path('quick.yaml')];
const FLOWERS = ['--data', path('flowers.csv'), '--target', 'species'];
const HOUSES = ['--data', path('houses.csv'), '--target', 'price'];
const CLASSES = ['iris', 'lily', 'rose'];

test.before(() => {
  writeFileSync(path('flowers.csv'), csvOf(flowersTable([70, 50, 40])));
  writeFileSync(path('houses.csv'), csvOf(withoutColumns(housesTable(300), ['bids'])));
  writeFileSync(path('bids.csv'), csvOf(withoutColumns(housesTable(300), ['price'])));
  writeFileSync(
    path('quick.yaml'),
    [
      'training: { folds: 3 }',
      'evaluation: { bootstrap_resamples: 30 }',
      'quantization: { adversarial_rows: 200 }',
      'benchmark: { rounds: 2, batch_rows: 32 }',
    ].join('\n'),
  );
});
test.after(() => rmSync(folder, { recursive: true }));

function coppice(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const cli = ['--import', 'tsx', 'src/cli/main.ts'];
  return spawnSync(process.execPath, [...cli, ...args], { encoding: 'utf8' });
}

function succeed(...args: string[]): string {
  const { status, stdout, stderr } = coppice(...args);
  assert.is(status, 0, stderr);
  return stdout;
}

/** Rows of a CSV file without quotes, by column. */
function rowsOf(file: string): Record<string, string>[] {
  const [header, ...lines] = readFileSync(path(file), 'utf8').trimEnd().split('\n');
  const names = header!.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, column) => [name, cells[column]!]));
  });
}

test('several classes: train, predict, evaluate and verify agree', () => {
  const trees = ['--model', 'gbdt', '--set', 'numTrees=10'];
  const report = JSON.parse(
    succeed('train', ...QUICK, ...FLOWERS, ...trees, '--out', path('flowers'), '--json'),
  );
  assert.equal(
    [report.task, report.selected_by, report.releasable],
    ['multiclass', 'logLoss', true],
  );
  assert.not.ok('threshold' in report);
  assert.match(succeed('verify', path('flowers')), /8 files, all as they were written/);

  succeed('predict', path('flowers'), ...FLOWERS.slice(0, 2), '--out', path('flowers-scored.csv'));
  const input = rowsOf('flowers.csv');
  const output = rowsOf('flowers-scored.csv');
  assert.is(output.length, input.length);
  assert.equal(Object.keys(output[0]!), [
    ...Object.keys(input[0]!),
    'label',
    ...CLASSES.map((name) => `probability_${name}`),
  ]);
  let correct = 0;
  for (const row of output) {
    const probabilities = CLASSES.map((name) => Number(row[`probability_${name}`]));
    assert.ok(Math.abs(probabilities.reduce((sum, p) => sum + p, 0) - 1) < 1e-5);
    const best = probabilities.indexOf(Math.max(...probabilities));
    assert.is(row['label'], CLASSES[best]);
    if (row['label'] === row['species']) correct++;
  }
  const evaluation = JSON.parse(
    succeed('evaluate', path('flowers'), ...FLOWERS.slice(0, 2), '--json'),
  );
  assert.is(evaluation.task, 'multiclass');
  assert.ok(Math.abs(evaluation.metrics.accuracy - correct / output.length) < 0.01);
  const text = succeed('evaluate', path('flowers'), ...FLOWERS.slice(0, 2));
  assert.match(text, /macro F1 +0\.\d{4} +\[/);
  assert.match(text, /true class +as iris +as lily +as rose/);
});

test('a number: train, predict, evaluate and verify agree', () => {
  const report = JSON.parse(
    succeed('train', ...QUICK, ...HOUSES, '--out', path('houses'), '--json'),
  );
  assert.equal(
    [report.task, report.releasable, report.parity.task],
    ['regression', true, 'regression'],
  );
  assert.match(succeed('verify', path('houses')), /8 files, all as they were written/);
  succeed('predict', path('houses'), ...HOUSES.slice(0, 2), '--out', path('houses-scored.csv'));
  const output = rowsOf('houses-scored.csv');
  assert.is(Object.keys(output[0]!).at(-1), 'prediction');
  const squares = output.reduce(
    (sum, row) => sum + (Number(row['price']) - Number(row['prediction'])) ** 2,
    0,
  );
  const evaluation = JSON.parse(
    succeed('evaluate', path('houses'), ...HOUSES.slice(0, 2), '--json'),
  );
  const rmse = Math.sqrt(squares / output.length);
  assert.ok(Math.abs(evaluation.metrics.rmse / rmse - 1) < 0.01);
  assert.ok(evaluation.metrics.r2 > 0.8);
  assert.match(succeed('evaluate', path('houses'), ...HOUSES.slice(0, 2)), /R² +0\.\d{4} +\[/);
});

for (const [name, target, options, accuracy] of [
  ['flowers', 'species', [], 'log loss'],
  ['houses', 'price', ['--task', 'regression'], 'RMSE'],
] as const) {
  test(`${name}: run, and every command on it`, () => {
    const data = ['--data', path(`${name}.csv`)];
    const out = path(`${name}-run`);
    const text = succeed('run', ...QUICK, ...data, '--target', target, ...options, '--out', out);
    assert.match(text, new RegExp(`◄ chosen by ${accuracy}`));
    assert.match(text, /\(releasable\)/);
    assert.is(JSON.parse(succeed('parity', out, ...data, '--json')).passed, true);
    const rounds = ['--rounds', '2', '--batch', '16', '--quiet'];
    assert.match(
      succeed('bench', out, ...data, ...rounds),
      new RegExp(`engine +size .*${accuracy}`),
    );
    assert.match(succeed('inspect', out), new RegExp(`predicts ${target}: `));
    assert.match(succeed('explain', out, ...data), /share of \|contribution\|/);
    assert.match(succeed('explain', out, ...data, '--row', '2'), new RegExp(`^${target}: `));
    succeed('export', out, '--out', path(`${name}-exported`), '--format', 'onnx');
    assert.equal(
      readFileSync(join(path(`${name}-exported`), 'model.onnx')),
      readFileSync(join(out, 'model.onnx')),
    );
    const drift = JSON.parse(succeed('drift', out, ...data, '--json'));
    assert.is(drift.recommendation, 'none');
    assert.match(succeed('drift', out, ...data), /NONE\. Nothing to do\./);
  });
}

test('counts: --set objective=poisson', () => {
  const data = ['--data', path('bids.csv'), '--target', 'bids', '--task', 'regression'];
  const loss = ['--set', 'objective=poisson', '--set', 'numTrees=10'];
  succeed('train', ...QUICK, ...data, ...loss, '--out', path('bids'));
  const model = JSON.parse(readFileSync(join(path('bids'), 'model.json'), 'utf8'));
  assert.is(model.predictor.link, 'log');
  succeed('predict', path('bids'), ...data.slice(0, 2), '--out', path('bids-scored.csv'));
  assert.ok(rowsOf('bids-scored.csv').every((row) => Number(row['prediction']) > 0));
});

test('what does not fit together exits with 2 and says why', () => {
  const out = ['--out', path('x')];
  const cases: [string[], RegExp][] = [
    [['run', ...QUICK, ...HOUSES, '--task', 'ranking', ...out], /Allowed choices are binary, mul/],
    [['train', ...QUICK, ...HOUSES, '--model', 'logistic', ...out], /"logistic" is for classes/],
    [['run', ...QUICK, ...HOUSES, '--positive', '3', ...out], /"3" is not in target "price"/],
    [
      ['run', ...QUICK, ...FLOWERS, '--task', 'multiclass', '--positive', 'rose', ...out],
      /positive class is for a binary target, the task is multiclass/,
    ],
    [['train', ...QUICK, ...FLOWERS, '--task', 'binary', ...out], /expected two, or --positive/],
    [
      ['train', ...QUICK, ...FLOWERS, '--set', 'objective=poisson', ...out],
      /expected multiclass or oneVsAll/,
    ],
    [
      ['train', ...QUICK, ...HOUSES, '--set', 'business.target_precision=0.9', ...out],
      /which only a binary target has; the task is regression/,
    ],
  ];
  for (const [args, message] of cases) {
    const { status, stderr } = coppice(...args);
    assert.is(status, 2, `${args.join(' ')}: ${stderr}`);
    assert.match(stderr, message);
    assert.not.match(stderr, /\n {4}at /, 'no stack trace');
  }
});

test('data of another kind exits with 4', () => {
  writeFileSync(path('orchids.csv'), 'petal,sepal,place,species\n1,2,alp,orchid\n1,2,alp,rose\n');
  const { status, stderr } = coppice('evaluate', path('flowers'), '--data', path('orchids.csv'));
  assert.is(status, 4);
  assert.match(stderr, /expected "iris" or "lily" or "rose", got "orchid" in row 1/);
});

test.run();
