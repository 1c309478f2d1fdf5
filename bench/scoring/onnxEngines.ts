import * as ort from 'onnxruntime-web/wasm';
import { exportOnnx, exportQuantizedOnnx } from '../../src/onnx/index.js';
import { quantizeModel } from '../../src/quantize/index.js';
import type { BenchCase, BenchModel } from './benchModels.js';
import { openOnnx } from './onnxSession.js';
import type { ScoringEngine } from './scoringEngine.js';

/** Every row of onnxruntime-web begins with this; those that are not quantised are what ratios are taken against. */
export const ORT_FP32 = 'onnxruntime-web fp32';

/** onnxruntime-web on one thread, with every ONNX file of the model. */
export async function onnxEngines(
  { models, calibration }: BenchCase,
  growth: BenchModel['growth'],
): Promise<ScoringEngine[]> {
  const { model, theirs } = models.find((candidate) => candidate.growth === growth)!;
  const files = [
    ...(theirs ? [[`${ORT_FP32}, LightGBM's converter`, theirs.onnx] as const] : []),
    [ORT_FP32, exportOnnx(model)] as const,
    [
      'onnxruntime-web quantised',
      exportQuantizedOnnx(quantizeModel(model, { calibration })),
    ] as const,
  ];
  const names = model.schema.fields.map(({ name }) => name);
  const engines: ScoringEngine[] = [];
  for (const [name, bytes] of files) engines.push(await openOnnx(ort, name, bytes, names));
  return engines;
}
