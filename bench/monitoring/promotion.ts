import { createRandom, type Random } from '../../src/core/random.js';
import { compareModels, type HeldOutRows } from '../../src/lifecycle/compareStage.js';
import { defaultConfig } from '../../src/lifecycle/index.js';
import type { BinaryModel } from '../../src/model/model.js';

const HELD_ROWS = [100, 300, 1000];
const METRICS = ['logLoss', 'rocAuc', 'averagePrecision', 'f1'];
const FIELDS = ['a', 'b'];

/**
 * How often a new model that is neither better nor worse replaces the one in use. What is predicted depends on two fields alike, of
 * which one model knows the one and the other model the other: on any rows either may look better, and none is.
 */
export function promotion(rounds: number): void {
  const { config } = defaultConfig();
  const { confidence } = config.evaluation;
  console.log(
    `share of ${rounds} comparisons of two models that are equally good in which the new one replaces the one in use; stated ${(50 * (1 - confidence)).toFixed(1)} %`,
  );
  console.log(['held-out rows', ...METRICS].join('\t'));
  for (const rowCount of HELD_ROWS) {
    const random = createRandom(rowCount);
    const replaced = new Map(METRICS.map((metric) => [metric, 0]));
    for (let round = 0; round < rounds; round++) {
      const held = drawHeld(random, rowCount);
      const champion = { model: modelOf('a'), runId: '', metric: undefined, margin: 0 };
      const { metrics } = compareModels(champion, modelOf('b'), held, { ...config, seed: round });
      for (const { name, verdict } of metrics) {
        if (verdict === 'better' && replaced.has(name)) replaced.set(name, replaced.get(name)! + 1);
      }
    }
    const shares = METRICS.map((name) => `${((100 * replaced.get(name)!) / rounds).toFixed(1)} %`);
    console.log([rowCount, ...shares].join('\t'));
  }
}

function drawHeld(random: Random, rowCount: number): HeldOutRows {
  const columns = FIELDS.map((name) => ({
    kind: 'number' as const,
    name,
    values: Float32Array.from({ length: rowCount }, () => random.normal()),
  }));
  const target = Float64Array.from({ length: rowCount }, (_, row) => {
    const margin = columns[0]!.values[row]! + columns[1]!.values[row]! - 1;
    return Number(random.uniform() < 1 / (1 + Math.exp(-margin)));
  });
  return { table: { rowCount, columns }, target };
}

/** Logistic regression on one of the two fields, about as it would be fitted. */
function modelOf(field: string): BinaryModel {
  return {
    format: 'coppice-model',
    version: 1,
    origin: 'logistic',
    schema: {
      fields: FIELDS.map((name) => ({ name, type: 'number' })),
      target: { name: 'y', classes: ['no', 'yes'] },
    },
    features: FIELDS.map((name, field) => ({ kind: 'field', name, field })),
    rules: [],
    predictor: {
      kind: 'linear',
      link: 'logit',
      intercepts: [-0.85],
      numeric: [
        {
          featureIndex: FIELDS.indexOf(field),
          weights: [0.85],
          fill: 0,
          lower: -100,
          upper: 100,
          center: 0,
          scale: 1,
        },
      ],
      categorical: [],
    },
    task: 'binary',
    calibrator: { kind: 'none' },
    threshold: { value: 0.4, policy: 'fixed' },
  };
}
