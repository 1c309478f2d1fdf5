import { createContext, Script } from 'node:vm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compileKernel } from '../../../src/score/index.js';
import {
  bundleEntry,
  expectedScores,
  MODEL_COUNT,
  type Report,
  SAMPLES_SCRIPT,
} from './samples.js';

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
    validate: forbidden('validate'),
    Module: class {
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
async function reportOf(
  module: WebAssembly.Module | undefined,
  attempts: string[],
): Promise<Report> {
  const script = `${await bundleEntry('iife')};${SAMPLES_SCRIPT.replace(/import .* from '.*';/, 'const { compileKernel, loadScorer } = coppice;').replaceAll('export ', '')};report`;
  const context = createContext(
    { WebAssembly: edgeWebAssembly(attempts), TextDecoder },
    { codeGeneration: { strings: false, wasm: false } },
  );
  const report = new Script(script).runInContext(context) as (
    module: WebAssembly.Module | undefined,
  ) => Promise<Report>;
  // arrays of another realm are of another class
  return JSON.parse(JSON.stringify(await report(module))) as Report;
}

test('a precompiled module scores where nothing may be compiled, as on edge workers, with the same bytes', async () => {
  const attempts: string[] = [];
  const { scores, evalIsForbidden } = await reportOf(await compileKernel(), attempts);
  assert.ok(evalIsForbidden);
  assert.equal(scores, await expectedScores(['javascript', 'ConfigError', 'javascript', 'simd']));
  // by the two ways to load that were to find a kernel themselves; with the module there is nothing to compile
  assert.equal(attempts, Array(2 * MODEL_COUNT).fill('compile'));
});

test('without a module, JavaScript scores there', async () => {
  const { scores } = await reportOf(undefined, []);
  assert.equal(scores, await expectedScores(['javascript', 'ConfigError', 'javascript']));
});

test.run();
