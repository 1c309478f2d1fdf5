import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { studentPurchasesCsv } from '../../src/data/index.js';

const folder = mkdtempSync(join(tmpdir(), 'coppice-cli-'));
const CLI = ['--import', 'tsx', 'src/cli/main.ts'];
const path = (name: string): string => join(folder, name);
const FILES = [
  'benchmark.json',
  'drift_baseline.json',
  'lineage.json',
  'metrics.json',
  'model.coppice',
  'model.json',
  'model.onnx',
  'model_quantized.onnx',
  'parity_report.json',
  'threshold.txt',
];
/** Small candidates, so that a run takes a second. */
const QUICK = [
  '--quiet',
  '--config',
  path('quick.yaml'),
  '--data',
  path('students.csv'),
  '--target',
  'purchased',
];

test.before(() => {
  writeFileSync(path('students.csv'), studentPurchasesCsv({ rowCount: 1500, seed: 4 }));
  writeFileSync(
    path('quick.yaml'),
    [
      'training: { folds: 3, candidates: { logistic: {}, gbdt: { numTrees: 10, maxLeaves: 8 } } }',
      'features: { parameters: { one: 1 }, derived: { per_day: "minutes_watched / max(days_on_platform, one)" } }',
      'evaluation: { bootstrap_resamples: 50 }',
      'quantization: { adversarial_rows: 300 }',
      'benchmark: { rounds: 2, batch_rows: 64 }',
      'serving: { prediction_name: purchase }',
    ].join('\n'),
  );
});
test.after(() => rmSync(folder, { recursive: true }));

function coppice(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [...CLI, ...args], { encoding: 'utf8' });
}

function succeed(...args: string[]): string {
  const { status, stdout, stderr } = coppice(...args);
  assert.is(status, 0, stderr);
  return stdout;
}

test('a run writes every file and two runs the same bytes', () => {
  const report = JSON.parse(succeed('run', ...QUICK, '--out', path('a'), '--json'));
  assert.is(report.releasable, true);
  assert.ok(report.test.metrics.rocAuc > 0.85);
  assert.equal(readdirSync(path('a')).sort(), FILES);
  succeed('run', ...QUICK, '--out', path('b'));
  for (const file of FILES.filter((name) => !['benchmark.json', 'lineage.json'].includes(name))) {
    assert.equal(readFileSync(join(path('a'), file)), readFileSync(join(path('b'), file)), file);
  }
  const [a, b] = ['a', 'b'].map((name) =>
    JSON.parse(readFileSync(join(path(name), 'lineage.json'), 'utf8')),
  );
  assert.equal(a.core, b.core);
  assert.is(a.run_id, b.run_id);
  assert.equal(
    a.core.stages.map(({ stage }: { stage: string }) => stage),
    ['data', 'train', 'optimize', 'deploy', 'monitor'],
  );
});

test('another seed is another run', () => {
  const report = JSON.parse(succeed('run', ...QUICK, '--out', path('c'), '--seed', '8', '--json'));
  const { run_id } = JSON.parse(readFileSync(join(path('a'), 'lineage.json'), 'utf8'));
  assert.is.not(report.run_id, run_id);
});

test('verify names what is missing, changed or extra', () => {
  assert.match(succeed('verify', path('c')), /10 files, all as they were written/);
  writeFileSync(join(path('c'), 'threshold.txt'), '0.1\n');
  writeFileSync(join(path('c'), 'notes.txt'), 'mine');
  rmSync(join(path('c'), 'model.onnx'));
  const { status, stdout } = coppice('verify', path('c'), '--json');
  assert.is(status, 3);
  const found = JSON.parse(stdout).findings.map(
    ({ kind, file }: { kind: string; file: string }) => `${kind} ${file}`,
  );
  assert.equal(found.sort(), ['changed threshold.txt', 'extra notes.txt', 'missing model.onnx']);
});

test('an edited lineage does not verify', () => {
  const file = join(path('b'), 'lineage.json');
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace('"releasable": true', '"releasable": false'),
  );
  const { status, stdout } = coppice('verify', path('b'));
  assert.is(status, 3);
  assert.match(stdout, /changed +lineage\.json/);
});

test('train, predict and evaluate agree', () => {
  succeed('train', ...QUICK, '--out', path('t'), '--model', 'gbdt', '--set', 'numTrees=5');
  succeed('predict', path('t'), '--data', path('students.csv'), '--out', path('p.csv'));
  const input = readFileSync(path('students.csv'), 'utf8').trimEnd().split('\n');
  const output = readFileSync(path('p.csv'), 'utf8').trimEnd().split('\n');
  assert.is(output.length, input.length);
  assert.is(output[0], `${input[0]},probability,label`);
  const threshold = Number(readFileSync(join(path('t'), 'threshold.txt'), 'utf8'));
  let correct = 0;
  for (let i = 1; i < output.length; i++) {
    assert.ok(output[i]!.startsWith(`${input[i]},`), `row ${i} keeps its place`);
    const [label, probability] = output[i]!.split(',').reverse() as [string, string];
    assert.is(label, Number(probability) >= threshold ? '1' : '0');
    if (label === input[i]!.split(',').at(-1)) correct++;
  }
  const report = JSON.parse(
    succeed('evaluate', path('t'), '--data', path('students.csv'), '--json'),
  );
  assert.ok(Math.abs(report.metrics.accuracy - correct / (output.length - 1)) < 0.005);
});

test('export, inspect, parity, bench and drift work on a run', () => {
  succeed('export', path('a'), '--out', path('exported'), '--format', 'onnx', 'blob');
  assert.equal(
    readFileSync(path('exported/model.onnx')),
    readFileSync(join(path('a'), 'model.onnx')),
  );
  assert.match(succeed('inspect', path('a')), /per_day +minutes_watched/);
  assert.is(
    JSON.parse(succeed('parity', path('a'), '--data', path('students.csv'), '--json')).passed,
    true,
  );
  const bench = succeed(
    'bench',
    path('a'),
    '--data',
    path('students.csv'),
    '--rounds',
    '2',
    '--batch',
    '32',
    '--quiet',
  );
  assert.match(bench, /onnx-fp32/);
  const drift = JSON.parse(succeed('drift', path('a'), '--data', path('students.csv'), '--json'));
  assert.is(drift.samples_observed, 1500);
  assert.is(drift.recommendation, 'none');
});

test('a parity failure exits with 3, keeps the files and marks the run', () => {
  const { status } = coppice(
    'train',
    ...QUICK,
    '--out',
    path('f'),
    '--set',
    'quantization.parity_abs_tolerance=0',
  );
  assert.is(status, 3);
  const lineage = JSON.parse(readFileSync(join(path('f'), 'lineage.json'), 'utf8'));
  assert.is(lineage.core.releasable, false);
  assert.ok(existsSync(join(path('f'), 'model.coppice')));
});

test('a run that is killed leaves nothing half-written', async () => {
  const child = spawn(process.execPath, [
    ...CLI,
    'run',
    ...QUICK.slice(1),
    '--out',
    path('killed'),
  ]);
  await new Promise<void>((resolve) => {
    child.stderr.on('data', (chunk) => {
      if (String(chunk).includes('parity')) child.kill('SIGKILL');
    });
    child.on('close', () => resolve());
  });
  assert.is(existsSync(path('killed')) && !existsSync(join(path('killed'), 'lineage.json')), false);
  assert.is(child.signalCode, 'SIGKILL');
});

test('wrong arguments exit with 2 and say what was expected', () => {
  const cases: [string[], RegExp][] = [
    [['runn'], /unknown command 'runn'[\s\S]*Did you mean run\?/],
    [['run', '--dat', 'x.csv'], /unknown option '--dat'[\s\S]*Did you mean --data\?/],
    [['run', '--data', path('students.csv')], /expected --target/],
    [['run', ...QUICK, '--target', 'purchase', '--out', path('x')], /purchased/],
    [['run', ...QUICK, '--set', 'busines.target_precision=1'], /did you mean "business"/],
    [['train', ...QUICK, '--out', path('x'), '--set', 'numTree=5'], /did you mean "numTrees"/],
    [
      ['train', ...QUICK, '--out', path('x'), '--model', 'xgb'],
      /Allowed choices are logistic, tree, forest, gbdt/,
    ],
    [['train', ...QUICK, '--out', folder], /is not empty/],
    [['run', '--dataset', 'student'], /students/],
    [
      ['predict', path('none'), '--data', path('students.csv'), '--out', path('x.csv')],
      /model\.coppice/,
    ],
    [['verify', path('none')], /expected the folder of a run/],
    [['drift', path('a')], /expected either --log or --data/],
  ];
  for (const [args, message] of cases) {
    const { status, stderr, stdout } = coppice(...args);
    assert.is(status, 2, `${args.join(' ')}: ${stderr}`);
    assert.match(stderr, message);
    assert.not.match(stderr, /\n {4}at /, 'no stack trace');
    assert.is(stdout, '');
  }
});

test('bad data exits with 4 and names file, line and column', () => {
  const cases: [string, RegExp][] = [
    ['a,y\n1,0\n2\n', /bad\.csv:3:\d+: /],
    ['a,a,y\n1,2,0\n', /bad\.csv:1:3: /],
    ['a,y\n1,0\n2,0\n', /y/],
    ['a,y\n1,0\n2,\n', /bad\.csv:3:3: /],
    ['a,y\n', /bad\.csv/],
  ];
  for (const [text, message] of cases) {
    writeFileSync(path('bad.csv'), text);
    const { status, stderr } = coppice(
      'run',
      '--data',
      path('bad.csv'),
      '--target',
      'y',
      '--out',
      path('x'),
    );
    assert.is(status, 4, stderr);
    assert.match(stderr, message);
  }
  assert.is(existsSync(path('x')), false);
});

test('--json gives errors as JSON too', () => {
  const { stdout, status } = coppice('verify', path('none'), '--json');
  assert.is(status, 2);
  assert.is(JSON.parse(stdout).error.code, 'config');
});

test('help shows examples for every command', () => {
  for (const command of [
    'run',
    'train',
    'evaluate',
    'predict',
    'export',
    'parity',
    'bench',
    'serve',
    'drift',
    'verify',
    'inspect',
  ]) {
    assert.match(succeed(command, '--help'), new RegExp(`Examples:\\n  coppice ${command}`));
  }
});

test.run();
