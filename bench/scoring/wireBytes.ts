import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';

/** Bytes of a runtime, as they are and compressed. */
export interface WireBytes {
  raw: number;
  brotli: number;
}

/** What a page loads of coppice to score, its kernel embedded; `npm run build` writes it. */
export function coppiceRuntime(): WireBytes {
  return sizesOf([readFileSync(join('dist', 'browser', 'coppice.js'))]);
}

/** What a page loads for `onnxruntime-web/wasm`: its script and its WebAssembly. */
export function onnxRuntimeFiles(): string[] {
  const folder = dirname(createRequire(import.meta.url).resolve('onnxruntime-web/wasm'));
  const files = ['ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.wasm'];
  return files.map((file) => join(folder, file));
}

export function onnxRuntime(): WireBytes {
  return sizesOf(onnxRuntimeFiles().map((file) => readFileSync(file)));
}

export function sizesOf(files: readonly Uint8Array[]): WireBytes {
  return {
    raw: files.reduce((sum, file) => sum + file.length, 0),
    brotli: files.reduce((sum, file) => sum + brotliCompressSync(file).length, 0),
  };
}
