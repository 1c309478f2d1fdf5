import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DataError, ShapeError } from '../../../src/core/errors.js';
import { canonicalJson } from '../../../src/core/json.js';
import { createRandom } from '../../../src/core/random.js';
import type { Forest } from '../../../src/model/forest.js';
import { margins, predictionsOf } from '../../../src/model/margin.js';
import { boostTrees, fitGbdt, trainGbdt } from '../../../src/train/gbdt.js';
import type { GbdtOptions } from '../../../src/train/gbdtOptions.js';
import { resolveGbdtOptions } from '../../../src/train/gbdtOptions.js';
import {
  createObjective,
  OBJECTIVE_NAMES,
  type ObjectiveName,
} from '../../../src/train/objectives/createObjective.js';
import type { CustomObjective } from '../../../src/train/objectives/custom.js';
import { prepareWorkspace } from '../../../src/train/prepareWorkspace.js';
import type { TrainingMatrix } from '../../../src/train/trainingMatrix.js';
import { trainingProblem } from '../../../src/train/trainingProblem.js';
import { SYNTHETIC_FEATURES, syntheticMatrix } from '../syntheticMatrix.js';
import { validateForest } from '../validateForest.js';

const FEW: Partial<GbdtOptions> = { numTrees: 10, minDataPerGroup: 20 };
const CLASSES = 4;

/** The awkward features with a target that suits the objective. */
function problemFor(objective: ObjectiveName, rowCount: number, seed: number): TrainingMatrix {
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
const LOSSES: Partial<Record<ObjectiveName, (y: number, m: readonly number[]) => number>> = {
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

/** Mean training loss of a forest. */
function meanLoss(name: ObjectiveName, forest: Forest, data: TrainingMatrix): number {
  const outputCount = forest.baseScores.length;
  const m = margins(forest, data.matrix, data.rowCount, data.featureCount);
  let sum = 0;
  for (let row = 0; row < data.rowCount; row++) {
    const ofRow = [...m.subarray(row * outputCount, (row + 1) * outputCount)];
    sum += LOSSES[name]!(data.target[row]!, ofRow);
  }
  return sum / data.rowCount;
}

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

test('probabilities of several classes add up to one, and a class without rows has next to none', () => {
  for (const objective of ['multiclass', 'oneVsAll'] as const) {
    const data = problemFor(objective, 600, 6);
    const model = trainGbdt(data, { ...FEW, objective, classCount: 6 });
    assert.is(model.task, 'multiclass');
    assert.equal(model.schema.target.classes, ['0', '1', '2', '3', '4', '5']);
    const { predictor } = model;
    const m = margins(predictor, data.matrix, data.rowCount, data.featureCount);
    const p = predictionsOf('multiclass', predictor.link, m, 6);
    let hits = 0;
    for (let row = 0; row < data.rowCount; row++) {
      const ofRow = [...p.subarray(6 * row, 6 * row + 6)];
      assert.ok(Math.abs(ofRow.reduce((a, b) => a + b) - 1) < 1e-12);
      assert.ok(ofRow[4]! < 0.01 && ofRow[5]! < 0.01, `${ofRow}`);
      if (ofRow.indexOf(Math.max(...ofRow)) === data.target[row]) hits++;
    }
    assert.ok(hits / data.rowCount > 0.75, `${objective} accuracy ${hits / data.rowCount}`);
  }
});

test('classes of a handful of rows among many leave boosting stable', () => {
  const random = createRandom(8);
  const rowCount = 20_000;
  const matrix = new Float32Array(rowCount * 6);
  const target = new Uint8Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    // few distinct rows, most of them alike, as in network logs
    for (let j = 0; j < 6; j++)
      matrix[6 * row + j] = random.uniform() < 0.9 ? 0 : random.integer(4);
    const sum = matrix.subarray(6 * row, 6 * row + 6).reduce((a, b) => a + b);
    target[row] = sum > 3 ? 1 : 0;
    if (random.uniform() < 0.0004) target[row] = 3;
    else if (random.uniform() < 0.002) target[row] = 2;
  }
  const data = { matrix, rowCount, featureCount: 6, target };
  const prior = fitGbdt(data, { objective: 'multiclass', maxLeaves: 1, numTrees: 1 });
  const fitted = fitGbdt(data, { objective: 'multiclass' });
  const loss = meanLoss('multiclass', fitted, data);
  assert.ok(loss < 0.1 * meanLoss('multiclass', prior, data), `log loss ${loss}`);
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

test('a target that does not suit the objective is an error that says why', () => {
  const data = problemFor('squared', 50, 10);
  const fails = (options: Partial<GbdtOptions>, change: object, kind: unknown, message: RegExp) =>
    assert.throws(
      () => fitGbdt({ ...data, ...change }, options),
      (error: Error) => error instanceof (kind as typeof Error) && message.test(error.message),
      String(message),
    );
  const target = (value: number): object => ({ target: Array(50).fill(value) });
  fails(
    { objective: 'squared' },
    target(NaN),
    DataError,
    /row 0: expected a target of a finite number, got NaN/,
  );
  fails({ objective: 'squared' }, target(1e39), DataError, /row 0/);
  fails({ objective: 'poisson' }, target(-1), DataError, /finite number from 0, got -1/);
  fails({ objective: 'poisson' }, target(0), DataError, /every target is 0/);
  fails({ objective: 'gamma' }, target(0), DataError, /above 0, got 0/);
  fails({ objective: 'multiclass' }, target(1.5), DataError, /class code/);
  fails(
    { objective: 'multiclass' },
    target(1),
    Error,
    /for three classes or more, the target has 2/,
  );
  fails({ objective: 'multiclass', classCount: 3 }, target(1), DataError, /one class/);
  fails({ objective: 'lambdarank' }, target(1), DataError, /expected "group"/);
  fails(
    { objective: 'lambdarank' },
    { ...target(1), group: [20, 20] },
    ShapeError,
    /adds up to 40 rows, the data has 50/,
  );
  fails(
    { objective: 'lambdarank' },
    { ...target(32), group: [50] },
    DataError,
    /integer from 0 to 31/,
  );
  fails({ objective: 'squared', scalePosWeight: 2 }, {}, Error, /scalePosWeight/);
  fails(
    { objective: 'logistic' as 'binary' },
    {},
    Error,
    /"objective" expected one of binary, multiclass/,
  );
});

test('a constant target is its own prediction', () => {
  for (const objective of ['squared', 'absolute', 'quantile', 'poisson', 'gamma'] as const) {
    const data = { ...problemFor('squared', 60, 11), target: Array(60).fill(3) };
    const { forest, task } = boostTrees(data, { objective, numTrees: 5 });
    const m = margins(forest, data.matrix, 60, data.featureCount);
    for (const p of predictionsOf(task, forest.link, m, 1)) assert.ok(Math.abs(p - 3) < 1e-6);
  }
});

test.run();
