import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../src/core/random.js';
import { selectRows, type Table } from '../../src/core/table.js';
import {
  type Champion,
  defaultConfig,
  type RunResult,
  runLifecycle,
  verifyFiles,
  withSettings,
} from '../../src/lifecycle/index.js';
import { parseReference } from '../../src/monitor/index.js';
import { flowersTable, housesTable } from './tables.js';

const QUICK = {
  'training.folds': 3,
  'training.candidates': { gbdt: { numTrees: 15, maxLeaves: 7 } },
  'evaluation.bootstrap_resamples': 50,
  'quantization.adversarial_rows': 100,
  'benchmark.rounds': 0,
};

/** Who buys: those with a high `a`, or after the world has changed those with a low one. */
function shopTable(rowCount: number, seed: number, direction = 1): Table {
  const random = createRandom(seed);
  const a = Float32Array.from({ length: rowCount }, () => random.normal());
  const b = Float32Array.from({ length: rowCount }, () => random.normal());
  const codes = Int32Array.from(a, (x, row) =>
    Number(direction * x + 0.5 * b[row]! + random.normal() > 0),
  );
  return {
    rowCount,
    columns: [
      { kind: 'number', name: 'a', values: a },
      { kind: 'number', name: 'b', values: b },
      { kind: 'category', name: 'bought', codes, levels: ['no', 'yes'] },
    ],
  };
}

function run(
  table: Table,
  targetName: string,
  champion?: Champion,
  settings: Record<string, unknown> = {},
): Promise<RunResult> {
  return runLifecycle(
    {
      command: champion ? 'retrain' : 'run',
      table,
      targetName,
      positive: undefined,
      task: undefined,
      source: withSettings(defaultConfig(), { ...QUICK, ...settings }),
      sources: [{ name: 'made', sha256: '0', byte_count: 0 }],
      ...(champion && { champion }),
      createdAt: '2026-01-01T00:00:00Z',
      environment: {},
      version: '0',
    },
    { onProgress: () => undefined, now: () => performance.now() },
  );
}

async function championOf(
  table: Table,
  targetName: string,
  more: Partial<Champion> = {},
): Promise<Champion> {
  const { trained, lineage } = await run(table, targetName);
  return { model: trained.model, runId: lineage.run_id, metric: undefined, margin: 0, ...more };
}

async function failure(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it did not fail');
}

const shop = await championOf(shopTable(3000, 1), 'bought');

test('a world that changed: the new model replaces the one in use, and the run says why', async () => {
  const result = await run(shopTable(1500, 2, -1), 'bought', shop);
  const comparison = result.comparison!;
  assert.ok(comparison.replace, comparison.reason);
  assert.is(comparison.decidedBy, 'logLoss');
  assert.is(comparison.champion, shop.runId);
  assert.is(comparison.rowCount, 375);
  assert.match(comparison.reason, /^the new model is better: logLoss differs by -/);
  const logLoss = comparison.metrics.find(({ name }) => name === 'logLoss')!;
  assert.ok(logLoss.difference.upper < 0);
  const plain = logLoss.challenger - logLoss.champion;
  assert.ok(Math.abs(logLoss.difference.value - plain) < 1e-12);
  const rocAuc = comparison.metrics.find(({ name }) => name === 'rocAuc')!;
  assert.equal([rocAuc.verdict, rocAuc.greaterIsBetter], ['better', true]);
  assert.ok(result.files.has('comparison.json'));
  assert.equal(await verifyFiles(result.files), []);
  const stage = result.lineage.core.stages.find((one) => one.stage === 'compare')!;
  assert.equal(Object.keys(stage.inputs), ['champion', 'challenger']);
});

test('the same world: a model of fewer rows does not replace one of more', async () => {
  const { comparison } = await run(shopTable(400, 3), 'bought', shop);
  assert.not.ok(comparison!.replace, comparison!.reason);
});

test('a margin asks for more, another metric decides otherwise', async () => {
  const fresh = shopTable(1500, 2, -1);
  const strict = await run(fresh, 'bought', { ...shop, margin: 5 });
  assert.not.ok(strict.comparison!.replace);
  assert.match(strict.comparison!.reason, /not shown to be better by 5/);
  const byArea = await run(fresh, 'bought', { ...shop, metric: 'rocAuc', margin: 0.1 });
  assert.ok(byArea.comparison!.replace);
  assert.is(byArea.comparison!.decidedBy, 'rocAuc');
});

test('what cannot be compared is refused before or after training, with the reason', async () => {
  const fresh = shopTable(400, 4);
  assert.match(
    await failure(run(fresh, 'bought', { ...shop, metric: 'rmse' })),
    /"metric" expected one of rocAuc/,
  );
  const [a, , bought] = fresh.columns;
  const fewer = { rowCount: 400, columns: [a!, bought!] };
  assert.match(await failure(run(fewer, 'bought', shop)), /no column "b"/);
  assert.match(
    await failure(run(flowersTable([80, 80, 80]), 'species', shop)),
    /of the task binary, the new one of multiclass/,
  );
  const other = { ...bought!, levels: ['later', 'now'] } as typeof bought;
  const renamed = { rowCount: 400, columns: [...fresh.columns.slice(0, 2), other!] };
  assert.match(
    await failure(run(renamed, 'bought', shop)),
    /the positive class of the model in use/,
  );
});

test('several classes: a class that the model in use does not know counts against it', async () => {
  const flowers = flowersTable([150, 150, 150], 5);
  const codes = flowers.columns.find(({ name }) => name === 'species')!;
  const rows = Uint32Array.from({ length: 450 }, (_, row) => row);
  const four = {
    rowCount: 450,
    columns: flowers.columns.map((column) =>
      column === codes && column.kind === 'category'
        ? {
            ...column,
            levels: [...column.levels, 'tulip'],
            codes: column.codes.map((code, row) => (row % 5 === 0 ? 3 : code)),
          }
        : column,
    ),
  };
  const champion = await championOf(selectRows(flowers, rows.slice(0, 300)), 'species');
  const { comparison } = await run(four, 'species', champion);
  assert.ok(comparison!.replace, comparison!.reason);
  // and a class that only it knows is no error
  const two = await run(flowersTable([150, 150, 150], 6), 'species', {
    ...champion,
    model: (await championOf(four, 'species')).model,
  });
  assert.is(two.comparison!.metrics.length, 8);
});

test('numbers: RMSE decides, and the last rows can be held out', async () => {
  const houses = housesTable(900, 7);
  const champion = await championOf(housesTable(900, 8), 'price');
  const dearer = {
    ...houses,
    columns: houses.columns.map((column) =>
      column.name === 'price' && column.kind === 'number'
        ? { ...column, values: column.values.map((x) => 1.5 * x) }
        : column,
    ),
  };
  const { comparison, trained, lineage } = await run(dearer, 'price', champion, {
    'data.hold_out': 'last',
    'data.test_fraction': 0.2,
  });
  assert.is(comparison!.decidedBy, 'rmse');
  assert.ok(comparison!.replace, comparison!.reason);
  assert.is(trained.test!.rowCount, 180);
  assert.is((lineage.core.config as { data: { hold_out: string } }).data.hold_out, 'last');
});

test('the drift baseline of a run weighs the fields by what the model makes of them', async () => {
  const { files } = await run(shopTable(800, 9), 'bought');
  const text = new TextDecoder().decode(files.get('drift_baseline.json'));
  const { fields } = parseReference(JSON.parse(text));
  const [a, b] = fields.map(({ importance }) => importance!);
  assert.ok(Math.abs(a! + b! - 1) < 1e-12);
  assert.ok(a! > b! && b! > 0);
});

test.run();
