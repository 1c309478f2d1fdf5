import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError } from '../../src/core/errors.js';
import { canonicalJson } from '../../src/core/json.js';
import { createRandom } from '../../src/core/random.js';
import { rocAuc } from '../../src/evaluate/index.js';
import { margins } from '../../src/model/margin.js';
import { fitBinMapper } from '../../src/train/bins/binMapper.js';
import { fitGbdt } from '../../src/train/gbdt.js';
import { GBDT_DEFAULTS, type GbdtOptions } from '../../src/train/gbdtOptions.js';
import type { GrownLeaf } from '../../src/train/grow/grownTree.js';
import { createGradientQuantizer } from '../../src/train/quantizedGradients.js';
import { amplifyGradients } from '../../src/train/rowSampler.js';
import type { TrainingMatrix } from '../../src/train/trainingMatrix.js';
import { trainingProblem } from '../../src/train/trainingProblem.js';
import { createWorkspace, type Workspace } from '../../src/train/workspace.js';
import { SYNTHETIC_FEATURES, syntheticMatrix } from './syntheticMatrix.js';
import { validateForest } from './validateForest.js';

const QUANTIZED: Partial<GbdtOptions> = {
  numTrees: 10,
  minDataPerGroup: 20,
  quantizedGradients: true,
};

/** A workspace with these pairs as gradients and its rows in ascending order. */
function workspaceOf(pairs: readonly number[], kernel: 'simd' | 'javascript' = 'simd'): Workspace {
  const rowCount = pairs.length / 2;
  const data = { ...syntheticMatrix(rowCount, 1), categorical: [] };
  const mapper = fitBinMapper(trainingProblem(data, 1), GBDT_DEFAULTS, createRandom(0));
  const workspace = createWorkspace(rowCount, SYNTHETIC_FEATURES, mapper, 2, kernel);
  workspace.floats.set(pairs, workspace.layout.gradients / 4);
  const rows = Array.from({ length: rowCount }, (_, row) => row);
  workspace.words.set(rows, workspace.layout.sampleIndices / 4);
  return workspace;
}

function pairsOf({ floats, layout, rowCount }: Workspace): Float32Array {
  return floats.slice(layout.gradients / 4, layout.gradients / 4 + 2 * rowCount);
}

test('the mean of many roundings is the number itself', () => {
  const pairs = [-1, 1, -0.77, 0.03, -0.001, 0.5, 0.3, 0.26, 0.5, 0.99, 0, 0.7, 0.9, 0];
  const workspace = workspaceOf(pairs);
  const quantizer = createGradientQuantizer(workspace, 4, createRandom(1));
  const sums = new Float64Array(pairs.length);
  const rounds = 20_000;
  for (let i = 0; i < rounds; i++) {
    quantizer.round(workspace.rowCount);
    pairsOf(workspace).forEach((value, at) => {
      sums[at]! += value;
    });
    quantizer.restore([]);
  }
  sums.forEach((sum, at) => {
    // scales are 0.5 and 0.25: the deviation of a rounding is half of that at most
    const deviation = (at % 2 === 0 ? 0.25 : 0.125) / Math.sqrt(rounds);
    const error = Math.abs(sum / rounds - Math.fround(pairs[at]!));
    assert.ok(error < 4 * deviation, `${pairs[at]}: off by ${error}`);
  });
});

test('what is rounded: integers in range times exact scales, off by less than one; restored to the bit', () => {
  const size = fc.float({ noNaN: true, noDefaultInfinity: true, min: 0, max: 2 ** 100 });
  const row = fc.tuple(size, fc.boolean(), size);
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 2, maxLength: 40 }),
      fc.integer({ min: 2, max: 64 }),
      fc.integer(),
      (rows, gradientBins, seed) => {
        const given = rows.flatMap(([g, negative, h]) => [negative ? -g : g, h]);
        const [first, second] = (['simd', 'javascript'] as const).map((kernel) => {
          const workspace = workspaceOf(given, kernel);
          const quantizer = createGradientQuantizer(workspace, gradientBins, createRandom(seed));
          quantizer.round(workspace.rowCount);
          const rounded = pairsOf(workspace);
          const scales = workspace.scales!;
          quantizer.restore([]);
          assert.equal([...pairsOf(workspace)], [...Float32Array.from(given)]);
          assert.is(workspace.scales, undefined);
          return { rounded, scales };
        });
        assert.equal(first, second);
        const { rounded, scales } = first!;
        rounded.forEach((value, at) => {
          const scale = at % 2 === 0 ? scales.gradient : scales.hessian;
          const whole = value / scale;
          assert.ok(Number.isInteger(whole), `${value} / ${scale}`);
          if (at % 2 === 0) assert.ok(Math.abs(whole) <= gradientBins >> 1);
          else assert.ok(whole >= 0 && whole <= gradientBins);
          assert.ok(Math.abs(value - given[at]!) < scale);
        });
        // sums are exact, so in any order the same
        let up = 0;
        let down = 0;
        for (let at = 0; at < rounded.length; at += 2) up += rounded[at]!;
        for (let at = rounded.length - 2; at >= 0; at -= 2) down += rounded[at]!;
        assert.is(up, down);
      },
    ),
    { numRuns: 60 },
  );
});

test('hessians that are all the same stay as they are', () => {
  for (const hessian of [1, Math.fround(0.3), Math.fround(1e-16)]) {
    const workspace = workspaceOf([-1, hessian, 0.3, hessian, 0.2, hessian]);
    createGradientQuantizer(workspace, 4, createRandom(1)).round(3);
    for (const at of [1, 3, 5]) assert.is(pairsOf(workspace)[at], hessian);
    assert.is(workspace.scales?.hessian, hessian);
  }
});

test('the scales are those of the sample, whatever other rows have', () => {
  const workspace = workspaceOf([1e6, 1e6, 1, 0.5, -0.5, 0.25, 0.1, 0.2]);
  workspace.words.set([3, 1, 2, 0], workspace.layout.sampleIndices / 4);
  createGradientQuantizer(workspace, 8, createRandom(1)).round(3);
  assert.equal(workspace.scales, { gradient: 0.25, hessian: 0.0625, greatest: 8 });
});

test('rows that stand for others count as often', () => {
  const workspace = workspaceOf([1, 0.5, -0.5, 0.25, 0.1, 0.2]);
  const sample = { order: Uint32Array.of(0, 1, 2), count: 3, amplified: Uint32Array.of(1) };
  amplifyGradients(workspace, { ...sample, factor: 8 });
  createGradientQuantizer(workspace, 8, createRandom(1)).round(3);
  assert.equal(workspace.scales, { gradient: 1, hessian: 0.25, greatest: 8 });
});

test('gradients that are not finite are left alone', () => {
  for (const bad of [NaN, Infinity]) {
    const workspace = workspaceOf([1, 1, bad, 2]);
    const quantizer = createGradientQuantizer(workspace, 4, createRandom(1));
    quantizer.round(2);
    assert.is(workspace.scales, undefined);
    assert.equal([...pairsOf(workspace)], [1, 1, bad, 2]);
    quantizer.restore([]);
  }
});

test('a leaf gets the sums of the gradients as they were', () => {
  const workspace = workspaceOf([1, 0.5, 0.25, 0.125, -0.75, 1, 0.5, 0.0625]);
  const quantizer = createGradientQuantizer(workspace, 2, createRandom(3));
  quantizer.round(4);
  const leaf: GrownLeaf = {
    start: 1,
    count: 2,
    valueStart: 1,
    valueCount: 3,
    gradient: NaN,
    hessian: NaN,
    l2: 0,
  };
  quantizer.restore([leaf]);
  assert.equal([leaf.gradient, leaf.hessian], [0, 1.1875]);
});

/** Every kind of fit that quantised gradients meet, on enough rows for packed sums. */
const FITS: [string, Partial<GbdtOptions>][] = [
  ['plain', {}],
  ['bagged', { subsample: 0.7, colsample: 0.6 }],
  ['goss', { goss: true, learningRate: 0.5 }],
  ['many gradient bins', { gradientBins: 64, l1: 0.1, l2: 1 }],
  ['symmetric', { growPolicy: 'symmetric' }],
  ['monotone', { monotone: { f0: 1, f3: -1 } }],
  ['quantile', { objective: 'quantile', quantileLevel: 0.7 }],
  ['poisson', { objective: 'poisson', maxDepth: 4, growPolicy: 'depthwise' }],
];

for (const [name, options] of FITS) {
  test(`${name}: both kernels fit the same bits, another seed others`, () => {
    const data = weighted(syntheticMatrix(6000, 2));
    const fit = (given: Partial<GbdtOptions>): string => {
      const forest = fitGbdt(data, { ...QUANTIZED, ...options, ...given });
      validateForest(forest, SYNTHETIC_FEATURES);
      return canonicalJson(forest);
    };
    const simd = fit({ kernel: 'simd' });
    assert.is(simd, fit({ kernel: 'javascript' }));
    assert.is.not(simd, fit({ seed: 1 }));
    assert.is.not(simd, fit({ quantizedGradients: false }));
  });
}

test('several classes, bundled columns', () => {
  const random = createRandom(4);
  const rowCount = 5000;
  const matrix = Float32Array.from({ length: rowCount * 12 }, () => random.integer(3));
  const target = Array.from(
    { length: rowCount },
    (_, row) => (matrix[12 * row]! + matrix[12 * row + 1]! + random.integer(2)) % 3,
  );
  const data = { matrix, rowCount, featureCount: 12, target };
  const options = { ...QUANTIZED, objective: 'multiclass' } as const;
  const simd = fitGbdt(data, { ...options, kernel: 'simd' });
  assert.is(
    canonicalJson(simd),
    canonicalJson(fitGbdt(data, { ...options, kernel: 'javascript' })),
  );
  validateForest(simd, 12);
});

test('leaf values are means of what is left, to the precision of a gradient', () => {
  const random = createRandom(5);
  const rowCount = 3000;
  const matrix = Float32Array.from({ length: rowCount * 3 }, () => random.normal());
  const target = Float32Array.from(
    { length: rowCount },
    (_, row) => matrix[3 * row]! * 3 + random.normal(),
  );
  const data = { matrix, rowCount, featureCount: 3, target };
  const forest = fitGbdt(data, {
    ...QUANTIZED,
    objective: 'squared',
    numTrees: 1,
    learningRate: 1,
  });
  const predicted = margins(forest, matrix, rowCount, 3);
  const leaves = new Map<number, { sum: number; count: number }>();
  predicted.forEach((value, row) => {
    const leaf = leaves.get(value) ?? { sum: 0, count: 0 };
    leaves.set(value, { sum: leaf.sum + target[row]!, count: leaf.count + 1 });
  });
  assert.ok(leaves.size > 20);
  for (const [value, { sum, count }] of leaves) assert.ok(Math.abs(value - sum / count) < 1e-5);
});

test('a monotone feature stays monotone with renewed values', () => {
  const forest = fitGbdt(syntheticMatrix(4000, 6), {
    ...QUANTIZED,
    numTrees: 30,
    monotone: { f0: 1 },
  });
  const random = createRandom(7);
  const steps = Array.from({ length: 101 }, (_, i) => (i - 50) / 12);
  for (let trial = 0; trial < 20; trial++) {
    const rest = [0, random.uniform(), random.integer(5) - 2, random.normal(), 0, 7, 1, 3];
    const rows = Float32Array.from(steps.flatMap((x) => [x, ...rest.slice(1)]));
    const found = margins(forest, rows, steps.length, SYNTHETIC_FEATURES);
    for (let i = 1; i < found.length; i++) assert.ok(found[i]! >= found[i - 1]!);
  }
});

test('AUC within 0.002 of the fit without, or better, in the mean of three sets of 20,000 rows', () => {
  const held = syntheticMatrix(20_000, 9);
  const sets = [11, 12, 13].map((seed) => syntheticMatrix(20_000, seed));
  const aucOf = (options: Partial<GbdtOptions>): number => {
    let sum = 0;
    for (const data of sets) {
      const forest = fitGbdt(data, { numTrees: 40, ...options });
      sum += rocAuc(
        Uint8Array.from(held.target),
        margins(forest, held.matrix, held.rowCount, held.featureCount),
      );
    }
    return sum / sets.length;
  };
  // with GOSS the amplified rows set the scales, and few bins are left for the others: docs/training.md
  for (const options of [{}, { subsample: 0.5 }, { goss: true, gradientBins: 64 }]) {
    const plain = aucOf(options);
    const quantized = aucOf({ ...options, quantizedGradients: true });
    const seen = `${JSON.stringify(options)}: ${quantized}, without ${plain}`;
    assert.ok(quantized >= plain - 0.002, seen);
  }
});

test('options out of range', () => {
  const data = syntheticMatrix(50, 1);
  for (const options of [{ gradientBins: 1 }, { gradientBins: 65 }, { gradientBins: 2.5 }]) {
    assert.throws(
      () => fitGbdt(data, options),
      (error: unknown) => error instanceof ConfigError && /"gradientBins"/.test(error.message),
    );
  }
});

function weighted(data: TrainingMatrix): TrainingMatrix {
  const random = createRandom(10);
  return { ...data, weight: Array.from({ length: data.rowCount }, () => random.uniform() + 0.5) };
}

test.run();
