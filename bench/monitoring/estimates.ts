import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom, type Random } from '../../src/core/random.js';
import { type Column, columnNamed, selectRows, type Table } from '../../src/core/table.js';
import { sampleTable, trainTable } from '../../src/lifecycle/index.js';
import { margins, predictions } from '../../src/model/margin.js';
import type { Task } from '../../src/model/model.js';
import { buildReference, createMonitor } from '../../src/monitor/index.js';
import { readTable } from '../../src/node/index.js';

interface DataSet {
  file: string;
  target: string;
  task: Task;
  positive?: string;
}

const SETS: readonly DataSet[] = [
  { file: 'student_purchase.csv.gz', target: 'purchased', task: 'binary', positive: '1' },
  { file: 'adult.csv.gz', target: 'income', task: 'binary', positive: '>50K' },
  { file: 'bank_marketing.csv.gz', target: 'y', task: 'binary', positive: 'yes' },
  { file: 'telco_churn.csv.gz', target: 'Churn', task: 'binary', positive: 'Yes' },
  { file: 'airlines_delay.csv.gz', target: 'IsArrDelayed', task: 'binary', positive: 'YES' },
  { file: 'hotel_bookings.csv.gz', target: 'is_canceled', task: 'binary', positive: '1' },
  { file: 'higgs_lgbm.csv.gz', target: 'label', task: 'binary', positive: '1' },
  { file: 'letter.csv.gz', target: 'lettr', task: 'multiclass' },
  { file: 'covtype_20k.csv.gz', target: 'Cover_Type', task: 'multiclass' },
  { file: 'california_housing.csv.gz', target: 'median_house_value', task: 'regression' },
  { file: 'abalone.csv', target: 'Rings', task: 'regression' },
];
const MOST_ROWS = 20_000;
const WINDOW_ROWS = 2000;
/** share of the window's rows that come from one half of a field's values, or from its commonest level */
const SKEW = 0.9;
const SEEDS = [1, 2, 3];

interface Check {
  metric: string;
  /** (estimated - realised) / standard error */
  z: number;
  error: number;
}

/**
 * Covariate shift on real data: trained on one half, then windows of the other half in which nine of ten rows come from one side
 * of a field. How often is what the labels say within two standard errors of what was expected without them?
 * @param names - how the files that count begin
 * @param folds - of the cross-validation that the training predictions are out of
 */
export async function estimates(
  folder: string,
  names: readonly string[],
  folds: number,
): Promise<void> {
  console.log(
    `windows of ${WINDOW_ROWS} rows, ${100 * SKEW} % of them from one side of a field; three splits of each set`,
  );
  console.log(
    ['set', 'metric', 'windows', 'within ±1.96 SE', 'mean z', 'sd of z', 'mean |error|'].join('\t'),
  );
  const all: Check[] = [];
  for (const set of SETS) {
    if (!names.some((name) => set.file.startsWith(name))) continue;
    const path = join(folder, set.file);
    if (!existsSync(path)) {
      console.log(`skipped: ${path} is not there`);
      continue;
    }
    const { table } = await readTable(path, { target: set.target });
    const checks = SEEDS.flatMap((seed) => checksOf(set, table, seed, folds));
    report(set.file.replace(/\.csv.*/, ''), checks);
    all.push(...checks);
  }
  report('all', all);
}

function report(name: string, checks: readonly Check[]): void {
  for (const metric of [...new Set(checks.map((check) => check.metric))]) {
    const own = checks.filter((check) => check.metric === metric);
    const zs = own.map(({ z }) => z);
    const mean = zs.reduce((sum, z) => sum + z, 0) / zs.length;
    const deviation = Math.sqrt(zs.reduce((sum, z) => sum + (z - mean) ** 2, 0) / zs.length);
    const within = zs.filter((z) => Math.abs(z) <= 1.96).length / zs.length;
    const error = own.reduce((sum, check) => sum + Math.abs(check.error), 0) / own.length;
    console.log(
      [
        name,
        metric,
        own.length,
        `${(100 * within).toFixed(1)} %`,
        mean.toFixed(2),
        deviation.toFixed(2),
        error.toPrecision(2),
      ].join('\t'),
    );
  }
}

function checksOf(
  { target, task, positive }: DataSet,
  table: Table,
  seed: number,
  folds: number,
): Check[] {
  const random = createRandom(seed);
  const order = random
    .shuffle(Uint32Array.from({ length: table.rowCount }, (_, row) => row))
    .slice(0, 2 * MOST_ROWS);
  const half = Math.floor(order.length / 2);
  const train = selectRows(table, order.slice(0, half).sort());
  const rest = selectRows(table, order.slice(half).sort());
  const trained = trainTable(train, {
    target,
    task,
    ...(positive !== undefined && { positive }),
    learner: 'gbdt',
    folds,
  });
  const { model, outOfFold } = trained;
  const reference = buildReference({
    schema: model.schema,
    table: train,
    task,
    target: sampleTable(model, train).target,
    predictions: outOfFold,
    threshold: model.task === 'binary' ? model.threshold.value : undefined,
  });
  const sample = sampleTable(model, rest);
  const predicted = Float32Array.from(
    predictions(
      model,
      margins(model.predictor, sample.matrix, rest.rowCount, model.features.length),
    ),
  );
  const width = predicted.length / rest.rowCount;
  const { classes } = model.schema.target;
  return model.schema.fields.flatMap(({ name }) =>
    sidesOf(columnNamed(rest, name)).flatMap((side) => {
      const rows = skewed(side, Math.min(WINDOW_ROWS, Math.floor(half / 4)), random);
      const monitor = createMonitor({
        reference,
        windowsBy: 'position',
        options: { labelCapacity: 10_000_000, windowsKept: 1, windowRows: 1_000_000 },
      });
      const ids = Array.from(rows, String);
      const own = Float32Array.from(
        { length: rows.length * width },
        (_, i) => predicted[rows[Math.floor(i / width)]! * width + (i % width)]!,
      );
      monitor.record(selectRows(rest, rows), own, ids, 0);
      monitor.labels(
        ids.map((id, i) => {
          const value = sample.target[rows[i]!]!;
          return { prediction_id: id, label: task === 'regression' ? value : classes[value]! };
        }),
        0,
      );
      const { metrics } = monitor.assess().overall.performance;
      return metrics
        .filter((metric) => metric.class === undefined)
        .flatMap(({ metric, estimated, realised }): Check[] => {
          if (!estimated || !realised || !(estimated.standardError > 0)) return [];
          const error = estimated.value - realised.value;
          return [{ metric, z: error / estimated.standardError, error }];
        });
    }),
  );
}

/** Rows on one side of a field, each side as 1 or 0 a row: above the median and not, or each of the two commonest levels. */
function sidesOf(column: Column): Uint8Array[] {
  if (column.kind === 'number') {
    const sorted = column.values.filter((x) => x === x).sort();
    const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
    const above = Uint8Array.from(column.values, (x) => Number(x > middle));
    return [above, above.map((is) => 1 - is)].filter(isBothSided);
  }
  const counts = column.levels.map((_, code) => code);
  const rowsOf = (code: number): number => column.codes.reduce((n, c) => n + Number(c === code), 0);
  const common = counts.map((code) => [code, rowsOf(code)] as const).sort((a, b) => b[1] - a[1]);
  return common
    .slice(0, 2)
    .map(([code]) => Uint8Array.from(column.codes, (c) => Number(c === code)))
    .filter(isBothSided);
}

function isBothSided(side: Uint8Array): boolean {
  const count = side.reduce((sum, is) => sum + is, 0);
  return count >= 400 && side.length - count >= 400;
}

/** Rows without replacement, `SKEW` of them from the side, as long as it has that many. */
function skewed(side: Uint8Array, rowCount: number, random: Random): Uint32Array {
  const rows = Uint32Array.from(side.keys());
  const inside = random.shuffle(rows.filter((row) => side[row] === 1));
  const outside = random.shuffle(rows.filter((row) => side[row] === 0));
  const wanted = Math.min(Math.round(SKEW * rowCount), inside.length);
  const others = Math.min(Math.round(((1 - SKEW) / SKEW) * wanted), outside.length);
  return Uint32Array.from([...inside.slice(0, wanted), ...outside.slice(0, others)]);
}
