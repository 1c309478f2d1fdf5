// The whole pipeline as ONNX, run in onnxruntime-web (an optional peer: npm install onnxruntime-web).
import { exportOnnx } from 'coppice/onnx';
import * as ort from 'onnxruntime-web/wasm';
import { exampleModel } from './example-blob.mjs';

const bytes = exportOnnx(exampleModel());
ort.env.wasm.numThreads = 1;
const session = await ort.InferenceSession.create(bytes);
const result = await session.run({
  humidity: new ort.Tensor('float32', [90, 20], [2, 1]),
  wind: new ort.Tensor('string', ['a', 'never seen'], [2, 1]),
});
console.log(`${bytes.length} bytes; inputs ${session.inputNames.join(', ')}`);
console.log('probability', Array.from(result.probability.data, (p) => p.toFixed(4)).join(', '));
console.log('label', Array.from(result.label.data).join(', '));
