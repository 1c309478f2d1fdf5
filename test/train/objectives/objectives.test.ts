import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalJson } from '../../../src/core/json.js';
import { createRandom } from '../../../src/core/random.js';
import { margins } from '../../../src/model/margin.js';
import { fitGbdt } from '../../../src/train/gbdt.js';
import { resolveGbdtOptions } from '../../../src/train/gbdtOptions.js';
import { createObjective, OBJECTIVE_NAMES } from '../../../src/train/objectives/createObjective.js';
import type { CustomObjective } from '../../../src/train/objectives/custom.js';
import { prepareWorkspace } from '../../../src/train/prepareWorkspace.js';
import type { TrainingMatrix } from '../../../src/train/trainingMatrix.js';
import { trainingProblem } from '../../../src/train/trainingProblem.js';
import { SYNTHETIC_FEATURES } from '../syntheticMatrix.js';
import { validateForest } from '../validateForest.js';
import { FEW, LOSSES, meanLoss, problemFor } from './lossProblems.js';

const PARAMETERS = { quantileLevel: 0.7, huberDelta: 20, tweediePower: 1.3 };

/** Rows weighted 1, 2, 3, 1, 2, 3, … */
function weighted(data: TrainingMatrix): TrainingMatrix {
  return { ...data, weight: Array.from({ length: data.rowCount }, (_, row) => 1 + (row % 3)) };
}

function copiesOf(data: TrainingMatrix): TrainingMatrix {
  const rows = Array.from({ length: data.rowCount }, (_, row) => Array(1 + (row % 3)).fill(row));
  const order: number[] = rows.flat();
  const { featureCount, matrix } = data;
  return {
    ...data,
    rowCount: order.length,
    target: order.map((row) => data.target[row]!),
    matrix: Float32Array.from(
      order.flatMap((row) => [...matrix.subarray(row * featureCount, (row + 1) * featureCount)]),
    ),
  };
}

/** The two features whose values are all different. */
function onlyNumbers(data: TrainingMatrix): TrainingMatrix {
  const matrix = Float32Array.from(
    { length: 2 * data.rowCount },
    (_, i) => data.matrix[SYNTHETIC_FEATURES * (i >> 1) + (i & 1)]!,
  );
  return { ...data, matrix, featureCount: 2, categorical: [] };
}
test('gradients are the slopes of the documented loss, times the weight', () => {
  for (const name of OBJECTIVE_NAMES) {
    const loss = LOSSES[name];
    if (!loss) continue;
    const data = weighted(problemFor(name, 60, 1));
    const options = resolveGbdtOptions({ ...PARAMETERS, objective: name });
    const objective = createObjective(options, data);
    const { outputCount } = objective;
    const problem = trainingProblem(data);
    objective.baseScores(problem);
    const workspace = prepareWorkspace(problem, options, outputCount);
    const { layout, doubles, floats, rowCount } = workspace;
    const random = createRandom(5);
    const scale = objective.link === 'identity' ? 100 : 1;
    const at = (output: number, row: number): number =>
      layout.margins / 8 + output * rowCount + row;
    for (let output = 0; output < outputCount; output++) {
      for (let row = 0; row < rowCount; row++) doubles[at(output, row)] = scale * random.normal();
    }
    objective.startRound?.(workspace);
    for (let output = 0; output < outputCount; output++) {
      objective.gradientsInto(workspace, output);
      for (let row = 0; row < rowCount; row++) {
        const m = Array.from({ length: outputCount }, (_, o) => doubles[at(o, row)]!);
        const step = 1e-4 * scale;
        const moved = (by: number): number =>
          loss(
            data.target[row]!,
            m.map((each, o) => (o === output ? each + by : each)),
          );
        const slope = ((moved(step) - moved(-step)) / (2 * step)) * data.weight![row]!;
        const gradient = floats[layout.gradients / 4 + 2 * row]!;
        const tolerance = 1e-5 * Math.max(1, Math.abs(slope)) * scale;
        // a difference across a kink is no slope
        const r = Math.abs(m[0]! - data.target[row]!);
        if ((name === 'absolute' || name === 'quantile') && r < step) continue;
        assert.ok(Math.abs(gradient - slope) < tolerance, `${name}: ${gradient} against ${slope}`);
        assert.ok(floats[layout.gradients / 4 + 2 * row + 1]! >= 0, `${name}: hessian`);
      }
    }
  }
});

test('the base score is the best constant', () => {
  for (const name of OBJECTIVE_NAMES) {
    const loss = LOSSES[name];
    if (!loss) continue;
    const data = weighted(problemFor(name, 200, 2));
    const options = resolveGbdtOptions({ ...PARAMETERS, objective: name });
    const base = [...createObjective(options, data).baseScores(trainingProblem(data))];
    const total = (m: readonly number[]): number => {
      let sum = 0;
      for (let row = 0; row < data.rowCount; row++) {
        sum += data.weight![row]! * loss(data.target[row]!, m);
      }
      return sum;
    };
    // the mean is where a squared error starts from, and Huber's loss with it
    if (name === 'huber') continue;
    const best = total(base);
    base.forEach((_, output) => {
      for (const by of [-1e-3, 1e-3]) {
        const other = total(base.map((m, o) => (o === output ? m + by : m)));
        assert.ok(other >= best - 1e-9 * Math.abs(best), `${name} output ${output}`);
      }
    });
  }
});

test('both kernels fit the same bits for every objective, on every row count that loops split at', () => {
  for (const objective of OBJECTIVE_NAMES) {
    for (const rowCount of [5, 15, 16, 17, 255, 256, 257, 1000]) {
      const options = { ...FEW, ...PARAMETERS, objective, minChildSamples: 2, numTrees: 4 };
      const data = problemFor(objective, rowCount, rowCount);
      const simd = fitGbdt(data, { ...options, kernel: 'simd' });
      const portable = fitGbdt(data, { ...options, kernel: 'javascript' });
      assert.is(canonicalJson(simd), canonicalJson(portable), `${objective}, ${rowCount} rows`);
      validateForest(simd, SYNTHETIC_FEATURES);
    }
  }
});

test('boosting lowers every loss', () => {
  for (const objective of OBJECTIVE_NAMES) {
    if (!LOSSES[objective]) continue;
    const data = problemFor(objective, 1500, 3);
    const fit = (numTrees: number): number =>
      meanLoss(
        objective,
        fitGbdt(data, { ...FEW, ...PARAMETERS, objective, numTrees, learningRate: 0.2 }),
        data,
      );
    const [one, few, many] = [fit(1), fit(5), fit(30)];
    assert.ok(few < one && many < few, `${objective}: ${one}, ${few}, ${many}`);
  }
});

test('weights count as copies of a row', () => {
  for (const objective of OBJECTIVE_NAMES) {
    if (objective === 'lambdarank') continue;
    // without features that divide the rows alike: between equal gains rounding would choose
    const data = onlyNumbers(problemFor(objective, 200, 4));
    const options = {
      ...PARAMETERS,
      objective,
      numTrees: 3,
      maxLeaves: 6,
      minChildSamples: 1,
      minDataInBin: 1,
      minDataPerGroup: 1,
      catSmooth: 0,
      minChildWeight: 5,
    };
    const predictions = [weighted(data), copiesOf(data)].map((each) =>
      margins(fitGbdt(each, options), data.matrix, data.rowCount, data.featureCount),
    );
    predictions[0]!.forEach((margin, i) => {
      const other = predictions[1]![i]!;
      const tolerance = 1e-4 * Math.max(1, Math.abs(margin));
      assert.ok(Math.abs(margin - other) < tolerance, `${objective}: ${margin} against ${other}`);
    });
  }
});

test('a loss of one’s own that is the built-in one gives the same trees', () => {
  const data = weighted(problemFor('squared', 800, 5));
  const own: CustomObjective = {
    baseScores(target, weight) {
      let sum = 0;
      let total = 0;
      for (let row = 0; row < target.length; row++) {
        sum += weight[row]! * target[row]!;
        total += weight[row]!;
      }
      return [sum / total];
    },
    gradientsInto(m, target, _output, gradients, hessians) {
      for (let row = 0; row < target.length; row++) {
        gradients[row] = m[row]! - target[row]!;
        hessians[row] = 1;
      }
    },
  };
  const options = { ...FEW, subsample: 0.7 };
  assert.is(
    canonicalJson(fitGbdt(data, { ...options, objective: own })),
    canonicalJson(fitGbdt(data, { ...options, objective: 'squared' })),
  );
  const broken = {
    ...own,
    gradientsInto: (_m: unknown, _t: unknown, _o: unknown, g: Float64Array) => g.fill(NaN),
  };
  assert.throws(() => fitGbdt(data, { objective: broken }), /gradientsInto expected finite/);
});
test('a quantile has its share of the rows below it', () => {
  const data = problemFor('quantile', 3000, 7);
  for (const quantileLevel of [0.1, 0.5, 0.9]) {
    const forest = fitGbdt(data, { objective: 'quantile', quantileLevel, numTrees: 60 });
    const m = margins(forest, data.matrix, data.rowCount, data.featureCount);
    const below = m.filter((margin, row) => data.target[row]! <= margin).length / data.rowCount;
    assert.ok(Math.abs(below - quantileLevel) < 0.04, `${quantileLevel}: ${below}`);
  }
});

test.run();
