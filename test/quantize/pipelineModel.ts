import type { BinaryModel } from '../../src/model/model.js';
import type { Threshold } from '../../src/model/threshold.js';
import { randomForestModel } from '../score/randomModel.js';

/** A model that uses everything around a predictor: derived features, a category, sigmoid calibration, a threshold, a rule. */
export function pipelineModel(): BinaryModel {
  const model = randomForestModel({
    seed: 31,
    treeCount: 12,
    maxLeaves: 12,
    numericCount: 3,
    levelCounts: [3],
  });
  return {
    ...model,
    task: 'binary',
    origin: 'gbdt',
    schema: {
      fields: [
        { name: 'passed', type: 'number' },
        { name: 'country', type: 'category' },
        { name: 'started', type: 'number' },
      ],
      target: { name: 'purchased', classes: ['0', '1'] },
    },
    features: [
      { kind: 'field', name: 'passed', field: 0 },
      {
        kind: 'derived',
        name: 'success rate',
        source: 'started > 0 ? passed / (started + 1e-6) : 0',
        expression: {
          op: 'where',
          args: [
            {
              op: 'greater',
              args: [
                { op: 'field', field: 2 },
                { op: 'constant', value: 0 },
              ],
            },
            {
              op: 'divide',
              args: [
                { op: 'field', field: 0 },
                {
                  op: 'add',
                  args: [
                    { op: 'field', field: 2 },
                    { op: 'constant', value: 1e-6 },
                  ],
                },
              ],
            },
            { op: 'constant', value: 0 },
          ],
        },
      },
      { kind: 'field', name: 'started', field: 2 },
      { kind: 'category', name: 'country', field: 1, levels: ['DE', 'Österreich', 'US'] },
    ],
    calibrator: { kind: 'sigmoid', slope: 1.1, intercept: 0.05 },
    threshold: {
      value: 0.5,
      policy: 'targetPrecision',
      target: 0.8,
      reached: false,
      precision: 0.7,
      recall: 0.2,
    },
    rules: [
      {
        source: 'passed <= started',
        expression: {
          op: 'lessOrEqual',
          args: [
            { op: 'field', field: 0 },
            { op: 'field', field: 2 },
          ],
        },
        field: 'passed',
        message: 'more passed than started',
      },
    ],
  };
}

/** A threshold with every field that a cost matrix gives it. */
export function costThreshold(): Threshold {
  return {
    value: 0.25,
    policy: 'costMatrix',
    costs: { truePositive: -2, falsePositive: 1.5, falseNegative: 8, trueNegative: 0 },
    meanCost: 0.3,
    theoretical: 1.5 / 11.5,
    precision: 0.4,
    recall: 0.9,
    f1: 0.55,
  };
}
