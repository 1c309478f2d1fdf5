import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError } from '../../src/core/errors.js';
import { encodeBlob } from '../../src/quantize/index.js';
import { compileKernel, type LoadOptions, loadScorer } from '../../src/score/index.js';
import { adversarialMatrix, randomForestModel, randomLinearModel } from './randomModel.js';

const SHAPE = { seed: 31, treeCount: 20, maxLeaves: 12, numericCount: 4, levelCounts: [6] };
const MODELS = {
  forest: randomForestModel(SHAPE),
  linear: randomLinearModel(32, 5, [4]),
  beta: randomForestModel({ ...SHAPE, calibrator: { kind: 'beta', a: 0.9, b: 1.1, c: 0.2 } }),
};
const BLOBS = {
  forest: encodeBlob(MODELS.forest),
  linear: encodeBlob(MODELS.linear),
  beta: encodeBlob(MODELS.beta),
};
const matrix = adversarialMatrix(MODELS.forest, 300, 33);
const isConfigError = (pattern: RegExp) => (error: unknown) =>
  error instanceof ConfigError && pattern.test(error.message);

test('auto is SIMD here, and every kernel can be asked for', async () => {
  for (const blob of Object.values(BLOBS)) {
    assert.is((await loadScorer(blob)).kernel, 'simd');
    for (const kernel of ['simd', 'portable', 'javascript'] as const) {
      assert.is((await loadScorer(blob, { kernel })).kernel, kernel);
    }
  }
});

test('a precompiled module of either kernel is recognised', async () => {
  const expected = (await loadScorer(BLOBS.forest, { kernel: 'javascript' })).predict(matrix);
  const modules = {
    simd: await compileKernel(),
    portable: await compileKernel({ portable: true }),
  };
  for (const kind of ['simd', 'portable'] as const) {
    const module = modules[kind];
    for (const options of [{ module }, { module, kernel: kind }]) {
      const scorer = await loadScorer(BLOBS.forest, options);
      assert.is(scorer.kernel, kind);
      assert.equal(scorer.predict(matrix), expected);
    }
    const scorer = await loadScorer(BLOBS.forest, { module, kernel: 'javascript' });
    assert.is(scorer.kernel, 'javascript');
  }
  await fails({ module: modules.simd, kernel: 'portable' }, /"portable".*the simd kernel/);
  await fails({ module: modules.portable, kernel: 'simd' }, /"simd".*the portable kernel/);
});

test('a module that is no kernel is refused', async () => {
  const empty = await WebAssembly.compile(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  await fails({ module: empty }, /"module" expected a kernel/);
});

test('a kernel that there is not is an option error', async () => {
  await fails({ kernel: 'wasm' as 'simd' }, /"kernel" expected/);
});

test('where nothing may be compiled, a module does what it can and JavaScript the rest', async () => {
  const modules = {
    simd: await compileKernel(),
    portable: await compileKernel({ portable: true }),
  };
  const linear = adversarialMatrix(MODELS.linear, 300, 34);
  const expected = {
    linear: (await loadScorer(BLOBS.linear, { kernel: 'javascript' })).predict(linear),
    beta: (await loadScorer(BLOBS.beta, { kernel: 'javascript' })).predict(matrix),
  };
  await withoutCompiling(async () => {
    for (const kind of ['simd', 'portable'] as const) {
      const module = modules[kind];
      const beta = await loadScorer(BLOBS.beta, { module });
      assert.is(beta.kernel, kind);
      assert.equal(beta.predict(matrix), expected.beta);
      // many single rows, for which the masks are not to be had here
      for (let row = 0; row < 1100; row++) {
        const at = 5 * (row % 300);
        assert.is(beta.predictRow(matrix.subarray(at, at + 5)), expected.beta[row % 300]);
      }
      const scorer = await loadScorer(BLOBS.linear, { module });
      // the entries for linear models come in a module of their own with SIMD
      assert.is(scorer.kernel, kind === 'simd' ? 'javascript' : 'portable');
      assert.equal(scorer.predict(linear), expected.linear);
    }
    assert.is((await loadScorer(BLOBS.forest)).kernel, 'javascript');
    await fails({ kernel: 'simd' }, /"simd".*not to be had/);
    await fails({ kernel: 'portable' }, /"portable".*not to be had/);
  });
});

test('where a kernel may compile in the background only, it does', async () => {
  const expected = (await loadScorer(BLOBS.linear)).predict(matrix.subarray(0, 60));
  const { Module, Instance } = WebAssembly;
  const refused = function refused(): never {
    throw new RangeError('disallowed on the main thread');
  };
  const modules = Object.assign(refused, { exports: Module.exports });
  Object.assign(WebAssembly, { Module: modules, Instance: refused });
  try {
    for (const kernel of ['simd', 'portable'] as const) {
      const scorer = await loadScorer(BLOBS.linear, { kernel });
      assert.is(scorer.kernel, kernel);
      assert.equal(scorer.predict(matrix.subarray(0, 60)), expected);
    }
  } finally {
    Object.assign(WebAssembly, { Module, Instance });
  }
});

test('the kernel has the same bytes whoever reads its digits', async () => {
  const { Module } = WebAssembly;
  const seen: Uint8Array[] = [];
  class Seeing extends Module {
    constructor(bytes: Uint8Array<ArrayBuffer>) {
      super(bytes);
      seen.push(bytes.slice());
    }
  }
  const native = Buffer.from.bind(Buffer);
  const fromHex = (hex: string): Uint8Array => Uint8Array.from(native(hex, 'hex'));
  const readers = [
    { fromHex: undefined, Buffer },
    { fromHex: undefined, Buffer: undefined },
    { fromHex, Buffer: undefined },
  ];
  const before = { fromHex: Reflect.get(Uint8Array, 'fromHex'), Buffer };
  const use = (reader: { fromHex: unknown; Buffer: unknown }): void => {
    Object.assign(Uint8Array, { fromHex: reader.fromHex });
    Object.assign(globalThis, { Buffer: reader.Buffer });
  };
  Object.assign(WebAssembly, { Module: Seeing });
  try {
    for (const reader of readers) {
      use(reader);
      await compileKernel();
      await compileKernel({ portable: true });
    }
  } finally {
    use(before);
    Object.assign(WebAssembly, { Module });
  }
  assert.is(seen.length, 2 * readers.length);
  seen.forEach((bytes, index) => {
    assert.is(Buffer.compare(bytes, seen[index % 2]!), 0);
  });
});

test('without WebAssembly, auto is JavaScript', async () => {
  const { WebAssembly: saved } = globalThis;
  Reflect.deleteProperty(globalThis, 'WebAssembly');
  try {
    for (const blob of Object.values(BLOBS)) {
      assert.is((await loadScorer(blob)).kernel, 'javascript');
    }
    await fails({ kernel: 'portable' }, /not to be had/);
  } finally {
    Object.defineProperty(globalThis, 'WebAssembly', {
      value: saved,
      writable: true,
      configurable: true,
    });
  }
});

test('in an engine without SIMD, auto is the portable kernel, with the same bytes', async () => {
  const script = `
    import { loadScorer } from './src/score/index.js';
    import { encodeBlob } from './src/quantize/index.js';
    import { adversarialMatrix, randomForestModel } from './test/score/randomModel.js';
    const model = randomForestModel(${JSON.stringify(SHAPE)});
    const blob = encodeBlob(model);
    const scorer = await loadScorer(blob);
    const out = scorer.predict(adversarialMatrix(model, 300, 33));
    const error = await loadScorer(blob, { kernel: 'simd' }).catch((error) => error.message);
    console.log(JSON.stringify({ kernel: scorer.kernel, out: [...out], error }));
  `;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--no-enable-sse4-1', '--import', 'tsx', '--input-type=module', '-e', script],
    { encoding: 'utf8' },
  );
  assert.is(stderr, '');
  const { kernel, out, error } = JSON.parse(stdout);
  if (kernel === 'simd') {
    console.log('skipped: this processor has SIMD that cannot be switched off');
    return;
  }
  assert.is(kernel, 'portable');
  assert.match(error, /"simd", which is not to be had/);
  assert.equal(out, [...(await loadScorer(BLOBS.forest)).predict(matrix)]);
});

async function fails(options: LoadOptions, pattern: RegExp): Promise<void> {
  const error = await loadScorer(BLOBS.forest, options).then(
    () => undefined,
    (reason) => reason,
  );
  assert.ok(isConfigError(pattern)(error), String(error));
}

async function withoutCompiling(run: () => Promise<void>): Promise<void> {
  const { compile, Module } = WebAssembly;
  const forbidden = (): never => {
    throw new Error('compiling is forbidden here');
  };
  // the way from a module to its entries stays
  const modules = Object.assign(forbidden, { exports: Module.exports });
  Object.assign(WebAssembly, { compile: forbidden, Module: modules });
  try {
    await run();
  } finally {
    Object.assign(WebAssembly, { compile, Module });
  }
}

test.run();
