import type * as Ort from 'onnxruntime-web/wasm';
import { inTurn, type ScoringEngine } from './scoringEngine.js';

/**
 * A model in onnxruntime-web on one thread, asked for the probability of the positive class alone.
 * @param ort - the runtime, as Node or a page has imported it
 * @param fieldNames - the fields of a row, in order, for files that take a tensor each
 */
export async function openOnnx(
  ort: typeof Ort,
  name: string,
  file: Uint8Array,
  fieldNames: readonly string[],
): Promise<ScoringEngine> {
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(file, {
    executionProviders: ['wasm'],
    logSeverityLevel: 4,
  });
  // labels are not asked for: it may leave out what they cost
  const output = session.outputNames.at(-1)!;
  const width = fieldNames.length;

  /** One tensor of the matrix, or one a field. */
  function feedsOf(matrix: Float32Array): Record<string, Ort.Tensor> {
    const rowCount = matrix.length / width;
    const [only, ...others] = session.inputNames;
    if (others.length === 0) {
      return { [only!]: new ort.Tensor('float32', matrix, [rowCount, width]) };
    }
    return Object.fromEntries(
      fieldNames.map((field, index) => {
        const column = new Float32Array(rowCount);
        for (let row = 0; row < rowCount; row++) column[row] = matrix[row * width + index]!;
        return [field, new ort.Tensor('float32', column, [rowCount, 1])];
      }),
    );
  }

  return {
    name,
    file,
    fresh: 'onnx',
    async predict(matrix) {
      const { data, dims } = (await session.run(feedsOf(matrix), [output]))[output]!;
      const count = (data as Float32Array).length / dims[0]!;
      return (data as Float32Array).filter((_, i) => i % count === count - 1);
    },
    prepare: (windows) => inTurn(windows.map(feedsOf), (feeds) => session.run(feeds, [output])),
    release: () => session.release(),
  };
}
