import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalJson } from '../../../src/core/json.js';
import { margins } from '../../../src/model/margin.js';
import { fitGbdt } from '../../../src/train/gbdt.js';
import { FEW, problemFor } from './lossProblems.js';

test('ranking puts relevant rows first; queries are kept apart', () => {
  const data = problemFor('lambdarank', 2000, 9);
  const ndcg = (score: (row: number) => number): number => {
    let sum = 0;
    for (let start = 0; start < data.rowCount; start += 10) {
      const rows = Array.from({ length: 10 }, (_, i) => start + i);
      const gain = (order: number[]): number =>
        order.reduce((total, row, i) => total + (2 ** data.target[row]! - 1) / Math.log2(i + 2), 0);
      const ideal = gain([...rows].sort((a, b) => data.target[b]! - data.target[a]!));
      sum += ideal === 0 ? 1 : gain([...rows].sort((a, b) => score(b) - score(a))) / ideal;
    }
    return sum / (data.rowCount / 10);
  };
  const forest = fitGbdt(data, { objective: 'lambdarank', numTrees: 40 });
  const m = margins(forest, data.matrix, data.rowCount, data.featureCount);
  const first = ndcg(() => 0);
  const last = ndcg((row) => m[row]!);
  assert.ok(last > first + 0.15, `NDCG ${first} to ${last}`);

  // rows of weight 0 are no rows, in their query too
  const weight = Array.from({ length: data.rowCount }, (_, row) => (row % 10 === 3 ? 0 : 1));
  const kept = Array.from({ length: data.rowCount }, (_, row) => row).filter(
    (row) => row % 10 !== 3,
  );
  const without = {
    ...data,
    rowCount: kept.length,
    group: Array.from(data.group!, (size) => size - 1),
    target: kept.map((row) => data.target[row]!),
    matrix: Float32Array.from(
      kept.flatMap((row) => [...data.matrix.subarray(8 * row, 8 * row + 8)]),
    ),
  };
  const options = { ...FEW, objective: 'lambdarank' } as const;
  assert.is(
    canonicalJson(fitGbdt({ ...data, weight }, options)),
    canonicalJson(fitGbdt(without, options)),
  );
});

test.run();
