import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Table } from '../../src/core/table.js';
import { withoutColumns } from '../../src/core/table.js';
import {
  type ConfigSource,
  defaultConfig,
  type RunInput,
  type RunResult,
  runLifecycle,
  verifyFiles,
  withSettings,
} from '../../src/lifecycle/index.js';
import { parseModel } from '../../src/model/modelFile.js';
import { loadScorer } from '../../src/score/index.js';
import { flowersTable, housesTable } from './tables.js';

/** Small candidates, few rounds. */
const QUICK = {
  'training.folds': 3,
  'training.candidates.forest': { numTrees: 8 },
  'training.candidates.gbdt': { numTrees: 12, maxLeaves: 7 },
  'evaluation.bootstrap_resamples': 40,
  'quantization.adversarial_rows': 200,
  'benchmark.rounds': 2,
  'benchmark.batch_rows': 32,
};

async function run(
  table: Table,
  targetName: string,
  more: Partial<Omit<RunInput, 'source'>> & { settings?: Record<string, unknown> } = {},
): Promise<RunResult & { messages: string[] }> {
  const { settings, ...input } = more;
  const messages: string[] = [];
  const source: ConfigSource = withSettings(defaultConfig(), { ...QUICK, ...settings });
  const result = await runLifecycle(
    {
      command: 'run',
      table,
      targetName,
      positive: undefined,
      task: undefined,
      source,
      sources: [{ name: 'made', sha256: '0', byte_count: 0 }],
      createdAt: '2026-01-01T00:00:00Z',
      environment: {},
      version: '0',
      ...input,
    },
    { onProgress: (_, message) => messages.push(message), now: () => performance.now() },
  );
  return { ...result, messages };
}

async function failure(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('accepted');
}

function json(result: RunResult, file: string): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(result.files.get(file)));
}

test('several classes, one of them of three rows, go the whole way', async () => {
  const table = flowersTable([120, 90, 3]);
  const result = await run(table, 'species', { settings: { 'training.folds': 5 } });
  const { trained, parity, benchmark } = result;
  assert.is(trained.task, 'multiclass');
  assert.is(parity.passed, true);
  assert.is(parity.unit, 1);
  assert.is(trained.selectedBy, 'logLoss');
  assert.equal(trained.model.schema.target.classes, ['iris', 'lily', 'rose']);
  const warning = result.messages.find((message) => message.startsWith('warning'));
  assert.match(warning ?? '', /fewer rows than the 5 folds.*"rose" \(2\)/);
  assert.equal(
    trained.candidates.map(({ name }) => name),
    ['logistic', 'tree', 'forest', 'gbdt'],
  );
  const best = Math.min(...trained.candidates.map(({ summary }) => summary.logLoss!.mean));
  const winner = trained.candidates.find(({ name }) => name === trained.winner)!;
  assert.is(winner.summary.logLoss!.mean, best);
  const { test: held } = trained;
  assert.ok(held?.task === 'multiclass' && held.metrics.accuracy > 0.7);
  assert.is(trained.outOfFold.length, 3 * (213 - held.rowCount));
  assert.equal(
    held.metrics.confusion.flat().reduce((sum, count) => sum + count, 0),
    held.rowCount,
  );
  const { logLoss } = held.intervals!;
  assert.ok(logLoss!.lower < held.metrics.logLoss && held.metrics.logLoss < logLoss!.upper);
  assert.equal(Object.keys(benchmark!.engines[0]!.accuracy!), ['accuracy', 'logLoss']);
  assert.not.ok(result.files.has('threshold.txt'));
  assert.equal(await verifyFiles(result.files), []);
  const metrics = json(result, 'metrics.json');
  assert.equal(metrics['classes'], ['iris', 'lily', 'rose']);
  assert.not.ok('threshold' in metrics);
});

test('a number goes the whole way, with tolerances in its own unit', async () => {
  const table = withoutColumns(housesTable(400), ['bids']);
  const result = await run(table, 'price');
  const { trained, parity, benchmark } = result;
  assert.is(trained.task, 'regression');
  assert.is(parity.passed, true);
  assert.ok(parity.unit > 30_000 && parity.unit < 120_000, String(parity.unit));
  const onnx = parity.checks.find(({ name }) => name === 'onnx_reference')!;
  // a hundred-thousandth of the deviation, and what float32 does to prices
  assert.ok(onnx.maxTolerance > 1e-5 * parity.unit && onnx.maxTolerance < 2e-5 * parity.unit + 1);
  assert.is(trained.selectedBy, 'rmse');
  assert.equal(
    trained.candidates.map(({ name }) => name),
    ['tree', 'forest', 'gbdt'],
  );
  const { test: held } = trained;
  assert.ok(held?.task === 'regression' && held.metrics.r2 > 0.7);
  assert.equal(Object.keys(benchmark!.engines[0]!.accuracy!), ['rmse', 'mae']);
  const names = [...result.files.keys()];
  assert.not.ok(names.includes('threshold.txt'));
  assert.not.ok('calibration' in json(result, 'metrics.json'));
  assert.equal(await verifyFiles(result.files), []);
});

test('two runs give the same bytes', async () => {
  const table = flowersTable([60, 50, 40]);
  const [a, b] = [await run(table, 'species'), await run(table, 'species')];
  assert.is(a.lineage.run_id, b.lineage.run_id);
  for (const [name, content] of a.files) {
    if (name === 'benchmark.json' || name === 'lineage.json') continue;
    assert.equal(content, b.files.get(name), name);
  }
});

test('counts by a Poisson loss: the blob predicts what the model does', async () => {
  const table = withoutColumns(housesTable(500), ['price']);
  const result = await run(table, 'bids', {
    command: 'train',
    task: 'regression',
    settings: { 'training.candidates': { gbdt: { objective: 'poisson', numTrees: 20 } } },
  });
  assert.is(result.parity.passed, true);
  const model = parseModel(new TextDecoder().decode(result.files.get('model.json')));
  assert.is(model.predictor.link, 'log');
  const scorer = await loadScorer(result.files.get('model.coppice')!);
  const many = scorer.predict([{ rooms: 8, distance: 1, area: 'east' }])[0]!;
  const few = scorer.predict([{ rooms: 1, distance: 29, area: 'east' }])[0]!;
  assert.ok(few > 0 && many > 3 * few, `${few} and ${many}`);
  assert.ok(result.trained.outOfFold.every((value) => value > 0));
});

test('numbers of few values are classes unless a regression is asked for', async () => {
  const table = withoutColumns(housesTable(300), ['price']);
  const quick = { command: 'train', settings: { 'training.candidates': { tree: {} } } } as const;
  const asked = await run(table, 'bids', { ...quick, task: 'regression' });
  assert.is(asked.trained.task, 'regression');
  const classes = withoutColumns(flowersTable([40, 40, 40]), ['place']);
  assert.is((await run(classes, 'species', quick)).trained.task, 'multiclass');
});

test('one class against the others is binary still', async () => {
  const result = await run(flowersTable([60, 50, 40]), 'species', {
    command: 'train',
    positive: 'rose',
    settings: { 'training.candidates': { gbdt: { numTrees: 5 } } },
  });
  assert.ok(result.trained.task === 'binary');
  assert.equal(result.trained.model.schema.target.classes, ['not rose', 'rose']);
  assert.ok(result.files.has('threshold.txt'));
});

test('what does not fit the task is an error that says so', async () => {
  const flowers = flowersTable([40, 40, 40]);
  const houses = withoutColumns(housesTable(100), ['bids']);
  const candidates = (given: object) => ({ settings: { 'training.candidates': given } });
  const cases: [() => Promise<unknown>, RegExp][] = [
    [
      () => run(houses, 'price', candidates({ logistic: {} })),
      /"logistic" is for classes.*tree, forest/,
    ],
    [
      () => run(houses, 'price', { settings: { 'training.candidates.logistic': { l2: 2 } } }),
      /"logistic" is for classes/,
    ],
    [
      () => run(flowers, 'species', candidates({ gbdt: { objective: 'poisson' } })),
      /"objective" of gbdt expected multiclass or oneVsAll, as the task is multiclass, got "poisson"/,
    ],
    [
      () => run(houses, 'price', candidates({ forest: { objective: 'poisson' } })),
      /"objective" of forest expected squared, as the task is regression/,
    ],
    [
      () => run(flowers, 'species', candidates({ gbdt: { classCount: 5 } })),
      /"classCount" of gbdt follows from the target, which has 3 classes, got 5/,
    ],
    [() => run(flowers, 'species', { task: 'regression' }), /expected numbers for a regression/],
    [() => run(flowers, 'species', { task: 'binary' }), /has 3 classes/],
    [
      () => run(houses, 'price', { task: 'regression', positive: '1' }),
      /positive class is for a binary/,
    ],
    [
      () => run(houses, 'price', { settings: { 'business.target_precision': 0.9 } }),
      /"business" choose a threshold.*the task is regression/,
    ],
    [
      () => run(flowers, 'species', { settings: { 'training.calibrators': ['beta', 'isotonic'] } }),
      /"training.calibrators" expected none or temperature.*got beta, isotonic/,
    ],
  ];
  for (const [attempt, message] of cases) {
    const { name, message: said } = await failure(attempt());
    assert.is(name, 'ConfigError', said);
    assert.match(said, message);
  }
});

test('data that cannot be trained on are an error that says what was seen', async () => {
  const cases: [() => Promise<unknown>, RegExp][] = [
    [
      () => run(flowersTable([40, 40, 1]), 'species'),
      /at least 2 rows of each class to train on, got 1 of class "rose" \(1 in the data\)/,
    ],
    [() => run(flowersTable([40, 40, 2]), 'species'), /got 1 of class "rose" \(2 in the data\)/],
    [
      () => run(withoutColumns(housesTable(3), ['bids']), 'price', { task: 'regression' }),
      /at least 3 rows to train on \(one a fold\), got 2/,
    ],
    [
      () =>
        run(
          {
            rowCount: 4,
            columns: [
              { kind: 'number', name: 'x', values: Float32Array.of(1, 2, 3, 4) },
              { kind: 'number', name: 'y', values: Float32Array.of(5, NaN, 6, 7) },
            ],
          },
          'y',
          { task: 'regression' },
        ),
      /expected a finite number, got a missing value in row 2/,
    ],
    [
      () =>
        run(
          {
            rowCount: 9,
            columns: [
              { kind: 'number', name: 'x', values: new Float32Array(9) },
              { kind: 'number', name: 'y', values: new Float32Array(9).fill(5) },
            ],
          },
          'y',
          { task: 'regression' },
        ),
      /got "5"/,
    ],
  ];
  for (const [attempt, message] of cases) {
    const { name, message: said } = await failure(attempt());
    assert.is(name, 'DataError', said);
    assert.match(said, message);
  }
});

test.run();
