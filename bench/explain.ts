/**
 * Contributions against LightGBM's `pred_contrib` on the same models, one thread each, in turn; in processor time, which a busy
 * machine disturbs least. Prints the greatest difference of a contribution too, as a share of the greatest contribution.
 * usage: npx tsx bench/explain.ts <folder of models> [python]
 * Each model is a folder lgb_* with model.txt and rows.csv (a header, then numbers; an empty field is missing).
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { contributions, featureImportance } from '../src/explain/index.js';
import { fromLightGbm } from '../src/interop/index.js';

const REPEATS = 4;
const ROUNDS = 7;

interface Answer {
  microsPerRow: number;
  values: number[];
  gain: number[];
}

const [models, python = 'python3'] = process.argv.slice(2);
if (!models) throw new Error('usage: npx tsx bench/explain.ts <folder of models> [python]');
const script = join(import.meta.dirname, 'explain.py');
const child = spawn(python, [script, String(REPEATS)], { stdio: ['pipe', 'pipe', 'inherit'] });
const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

async function askLightGbm(folder: string): Promise<Answer> {
  child.stdin.write(`${folder}\n`);
  const { value, done } = await answers.next();
  if (done) throw new Error(`${python} ended`);
  return JSON.parse(value) as Answer;
}

const middle = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
const spread = (values: number[]): string =>
  `${middle(values).toFixed(1)} (${Math.min(...values).toFixed(1)}-${Math.max(...values).toFixed(1)})`;

const table = [];
for (const name of readdirSync(models).filter((entry) => entry.startsWith('lgb_'))) {
  const folder = join(models, name);
  const model = fromLightGbm(readFileSync(join(folder, 'model.txt'), 'utf8'));
  const rows = readFileSync(join(folder, 'rows.csv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .flatMap((line) => line.split(',').map((cell) => (cell === '' ? NaN : Number(cell))));
  const matrix = Float64Array.from(
    { length: REPEATS * rows.length },
    (_, at) => rows[at % rows.length]!,
  );
  const rowCount = matrix.length / model.features.length;
  const own: number[] = [];
  const theirs: number[] = [];
  let difference = 0;
  let greatest = 0;
  for (let round = -1; round < ROUNDS; round++) {
    const started = process.cpuUsage();
    const values = contributions(model, matrix);
    const { user, system } = process.cpuUsage(started);
    const answer = await askLightGbm(folder);
    if (round < 0) {
      answer.values.forEach((value, at) => {
        difference = Math.max(difference, Math.abs(value - values[at]!));
        greatest = Math.max(greatest, Math.abs(value));
      });
      const gains = featureImportance(model, { type: 'gain', normalize: false, order: 'feature' });
      gains.forEach(({ importance }, feature) => {
        const expected = answer.gain[feature]!;
        // LightGBM reads gains as float32
        if (Math.abs(importance - expected) > 1e-6 * expected) throw new Error(`${name}: gain`);
      });
      continue;
    }
    own.push((user + system) / rowCount);
    theirs.push(answer.microsPerRow);
  }
  table.push({
    model: name,
    leaves: model.predictor.kind === 'forest' ? model.predictor.leafValue.length : 0,
    'coppice µs/row': spread(own),
    'LightGBM µs/row': spread(theirs),
    'times faster': (middle(theirs) / middle(own)).toFixed(1),
    difference: (difference / greatest).toExponential(1),
  });
}
child.stdin.end();
console.table(table);
