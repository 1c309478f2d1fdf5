// Test AUC on real sets against LightGBM and scikit-learn with the same parameters, split and data.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { margins } from '../../src/model/margin.js';
import { fitGbdt } from '../../src/train/gbdt.js';
import type { TrainingMatrix } from '../../src/train/trainingMatrix.js';

const DATA = process.env.COPPICE_DATA ?? join('..', 'shared', 'data');
const TOLERANCE = 0.002;

interface Dataset {
  name: string;
  file: string;
  target: string;
  positive_class: string;
  categorical_columns: string[];
}

function readJson(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(DATA, file), 'utf8'));
}

function readRows(file: string): string[][] {
  const raw = readFileSync(join(DATA, file));
  const text = (file.endsWith('.gz') ? gunzipSync(raw) : raw).toString('utf8');
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  return lines.map((line) => line.split(','));
}

/** The rows that the reference scores were trained or tested on; levels are those of the training rows, sorted. */
function readSplit(dataset: Dataset): { train: TrainingMatrix; test: TrainingMatrix } {
  const [header, ...rows] = readRows(dataset.file) as [string[], ...string[][]];
  const targetColumn = header.indexOf(dataset.target);
  const columns = [...header.keys()].filter((column) => column !== targetColumn);
  const isTest = (_: unknown, i: number): boolean =>
    (Math.imul(i, 2654435761) >>> 0) / 2 ** 32 < 0.25;
  const trainRows = rows.filter((row, i) => !isTest(row, i));
  const codes = columns.map((column) => {
    if (!dataset.categorical_columns.includes(header[column]!)) return undefined;
    const levels = [...new Set(trainRows.map((row) => row[column]!))].filter(
      (level) => level !== '',
    );
    return new Map(levels.sort().map((level, code) => [level, code]));
  });
  const matrixOf = (part: string[][]): TrainingMatrix => ({
    matrix: Float32Array.from(
      part.flatMap((row) =>
        columns.map((column, feature) => {
          const text = row[column]!;
          if (text === '') return NaN;
          return codes[feature] ? (codes[feature].get(text) ?? -1) : Number(text);
        }),
      ),
    ),
    rowCount: part.length,
    featureCount: columns.length,
    target: part.map((row) => (row[targetColumn] === dataset.positive_class ? 1 : 0)),
    categorical: [...codes.keys()].filter((feature) => codes[feature]),
  });
  return { train: matrixOf(trainRows), test: matrixOf(rows.filter(isTest)) };
}

/** Share of (negative, positive) pairs in the right order; ties count half. */
function rocAuc(target: ArrayLike<number>, score: Float64Array): number {
  const order = [...score.keys()].sort((a, b) => score[a]! - score[b]!);
  let rankSum = 0;
  let positives = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && score[order[end]!] === score[order[start]!]) end++;
    for (let i = start; i < end; i++) {
      if (target[order[i]!] !== 1) continue;
      rankSum += (start + 1 + end) / 2;
      positives++;
    }
    start = end;
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (order.length - positives));
}

if (existsSync(join(DATA, 'reference.json'))) {
  const manifest = readJson('manifest.json') as { datasets: Dataset[] };
  const { scores } = readJson('reference.json') as {
    scores: Record<string, Record<'lightgbm' | 'sklearn_hgb', { auc: number }>>;
  };
  for (const name of ['breast_cancer', 'telco_churn', 'student_purchase']) {
    test(`${name}: AUC within ${TOLERANCE} of the better of LightGBM and scikit-learn`, () => {
      const dataset = manifest.datasets.find((candidate) => candidate.name === name)!;
      const { train, test: held } = readSplit(dataset);
      const margin = margins(fitGbdt(train), held.matrix, held.rowCount, held.featureCount);
      const auc = rocAuc(held.target, margin);
      const best = Math.max(scores[name]!.lightgbm.auc, scores[name]!.sklearn_hgb.auc);
      assert.ok(auc >= best - TOLERANCE, `AUC ${auc}, reference ${best}`);
    });
  }
} else {
  console.log('skipped: no ../shared/data');
  test.skip('AUC against the references', () => {});
}

test.run();
