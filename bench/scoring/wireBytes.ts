import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** Bytes of a runtime, as they are and gzipped. */
export interface WireBytes {
  raw: number;
  gzip: number;
}

/** The page bundle of coppice, its kernels embedded: what scripts/build.mjs writes as dist/browser/coppice.js. */
export async function coppiceRuntime(): Promise<WireBytes> {
  const { outputFiles } = await build({
    entryPoints: [join('src', 'index.ts')],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'warning',
  });
  return sizesOf(outputFiles.map(({ contents }) => contents));
}

/** What a page loads for `onnxruntime-web/wasm`: its script and its WebAssembly. */
export function onnxRuntime(): WireBytes {
  const folder = dirname(createRequire(import.meta.url).resolve('onnxruntime-web/wasm'));
  const files = ['ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.wasm'];
  return sizesOf(files.map((file) => readFileSync(join(folder, file))));
}

export function sizesOf(files: readonly Uint8Array[]): WireBytes {
  return {
    raw: files.reduce((sum, file) => sum + file.length, 0),
    gzip: files.reduce((sum, file) => sum + gzipSync(file).length, 0),
  };
}
