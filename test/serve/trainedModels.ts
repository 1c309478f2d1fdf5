import { createRandom } from '../../src/core/random.js';
import type { Table } from '../../src/core/table.js';
import type { Model, Task } from '../../src/model/model.js';
import { buildReference, type DriftReference } from '../../src/monitor/index.js';
import { encodeBlob } from '../../src/quantize/encodeBlob.js';
import { loadScorer } from '../../src/score/loadScorer.js';
import type { RowRecord, Scorer } from '../../src/score/scorer.js';
import { trainGbdt } from '../../src/train/gbdt.js';

/** A model that was trained, packed and loaded, and what it is watched by. */
export interface TrainedModel {
  task: Task;
  blob: Uint8Array;
  scorer: Scorer;
  reference: DriftReference;
  /** rows that neither the model nor the reference has seen */
  records: RowRecord[];
}

const FIELDS = ['length', 'width', 'plan'];
const PLAN = 2;
const TRAINING_ROWS = 1200;
const ROWS = 2400;
const TARGETS: Record<Task, { name: string; classes: string[] }> = {
  binary: { name: 'bought', classes: ['no', 'yes'] },
  multiclass: { name: 'species', classes: ['setosa', 'versicolor', 'virginica'] },
  regression: { name: 'price', classes: [] },
};
const OBJECTIVES = {
  binary: 'binary',
  multiclass: 'multiclass',
  regression: 'squared',
} as const;

/** Trains on a half of the rows; the reference is of the next 800, which the model has not seen, and 400 are left. */
export async function trainedModel(task: Task): Promise<TrainedModel> {
  const { matrix, target } = drawRows(task);
  const bare = trainGbdt(
    {
      matrix: matrix.subarray(0, TRAINING_ROWS * 3),
      rowCount: TRAINING_ROWS,
      featureCount: 3,
      target: target.subarray(0, TRAINING_ROWS),
      featureNames: FIELDS,
      categorical: [PLAN],
    },
    { objective: OBJECTIVES[task], numTrees: 20 },
  );
  const model: Model = { ...bare, schema: { ...bare.schema, target: TARGETS[task] } };
  const blob = encodeBlob(model);
  const scorer = await loadScorer(blob);
  const watched = matrix.subarray(TRAINING_ROWS * 3, 2000 * 3);
  const reference = buildReference({
    schema: model.schema,
    table: tableOf(watched),
    task,
    target: target.subarray(TRAINING_ROWS, 2000),
    predictions: scorer.predict(watched),
    threshold: scorer.threshold?.value,
  });
  return { task, blob, scorer, reference, records: recordsOf(matrix.subarray(2000 * 3)) };
}

function drawRows(task: Task): { matrix: Float32Array; target: Float64Array } {
  const random = createRandom(7);
  const matrix = new Float32Array(ROWS * 3);
  const target = new Float64Array(ROWS);
  for (let row = 0; row < ROWS; row++) {
    const length = 4 + 3 * random.uniform();
    const width = random.uniform() < 0.05 ? NaN : 2 + random.normal();
    const plan = random.integer(3);
    matrix.set([length, width, plan], row * 3);
    const level = length + (Number.isNaN(width) ? 2 : width) + plan + random.normal();
    if (task === 'regression') target[row] = 10 * level;
    else if (task === 'binary') target[row] = Number(level > 8.5);
    else target[row] = Number(level > 7.5) + Number(level > 9.5);
  }
  return { matrix, target };
}

function tableOf(matrix: Float32Array): Table {
  const rowCount = matrix.length / 3;
  const valuesOf = (feature: number): Float32Array =>
    Float32Array.from({ length: rowCount }, (_, row) => matrix[row * 3 + feature]!);
  return {
    rowCount,
    columns: [
      { kind: 'number', name: 'length', values: valuesOf(0) },
      { kind: 'number', name: 'width', values: valuesOf(1) },
      {
        kind: 'category',
        name: 'plan',
        codes: Int32Array.from(valuesOf(PLAN)),
        levels: ['0', '1', '2'],
      },
    ],
  };
}

function recordsOf(matrix: Float32Array): RowRecord[] {
  return Array.from({ length: matrix.length / 3 }, (_, row) => {
    const [length, width, plan] = matrix.subarray(row * 3, row * 3 + 3);
    return { length: length!, width: Number.isNaN(width!) ? null : width!, plan: String(plan) };
  });
}
