import type { TrainingMatrix } from './trainingMatrix.js';

/** A copy of some rows of a training matrix, without its queries. */
export function selectTraining(data: TrainingMatrix, rows: Uint32Array): TrainingMatrix {
  const { matrix, featureCount, target, weight, group: _group, ...rest } = data;
  const selected = new Float32Array(rows.length * featureCount);
  rows.forEach((row, i) => {
    const at = row * featureCount;
    selected.set(matrix.subarray(at, at + featureCount), i * featureCount);
  });
  return {
    ...rest,
    featureCount,
    matrix: selected,
    rowCount: rows.length,
    target: Float64Array.from(rows, (row) => target[row]!),
    ...(weight && { weight: Float64Array.from(rows, (row) => weight[row]!) }),
  };
}
