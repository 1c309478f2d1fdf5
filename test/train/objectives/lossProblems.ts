// Problems that suit each objective, and the losses as documented.
import { createRandom } from '../../../src/core/random.js';
import type { Forest } from '../../../src/model/forest.js';
import { margins } from '../../../src/model/margin.js';
import type { GbdtOptions } from '../../../src/train/gbdtOptions.js';
import type { ObjectiveName } from '../../../src/train/objectives/createObjective.js';
import type { TrainingMatrix } from '../../../src/train/trainingMatrix.js';
import { SYNTHETIC_FEATURES, syntheticMatrix } from '../syntheticMatrix.js';

export const FEW: Partial<GbdtOptions> = { numTrees: 10, minDataPerGroup: 20 };
export const CLASSES = 4;

/** The awkward features with a target that suits the objective. */
export function problemFor(
  objective: ObjectiveName,
  rowCount: number,
  seed: number,
): TrainingMatrix {
  const data = syntheticMatrix(rowCount, seed);
  if (objective === 'binary') return data;
  const random = createRandom(seed).fork('target');
  const target = Float64Array.from({ length: rowCount }, (_, row) => {
    const [x0, , x2] = data.matrix.subarray(row * SYNTHETIC_FEATURES);
    const signal = x0! + (x2! > 0 ? 1 : 0) + 0.3 * random.normal();
    switch (objective) {
      case 'multiclass':
      case 'oneVsAll':
        return row < CLASSES ? row : Math.max(0, Math.min(CLASSES - 1, Math.round(signal + 1)));
      case 'lambdarank':
        return Math.max(0, Math.min(4, Math.round(signal + 1)));
      case 'poisson':
        return Math.max(0, Math.round(Math.exp(signal)));
      case 'tweedie':
        return signal < 0 ? 0 : Math.exp(signal);
      case 'gamma':
        return Math.exp(signal);
      default:
        return 100 * signal;
    }
  });
  const group = Array.from({ length: Math.ceil(rowCount / 10) }, (_, query) =>
    Math.min(10, rowCount - 10 * query),
  );
  return { ...data, target, ...(objective === 'lambdarank' && { group }) };
}

/** The loss of one row, as its documentation says, and a margin for each output. */
export const LOSSES: Partial<Record<ObjectiveName, (y: number, m: readonly number[]) => number>> = {
  binary: (y, [m]) => Math.log1p(Math.exp(y === 1 ? -m! : m!)),
  multiclass: (y, m) => Math.log(m.reduce((sum, each) => sum + Math.exp(each), 0)) - m[y]!,
  oneVsAll: (y, m) =>
    m.reduce((sum, each, code) => sum + Math.log1p(Math.exp(code === y ? -each : each)), 0),
  squared: (y, [m]) => (m! - y) ** 2 / 2,
  absolute: (y, [m]) => Math.abs(m! - y),
  quantile: (y, [m]) => (m! >= y ? 0.3 * (m! - y) : 0.7 * (y - m!)),
  huber: (y, [m]) => {
    const r = Math.abs(m! - y);
    return r <= 20 ? (r * r) / 2 : 20 * (r - 10);
  },
  poisson: (y, [m]) => Math.exp(m!) - y * m!,
  gamma: (y, [m]) => m! + y * Math.exp(-m!),
  tweedie: (y, [m]) => (-y * Math.exp(-0.3 * m!)) / -0.3 + Math.exp(0.7 * m!) / 0.7,
};

/** Mean training loss of a forest. */
export function meanLoss(name: ObjectiveName, forest: Forest, data: TrainingMatrix): number {
  const outputCount = forest.baseScores.length;
  const m = margins(forest, data.matrix, data.rowCount, data.featureCount);
  let sum = 0;
  for (let row = 0; row < data.rowCount; row++) {
    const ofRow = [...m.subarray(row * outputCount, (row + 1) * outputCount)];
    sum += LOSSES[name]!(data.target[row]!, ofRow);
  }
  return sum / data.rowCount;
}
