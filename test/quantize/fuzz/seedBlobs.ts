import type { Model } from '../../../src/model/model.js';
import { encodeBlob } from '../../../src/quantize/index.js';
import { type ForestShape, randomForestModel, randomLinearModel } from '../../score/randomModel.js';
import { costThreshold, pipelineModel } from '../pipelineModel.js';

const SMALL = { treeCount: 6, maxLeaves: 8, numericCount: 3, levelCounts: [4] };

function forest(seed: number, shape: Partial<ForestShape> = {}): Model {
  return randomForestModel({ seed, ...SMALL, ...shape });
}

function classes(seed: number, link: 'softmax' | 'logit' | 'identity'): Model {
  return forest(seed, { task: 'multiclass', link, classCount: 4, treeCount: 9 });
}

const MODELS: Record<string, Model> = {
  forest: forest(21),
  'isotonic forest': forest(26, {
    calibrator: { kind: 'isotonic', x: [-0.5, 0.1, 1], y: [0.2, 0.4, 0.8] },
  }),
  shares: forest(27, { link: 'identity', calibrator: { kind: 'beta', a: 1.2, b: 0.8, c: -0.1 } }),
  // some hundred byte columns, so that nodes name theirs with two bytes
  'many columns': forest(28, {
    treeCount: 70,
    maxLeaves: 40,
    numericCount: 70,
    levelCounts: [3, 9],
  }),
  'wide categories': forest(29, { treeCount: 20, numericCount: 1, levelCounts: [40, 300] }),
  'single leaves': forest(30, { maxLeaves: 1 }),
  'no trees': forest(31, { treeCount: 0 }),
  softmax: classes(23, 'softmax'),
  'one against all': classes(32, 'logit'),
  'class shares': classes(33, 'identity'),
  'softmax with a temperature': {
    ...classes(34, 'softmax'),
    task: 'multiclass',
    calibrator: { kind: 'temperature', temperature: 1.7 },
  },
  regression: forest(35, { task: 'regression', link: 'identity' }),
  'regression by log': forest(24, { task: 'regression', link: 'log', levelCounts: [] }),
  linear: randomLinearModel(22, 3, [4]),
  multinomial: randomLinearModel(25, 3, [4], 3),
  pipeline: pipelineModel(),
  'beta pipeline': {
    ...pipelineModel(),
    calibrator: { kind: 'beta', a: 0.8, b: 1.2, c: -0.1 },
    threshold: costThreshold(),
  },
  'temperature pipeline': {
    ...pipelineModel(),
    calibrator: { kind: 'temperature', temperature: 1.5 },
  },
};

export interface SeedBlob {
  name: string;
  bytes: Uint8Array;
}

/** Small blobs of every kind of model, with both sizes of leaves: what mutations begin with. */
export function seedBlobs(): SeedBlob[] {
  return Object.entries(MODELS).flatMap(([name, model]) => {
    const leafSizes = model.predictor.kind === 'forest' ? ([8, 16] as const) : ([8] as const);
    return leafSizes.map((leafBits) => ({
      name: `${name}, int${leafBits}`,
      bytes: encodeBlob(model, { leafBits, extra: { note: new Uint8Array(5) } }),
    }));
  });
}
