/** Names of the files in a run's folder. */
export const FILES = {
  model: 'model.json',
  blob: 'model.coppice',
  onnx: 'model.onnx',
  quantizedOnnx: 'model_quantized.onnx',
  threshold: 'threshold.txt',
  metrics: 'metrics.json',
  driftBaseline: 'drift_baseline.json',
  parity: 'parity_report.json',
  comparison: 'comparison.json',
  benchmark: 'benchmark.json',
  lineage: 'lineage.json',
} as const;
