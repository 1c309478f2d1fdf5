import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError } from '../../src/core/errors.js';
import type { Model } from '../../src/model/model.js';
import { quantizedMargins, quantizeModel } from '../../src/quantize/index.js';
import { adversarialMatrix, type ForestShape, randomForestModel } from '../score/randomModel.js';

const CLASSES: Pick<ForestShape, 'task' | 'link' | 'treeCount' | 'classCount'> = {
  task: 'multiclass',
  link: 'softmax',
  treeCount: 90,
  classCount: 4,
};

test('groups belong to one output each, and the outputs ascend', () => {
  const model = randomForestModel({
    ...CLASSES,
    seed: 22,
    maxLeaves: 8,
    numericCount: 3,
  });
  const { predictor } = quantizeModel(model, { groupSize: 4 });
  if (predictor.kind !== 'forest' || model.predictor.kind !== 'forest')
    throw new Error('no forest');
  const { groupStart, groupOutput, roots } = predictor;
  const counts = new Array(4).fill(0);
  groupStart.forEach((start, group) => {
    counts[groupOutput[group]!] += (groupStart[group + 1] ?? roots.length) - start;
    if (group > 0) assert.ok(groupOutput[group]! >= groupOutput[group - 1]!);
  });
  const { treeOutput } = model.predictor;
  counts.forEach((count, output) => {
    assert.is(count, treeOutput.filter((own) => own === output).length);
  });
});

test('an output of a model of several is quantised as it would be alone', () => {
  const model = randomForestModel({
    ...CLASSES,
    seed: 23,
    maxLeaves: 16,
    numericCount: 3,
  });
  const { predictor } = model;
  if (predictor.kind !== 'forest') throw new Error('no forest');
  const matrix = adversarialMatrix(model, 300, 23);
  const calibration = { matrix, rowCount: 300 };
  const together = quantizedMargins(quantizeModel(model, { calibration }), matrix, 300);
  let greatest = 0;
  for (let output = 0; output < 4; output++) {
    const own = [...predictor.roots.keys()].filter((tree) => predictor.treeOutput[tree] === output);
    const alone: Model = {
      ...randomForestModel({ seed: 1, treeCount: 0, maxLeaves: 1, numericCount: 3 }),
      predictor: {
        ...predictor,
        link: 'logit',
        baseScores: predictor.baseScores.slice(output, output + 1),
        roots: Int32Array.from(own, (tree) => predictor.roots[tree]!),
        treeOutput: new Int32Array(own.length),
      },
    };
    const single = quantizeModel(onlyReached(alone), { calibration });
    const margins = quantizedMargins(single, matrix, 300);
    margins.forEach((margin, row) => {
      assert.is(together[row * 4 + output], margin);
    });
    greatest = Math.max(greatest, single.marginBound);
  }
  assert.is(quantizeModel(model, { calibration }).marginBound, greatest);
});

test('a tree of an output that is not there is refused', () => {
  const model = randomForestModel({ seed: 25, treeCount: 3, maxLeaves: 4, numericCount: 1 });
  if (model.predictor.kind === 'forest') model.predictor.treeOutput[2] = 1;
  assert.throws(
    () => quantizeModel(model),
    (error: unknown) =>
      error instanceof ConfigError && /tree 2 adds to output 1/.test(error.message),
  );
});

/** The model with only the leaves that its trees have: a float forest may hold more, a quantised one may not. */
function onlyReached(model: Model): Model {
  const { predictor } = model;
  if (predictor.kind !== 'forest') throw new Error('no forest');
  const nodes: number[] = [];
  const leaves: number[] = [];
  const place = (at: number): number => {
    if (at < 0) return ~(leaves.push(~at) - 1);
    const own = nodes.push(at) - 1;
    links[own] = [place(predictor.left[at]!), place(predictor.right[at]!)];
    return own;
  };
  const links: [number, number][] = [];
  const roots = Int32Array.from(predictor.roots, place);
  const take = <T extends Int32Array | Float64Array | Uint8Array>(column: T, rows: number[]): T =>
    (column.constructor as unknown as { from(values: number[]): T }).from(
      rows.map((row) => column[row]!),
    );
  return {
    ...model,
    predictor: {
      ...predictor,
      roots,
      left: Int32Array.from(links, ([left]) => left),
      right: Int32Array.from(links, ([, right]) => right),
      featureIndex: take(predictor.featureIndex, nodes),
      threshold: take(predictor.threshold, nodes),
      categorySet: take(predictor.categorySet, nodes),
      defaultLeft: take(predictor.defaultLeft, nodes),
      gain: take(predictor.gain, nodes),
      cover: take(predictor.cover, nodes),
      leafValue: take(predictor.leafValue, leaves),
      leafCover: take(predictor.leafCover, leaves),
    },
  };
}

test.run();
