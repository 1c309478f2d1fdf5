// What searching brings: gradient boosting on adult with defaults, after a random search and after successive halving at about
// the same number of trees. Searched by 5-fold cross-validation on some rows, judged on all the others.
// npx tsx bench/search.ts [rows=12000] [seeds=1,2] [file=../shared/data/adult.csv.gz] [target=income]
import { createRandom } from '../src/core/random.js';
import type { Table } from '../src/core/table.js';
import { chooseTarget, encodeTarget } from '../src/data/index.js';
import { rocAuc } from '../src/evaluate/index.js';
import { margins } from '../src/model/margin.js';
import { readTable } from '../src/node/index.js';
import { fitGbdt, type SearchOptions, searchHyperparameters } from '../src/train/index.js';
import { selectTraining } from '../src/train/selectTraining.js';
import type { TrainingMatrix } from '../src/train/trainingMatrix.js';

const given = Object.fromEntries(process.argv.slice(2).map((text) => text.split('=')));
const rowCount = Number(given.rows ?? 12_000);
const seeds = (given.seeds ?? '1,2').split(',').map(Number);
const target = given.target ?? 'income';
const { table } = await readTable(given.file ?? '../shared/data/adult.csv.gz', { target });
const whole = matrixOf(table);

const FEW_TREES = { minimumResource: 33, maximumResource: 300 };
const CONTENDERS: Record<string, Partial<SearchOptions>> = {
  defaults: { maxTrials: 1 },
  'random, 20 trials': { maxTrials: 20 },
  'halving, 36 trials': { maxTrials: 36, strategy: 'halving', ...FEW_TREES },
  'hyperband, 17 trials': { maxTrials: 17, strategy: 'hyperband', ...FEW_TREES },
};

for (const seed of seeds) {
  const order = createRandom(seed).shuffle(
    Uint32Array.from({ length: whole.rowCount }, (_, i) => i),
  );
  const data = selectTraining(whole, order.slice(0, rowCount).sort());
  const test = selectTraining(whole, order.slice(rowCount).sort());
  for (const [name, options] of Object.entries(CONTENDERS)) {
    const { best, grownCount, elapsedSeconds } = searchHyperparameters(data, {
      ...options,
      seed,
      now: () => performance.now(),
    });
    const forest = fitGbdt(data, best.options);
    const predicted = margins(forest, test.matrix, test.rowCount, test.featureCount);
    const auc = rocAuc(Uint8Array.from(test.target), predicted);
    console.log(
      `seed ${seed}  ${name.padEnd(21)} 5-fold ${best.mean.toFixed(4)} ± ${best.sd!.toFixed(4)}  test ${auc.toFixed(4)}  ` +
        `${grownCount} trees  ${elapsedSeconds!.toFixed(0)} s  ${JSON.stringify(best.options)}`,
    );
  }
}

function matrixOf({ columns, rowCount: rows }: Table): TrainingMatrix {
  const column = columns.find(({ name }) => name === target)!;
  const features = columns.filter(({ name }) => name !== target);
  const matrix = new Float32Array(rows * features.length);
  features.forEach((feature, index) => {
    for (let row = 0; row < rows; row++) {
      const code = feature.kind === 'number' ? feature.values[row]! : feature.codes[row]!;
      matrix[row * features.length + index] =
        feature.kind === 'category' && code < 0 ? Number.NaN : code;
    }
  });
  return {
    matrix,
    rowCount: rows,
    featureCount: features.length,
    target: encodeTarget(column, chooseTarget(column).target),
    categorical: features.flatMap(({ kind }, index) => (kind === 'category' ? [index] : [])),
  };
}
