// Logistic regression against scikit-learn on adult (one-hot, 2 classes) and letter (26 classes), one interleaved run, one thread
// each, in processor time: what a busy machine disturbs least. Ours includes the preprocessing, theirs starts at the dense matrix.
// usage: tsx bench/logistic.ts DATA_DIRECTORY [python with scikit-learn and pandas] [rounds]
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { log } from '../src/core/elementary.js';
import { margins } from '../src/model/margin.js';
import { classProbabilities } from '../src/model/multiclass.js';
import { fitLogistic, type LogisticOptions } from '../src/train/logistic/logisticRegression.js';
import type { TrainingMatrix } from '../src/train/trainingMatrix.js';

interface Prepared {
  name: string;
  rows: number;
  features: number;
  numeric: number;
}

const [source = '.', python = 'python3', rounds = '5'] = process.argv.slice(2);
const directory = mkdtempSync(join(tmpdir(), 'logistic-'));
const script = fileURLToPath(new URL('logistic.py', import.meta.url));
const peer = spawn(python, [script, source, directory], {
  env: { ...process.env, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' },
  stdio: ['pipe', 'pipe', 'inherit'],
});
const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
const answer = async (): Promise<unknown> => JSON.parse((await answers.next()).value as string);

/** What each row of the table is: options of ours, solver of theirs. */
const CASES: { data: string; solver: string; options: Partial<LogisticOptions> }[] = [
  { data: 'adult', solver: 'lbfgs', options: { l2: 1, tolerance: 1e-4 } },
  { data: 'adult', solver: 'lbfgs', options: { l2: 1, tolerance: 1e-6 } },
  { data: 'adult', solver: 'newton-cholesky', options: { l2: 1, tolerance: 1e-6 } },
  { data: 'adult', solver: 'saga', options: { l1: 10, l2: 0, tolerance: 1e-4 } },
  { data: 'letter', solver: 'lbfgs', options: { l2: 1, tolerance: 1e-4 } },
  { data: 'letter', solver: 'lbfgs', options: { l2: 1, tolerance: 1e-6 } },
];

function load({ name, rows, features, numeric }: Prepared): TrainingMatrix {
  const bytes = (ending: string): ArrayBuffer =>
    Uint8Array.from(readFileSync(join(directory, `${name}.${ending}`))).buffer;
  return {
    matrix: new Float32Array(bytes('matrix')),
    rowCount: rows,
    featureCount: features,
    target: new Int32Array(bytes('target')),
    categorical: Array.from({ length: features - numeric }, (_, i) => numeric + i),
  };
}

function median(values: number[]): number {
  return values.slice().sort((a, b) => a - b)[values.length >> 1]!;
}

function spread(values: number[], digits: number): string {
  const show = (x: number): string => x.toFixed(digits);
  return `${show(median(values))} (${show(Math.min(...values))}–${show(Math.max(...values))})`;
}

const tables = new Map(
  ((await answer()) as Prepared[]).map((prepared) => [prepared.name, load(prepared)]),
);
console.log(
  '| data | l1, l2 | tolerance | ours, s | steps | scikit-learn | s | steps | ratio | objective, ours - theirs |',
);
console.log('|---|---|---|---|---|---|---|---|---|---|');
for (const { data, solver, options } of CASES) {
  const table = tables.get(data)!;
  const settings = { clipFactor: 0, minLevelRows: 1, ...options };
  const { l1 = 0, l2 = 1, tolerance } = settings;
  const ours: number[] = [];
  const theirs: number[] = [];
  const ratios: number[] = [];
  let [steps, theirSteps, difference] = [0, 0, 0];
  for (let round = 0; round < Number(rounds); round++) {
    const started = process.cpuUsage();
    const fit = fitLogistic(table, settings);
    const { user, system } = process.cpuUsage(started);
    ours.push((user + system) / 1e6);
    peer.stdin.write(`${JSON.stringify({ name: data, solver, tol: tolerance, l1, l2 })}\n`);
    const result = (await answer()) as { seconds: number; iterations: number; objective: number };
    theirs.push(result.seconds);
    ratios.push(theirs.at(-1)! / ours.at(-1)!);
    [steps, theirSteps] = [fit.iterations, result.iterations];
    difference = objectiveOf(table, fit, l1, l2) - result.objective;
  }
  console.log(
    `| ${data} | ${l1}, ${l2} | ${tolerance} | ${spread(ours, 2)} | ${steps} | ${solver} | ${spread(theirs, 2)} | ${theirSteps} | ${spread(ratios, 2)} | ${difference.toExponential(1)} |`,
  );
}
peer.stdin.end();

/** Of adult and letter, which have no missing values: every weight is one of the problem's. */
function objectiveOf(
  { matrix, rowCount, featureCount, target }: TrainingMatrix,
  { predictor }: ReturnType<typeof fitLogistic>,
  l1: number,
  l2: number,
): number {
  const { intercepts, numeric, categorical } = predictor;
  const marginOfRow = margins(predictor, matrix, rowCount, featureCount);
  const twoSided =
    intercepts.length > 1
      ? marginOfRow
      : Float64Array.from({ length: 2 * rowCount }, (_, i) => (i % 2) * marginOfRow[i >> 1]!);
  const classCount = Math.max(2, intercepts.length);
  const probabilities = classProbabilities('softmax', twoSided, classCount);
  let sum = 0;
  for (let row = 0; row < rowCount; row++) {
    sum -= log(probabilities[row * classCount + target[row]!]!);
  }
  const weights = [
    ...numeric.flatMap((input) => input.weights),
    ...categorical.flatMap((input) => input.weights.flat()),
  ];
  for (const weight of weights) sum += l1 * Math.abs(weight) + (l2 / 2) * weight * weight;
  return sum;
}
