import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, DataError, ShapeError } from '../../src/core/errors.js';
import { canonicalJson } from '../../src/core/json.js';
import { createRandom } from '../../src/core/random.js';
import type { Forest } from '../../src/model/forest.js';
import { margins } from '../../src/model/margin.js';
import { fitGbdt, trainGbdt } from '../../src/train/gbdt.js';
import type { GbdtOptions } from '../../src/train/gbdtOptions.js';
import type { TrainingMatrix } from '../../src/train/trainingMatrix.js';
import { SYNTHETIC_FEATURES, syntheticMatrix } from './syntheticMatrix.js';
import { validateForest } from './validateForest.js';

const FEW: Partial<GbdtOptions> = { numTrees: 10, minDataPerGroup: 20 };

function oneFeature(values: number[], target: number[], weight?: number[]): TrainingMatrix {
  const data = {
    matrix: Float32Array.from(values),
    rowCount: values.length,
    featureCount: 1,
    target,
  };
  return weight ? { ...data, weight } : data;
}

function logLossOf(forest: Forest, data: TrainingMatrix): number {
  let sum = 0;
  margins(forest, data.matrix, data.rowCount, data.featureCount).forEach((margin, row) => {
    sum += Math.log1p(Math.exp(data.target[row] === 1 ? -margin : margin));
  });
  return sum / data.rowCount;
}

test('both kernels fit the same bits, on every row count that loops split at', () => {
  for (const rowCount of [2, 15, 16, 17, 255, 256, 257, 1000]) {
    for (const extra of [{}, { subsample: 0.6, colsample: 0.5, l1: 0.1, l2: 1 }]) {
      const options = { ...FEW, minChildSamples: 2, ...extra };
      const data = syntheticMatrix(rowCount, rowCount);
      const simd = fitGbdt(data, { ...options, kernel: 'simd' });
      const portable = fitGbdt(data, { ...options, kernel: 'javascript' });
      assert.is(canonicalJson(simd), canonicalJson(portable), `${rowCount} rows`);
      validateForest(simd, SYNTHETIC_FEATURES);
    }
  }
});

test('the same seed gives the same forest, another seed another', () => {
  const data = syntheticMatrix(800, 3);
  const options = { ...FEW, subsample: 0.5, colsampleByNode: 0.5 };
  const fit = (seed: number): string => canonicalJson(fitGbdt(data, { ...options, seed }));
  assert.is(fit(7), fit(7));
  assert.is.not(fit(7), fit(8));
});

test('training neither keeps nor changes the data', () => {
  const data = syntheticMatrix(300, 4);
  const before = [...data.matrix];
  fitGbdt(data, FEW);
  assert.equal([...data.matrix], before);
});

test('each tree lowers the training loss; the first margin is the log-odds of the prior', () => {
  const data = syntheticMatrix(1000, 5);
  let last = Infinity;
  for (const numTrees of [1, 2, 5, 20]) {
    const loss = logLossOf(fitGbdt(data, { ...FEW, numTrees }), data);
    assert.ok(loss < last, `${numTrees} trees`);
    last = loss;
  }
  const positives = Array.from(data.target).filter((y) => y === 1).length;
  const expected = Math.log(positives / (data.rowCount - positives));
  assert.ok(Math.abs(fitGbdt(data, FEW).baseScores[0]! - expected) < 1e-12);
});

test('a pure node is not split', () => {
  const values = Array.from({ length: 100 }, (_, i) => i);
  const data = oneFeature(
    values,
    values.map((x) => (x < 50 ? 0 : 1)),
  );
  const forest = fitGbdt(data, { numTrees: 1, minChildSamples: 1, minDataInBin: 1 });
  assert.is(forest.featureIndex.length, 1);
  assert.is(forest.threshold[0], 49.5);
});

test('a split must gain more than minSplitGain', () => {
  const data = syntheticMatrix(1000, 6);
  const gains = fitGbdt(data, { ...FEW, numTrees: 1 }).gain;
  const limit = [...gains].sort((a, b) => a - b)[gains.length >> 1]!;
  const fewer = fitGbdt(data, { ...FEW, numTrees: 1, minSplitGain: limit }).gain;
  assert.ok(fewer.length < gains.length && fewer.every((gain) => gain > limit));
  assert.is(fitGbdt(data, { ...FEW, minSplitGain: 1e9 }).featureIndex.length, 0);
});

test('no leaf has fewer rows than minChildSamples, whatever the hessians', () => {
  const data = syntheticMatrix(2000, 7);
  for (const minChildSamples of [1, 7, 20, 150]) {
    const forest = fitGbdt(data, { ...FEW, numTrees: 40, minChildSamples });
    assert.ok(Math.min(...forest.leafCover) >= minChildSamples, `${minChildSamples}`);
  }
});

test('depth, leaves and the order of growing', () => {
  const data = syntheticMatrix(1000, 8);
  const shallow = fitGbdt(data, { ...FEW, maxDepth: 2, maxLeaves: 100 });
  assert.ok(shallow.leafValue.length <= 4 * shallow.roots.length);
  assert.is(fitGbdt(data, { ...FEW, maxLeaves: 1 }).featureIndex.length, 0);
  const leafwise = fitGbdt(data, { ...FEW, numTrees: 1, maxLeaves: 8 });
  const depthwise = fitGbdt(data, { ...FEW, numTrees: 1, maxLeaves: 8, growPolicy: 'depthwise' });
  assert.is(leafwise.leafValue.length, 8);
  assert.is(depthwise.leafValue.length, 8);
  const total = (forest: Forest): number => forest.gain.reduce((sum, gain) => sum + gain, 0);
  assert.ok(total(leafwise) >= total(depthwise));
});

test('a weight is a number of copies, and a row of weight 0 is no row', () => {
  const random = createRandom(9);
  const values: number[] = [];
  const target: number[] = [];
  const weight: number[] = [];
  for (let i = 0; i < 400; i++) {
    const x = random.integer(30);
    values.push(x);
    target.push(random.uniform() < x / 30 ? 1 : 0);
    weight.push(random.integer(4));
  }
  const copies = weight.flatMap((times, i) => new Array<number>(times).fill(i));
  const options = { numTrees: 20, minChildSamples: 1, minDataInBin: 1, minChildWeight: 3 };
  const weighted = fitGbdt(oneFeature(values, target, weight), options);
  const copied = fitGbdt(
    oneFeature(
      copies.map((i) => values[i]!),
      copies.map((i) => target[i]!),
    ),
    options,
  );
  assert.equal(weighted.threshold, copied.threshold);
  weighted.leafValue.forEach((value, leaf) => {
    assert.ok(Math.abs(value - copied.leafValue[leaf]!) < 1e-6);
  });
  const scaled = target.map((y) => (y === 1 ? 3 : 1));
  assert.equal(
    fitGbdt(oneFeature(values, target), { ...options, scalePosWeight: 3 }),
    fitGbdt(oneFeature(values, target, scaled), options),
  );
});

test('missing takes the side that it resembles; where none is missing, the side of more rows', () => {
  const values = Array.from({ length: 90 }, (_, i) => (i % 3 === 2 ? NaN : i % 3));
  const alikeOnes = values.map((x) => (x === 0 ? 0 : 1));
  const right = fitGbdt(oneFeature(values, alikeOnes), { numTrees: 1 });
  assert.is(right.defaultLeft[0], 0);
  const alikeZeros = values.map((x) => (x === 1 ? 1 : 0));
  assert.is(fitGbdt(oneFeature(values, alikeZeros), { numTrees: 1 }).defaultLeft[0], 1);
  const complete = Array.from({ length: 100 }, (_, i) => i);
  const early = fitGbdt(
    oneFeature(
      complete,
      complete.map((x) => (x < 30 ? 1 : 0)),
    ),
    { numTrees: 1 },
  );
  assert.is(early.defaultLeft[0], 0);
});

test('missing against any number is a split', () => {
  const values = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? NaN : i));
  const forest = fitGbdt(
    oneFeature(
      values,
      values.map((x) => (x !== x ? 1 : 0)),
    ),
    { numTrees: 1 },
  );
  const [missing, smallest, greatest] = margins(forest, [NaN, -1e30, 3.4e38], 3, 1);
  assert.ok(missing! > 0);
  assert.is(smallest, greatest);
  assert.ok(smallest! < 0);
});

test('degenerate features leave the prior, in a forest of one leaf', () => {
  for (const values of [
    [5, 5, 5, 5],
    [NaN, NaN, NaN, NaN],
  ]) {
    const forest = fitGbdt(oneFeature(values, [0, 1, 1, 1]), { minChildSamples: 1 });
    validateForest(forest, 1);
    assert.is(forest.featureIndex.length, 0);
    assert.ok(Math.abs(margins(forest, [0], 1, 1)[0]! - Math.log(3)) < 1e-9);
  }
});

test('bad data is an error that says what was seen', () => {
  const data = oneFeature([1, 2], [0, 1]);
  const fails = (change: Partial<TrainingMatrix>, kind: unknown, message: RegExp): void => {
    assert.throws(
      () => fitGbdt({ ...data, ...change }),
      (error: Error) => error instanceof (kind as typeof Error) && message.test(error.message),
    );
  };
  fails({ target: [0, NaN] }, DataError, /row 1: expected a target of 0 or 1, got NaN/);
  fails({ target: [1, 1] }, DataError, /one class: all 2 rows .* are 1/);
  fails({ weight: [1, -1] }, DataError, /row 1: expected a finite weight >= 0, got -1/);
  fails({ weight: [1, 0] }, DataError, /one class/);
  fails({ weight: [0, 0] }, DataError, /no rows/);
  fails({ target: [0] }, ShapeError, /"target" expected rowCount = 2 entries, got 1/);
  fails({ featureCount: 2 }, ShapeError, /"matrix" expected rowCount \* featureCount = 4/);
  fails({ categorical: [1] }, ConfigError, /"categorical" expected an integer in \[0, 0\]/);
  fails({ matrix: new Float32Array(0), rowCount: 0, target: [] }, DataError, /no rows/);
});

test('a whole model of fields in order, with the levels of the codes', () => {
  const data = { ...syntheticMatrix(300, 10), featureNames: [...'abcdefgh'] };
  const model = trainGbdt(data, FEW);
  assert.equal(
    model.schema.fields.map(({ name }) => name),
    [...'abcdefgh'],
  );
  assert.is(model.schema.fields[6]!.type, 'category');
  const feature = model.features[6]!;
  assert.equal(feature.kind === 'category' && feature.levels, ['0', '1', '2']);
  assert.equal(model.schema.target, { name: 'target', classes: ['0', '1'] });
  assert.is(model.origin, 'gbdt');
});

test('progress is reported tree by tree', () => {
  const seen: number[] = [];
  const onProgress: GbdtOptions['onProgress'] = ({ tree, numTrees }) => seen.push(tree / numTrees);
  fitGbdt(syntheticMatrix(300, 11), { numTrees: 4, onProgress });
  assert.equal(seen, [0.25, 0.5, 0.75, 1]);
});

test.run();
