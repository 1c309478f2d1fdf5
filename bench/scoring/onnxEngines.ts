import * as ort from 'onnxruntime-web/wasm';
import { exportOnnx, exportQuantizedOnnx } from '../../src/onnx/index.js';
import { quantizeModel } from '../../src/quantize/index.js';
import { type BenchCase, type BenchModel, FEATURE_COUNT } from './benchModels.js';
import { inTurn, type ScoringEngine } from './scoringEngine.js';

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
  for (const [name, bytes] of files) engines.push(await openEngine(name, bytes, names));
  return engines;
}

async function openEngine(
  name: string,
  bytes: Uint8Array,
  fieldNames: readonly string[],
): Promise<ScoringEngine> {
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(bytes, {
    executionProviders: ['wasm'],
    logSeverityLevel: 4,
  });
  // labels are not asked for: it may leave out what they cost
  const output = session.outputNames.at(-1)!;

  /** One tensor of the matrix, or one a field. */
  function feedsOf(matrix: Float32Array): Record<string, ort.Tensor> {
    const rowCount = matrix.length / FEATURE_COUNT;
    const [only, ...others] = session.inputNames;
    if (others.length === 0) {
      const tensor = new ort.Tensor('float32', matrix, [rowCount, FEATURE_COUNT]);
      return { [only!]: tensor };
    }
    return Object.fromEntries(
      fieldNames.map((field, index) => {
        const column = new Float32Array(rowCount);
        for (let row = 0; row < rowCount; row++) column[row] = matrix[row * FEATURE_COUNT + index]!;
        return [field, new ort.Tensor('float32', column, [rowCount, 1])];
      }),
    );
  }

  return {
    name,
    file: bytes,
    fresh: 'onnx',
    async predict(matrix) {
      const { data, dims } = (await session.run(feedsOf(matrix), [output]))[output]!;
      const width = (data as Float32Array).length / dims[0]!;
      return (data as Float32Array).filter((_, i) => i % width === width - 1);
    },
    prepare: (windows) => inTurn(windows.map(feedsOf), (feeds) => session.run(feeds, [output])),
    release: () => session.release(),
  };
}
