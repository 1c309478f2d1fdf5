import { brotliCompressSync } from 'node:zlib';
import { evenRows } from '../../src/lifecycle/evenRows.js';
import { margins, predictions } from '../../src/model/margin.js';
import type { Model } from '../../src/model/model.js';
import { exportOnnx } from '../../src/onnx/index.js';
import { decodeBlob, encodeBlob } from '../../src/quantize/index.js';
import { loadScorer } from '../../src/score/index.js';
import type { SplitData } from '../training/splitData.js';
import { compareProbabilities } from './parity.js';

/** As many as the lifecycle takes. */
const CALIBRATION_ROWS = 4096;

/** What integer leaves cost and save. */
export interface QuantizationRow {
  leafBits: 8 | 16;
  /** of the probabilities of the test rows, from those of the float64 reference */
  maxDelta: number;
  meanDelta: number;
  /** test rows whose label changes at the model's threshold */
  flips: number;
  /** greatest difference of a margin, of the same rows */
  maxMarginDelta: number;
  /** what the blob says that no row exceeds */
  marginBound: number;
  blobBytes: number;
  onnxBytes: number;
  blobBrotliBytes: number;
  onnxBrotliBytes: number;
}

/** Quantises a binary model on rows of its training part, and scores the test part with the blob. */
export async function measureQuantization(
  model: Model,
  { train, test, featureCount }: SplitData,
  { leafBits, groupSize }: { leafBits: 8 | 16; groupSize: number },
): Promise<QuantizationRow> {
  if (model.task !== 'binary')
    throw new TypeError('only models of two classes have decisions to flip');
  const calibration = spreadRows(train.matrix, train.rowCount, featureCount);
  const blob = encodeBlob(model, { leafBits, groupSize, calibration });
  const scorer = await loadScorer(blob);
  const exactMargin = margins(model.predictor, test.matrix, test.rowCount, featureCount);
  const exact = predictions(model, exactMargin);
  const margin = scorer.margin(test.matrix);
  const probability = scorer.predict(test.matrix);
  const onnx = exportOnnx(model);
  const { value: threshold } = model.threshold;
  return {
    leafBits,
    ...compareProbabilities(exact, probability),
    flips: probability.reduce(
      (flips, p, row) => flips + Number(p >= threshold !== Math.fround(exact[row]!) >= threshold),
      0,
    ),
    maxMarginDelta: compareProbabilities(exactMargin, margin).maxDelta,
    marginBound: decodeBlob(blob).marginBound,
    blobBytes: blob.length,
    onnxBytes: onnx.length,
    blobBrotliBytes: brotliCompressSync(blob).length,
    onnxBrotliBytes: brotliCompressSync(onnx).length,
  };
}

function spreadRows(
  matrix: Float32Array,
  rowCount: number,
  width: number,
): { matrix: Float32Array; rowCount: number } {
  const chosen = evenRows(rowCount, CALIBRATION_ROWS);
  const rows = new Float32Array(chosen.length * width);
  chosen.forEach((row, i) => {
    rows.set(matrix.subarray(row * width, (row + 1) * width), i * width);
  });
  return { matrix: rows, rowCount: chosen.length };
}
