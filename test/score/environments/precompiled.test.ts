import { readFileSync } from 'node:fs';
import { createContext, Script } from 'node:vm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compileKernel, type LoadOptions } from '../../../src/score/index.js';
import { bundleEntry, expectedScores, type Report, SAMPLES_SCRIPT } from './samples.js';

/** What an edge worker has of WebAssembly: it instantiates modules that came with it, and compiles nothing. */
function edgeWebAssembly(attempts: string[]): object {
  const forbidden = (name: string) => (): never => {
    attempts.push(name);
    throw new WebAssembly.CompileError('Wasm code generation disallowed by embedder');
  };
  return {
    compile: forbidden('compile'),
    compileStreaming: forbidden('compileStreaming'),
    instantiateStreaming: forbidden('instantiateStreaming'),
    validate: WebAssembly.validate,
    Module: class {
      static exports = WebAssembly.Module.exports;
      constructor() {
        forbidden('Module')();
      }
    },
    Memory: WebAssembly.Memory,
    Instance: WebAssembly.Instance,
    instantiate(module: WebAssembly.Module, imports: WebAssembly.Imports) {
      if (module instanceof WebAssembly.Module) return WebAssembly.instantiate(module, imports);
      return forbidden('instantiate')();
    },
  };
}

/** The samples in a realm of JavaScript without anything that is not part of the language, but what edge workers have. */
async function reportOf(ways: LoadOptions[] | undefined, attempts: string[]): Promise<Report> {
  const script = `${await bundleEntry('iife')};${SAMPLES_SCRIPT.replace(/import .* from '.*';/, 'const { compileKernel, loadScorer } = coppice;').replaceAll('export ', '')};report`;
  const context = createContext(
    { WebAssembly: edgeWebAssembly(attempts), TextDecoder },
    { codeGeneration: { strings: false, wasm: false } },
  );
  const report = new Script(script).runInContext(context) as (
    ways: LoadOptions[] | undefined,
  ) => Promise<Report>;
  // arrays of another realm are of another class
  return JSON.parse(JSON.stringify(await report(ways))) as Report;
}

test('a precompiled module scores where nothing may be compiled, as on edge workers, with the same bytes', async () => {
  const attempts: string[] = [];
  // the file that is coppice/kernel.wasm, and the portable kernel: both have all entries
  const complete = await WebAssembly.compile(readFileSync('build/scoreComplete.wasm'));
  const portable = await compileKernel({ portable: true });
  const ways = [{ module: complete }, { module: portable }];
  const { scores, evalIsForbidden } = await reportOf(ways, attempts);
  assert.ok(evalIsForbidden);
  assert.equal(scores, await expectedScores(['simd', 'portable']));
  assert.equal(attempts, []);
});

test('the module of pages has no entries for linear models, which JavaScript scores there', async () => {
  const attempts: string[] = [];
  const module = await compileKernel();
  const { scores } = await reportOf([{ module }], attempts);
  assert.equal(scores, await expectedScores(['simd'], ['javascript']));
});

test('without a module, JavaScript scores there', async () => {
  const attempts: string[] = [];
  const { scores } = await reportOf(undefined, attempts);
  assert.equal(
    scores,
    await expectedScores(['javascript', 'ConfigError', 'ConfigError', 'javascript']),
  );
  assert.ok(attempts.length > 0);
});

test.run();
