// Gradient boosting from a typed matrix: two numbers and a category code a row.
import { encodeBlob } from 'coppice/quantize';
import { loadScorer, predictMargin } from 'coppice/score';
import { trainGbdt } from 'coppice/train';

const rowCount = 2000;
const matrix = new Float32Array(rowCount * 3);
const target = new Uint8Array(rowCount);
for (let row = 0; row < rowCount; row++) {
  const [age, visits, plan] = [(row * 37) % 80, (row * 17) % 25, row % 4];
  matrix.set([age, visits, plan], row * 3);
  target[row] = Number(visits > 12 && (plan === 2 || age > 40));
}

const model = trainGbdt(
  {
    matrix,
    rowCount,
    featureCount: 3,
    target,
    featureNames: ['age', 'visits', 'plan'],
    categorical: [2],
  },
  { numTrees: 30, maxLeaves: 8, minChildSamples: 10 },
);
const margins = predictMargin(model, matrix, rowCount);

const blob = encodeBlob(model, { leafBits: 8, calibration: { matrix, rowCount } });
const scorer = await loadScorer(blob);
const probabilities = scorer.predict(matrix);
console.log(`${model.predictor.roots.length} trees in ${blob.length} bytes`);
console.log(
  `row 0: margin ${margins[0].toFixed(4)}, int8 probability ${probabilities[0].toFixed(4)}`,
);
console.log(`one row: ${scorer.predictRow([50, 20, 2]).toFixed(4)}`);
