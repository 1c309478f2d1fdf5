import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FormatError } from '../../src/core/errors.js';
import { createRandom } from '../../src/core/random.js';
import { decodeBlob } from '../../src/quantize/index.js';
import { loadScorer } from '../../src/score/index.js';
import { framePayload } from './fuzz/blobFrame.js';
import { compileKernels, exerciseBlob } from './fuzz/exerciseBlob.js';
import { watchMemories } from './fuzz/memoryCanary.js';
import { mutateBlob } from './fuzz/mutateBlob.js';
import { seedBlobs } from './fuzz/seedBlobs.js';

/** `npm run fuzz` does the same a million times. */
const BLOBS = 4000;

const seeds = seedBlobs();

test('a mutated blob is refused with a FormatError, or every engine scores with it, in the same bits', async () => {
  const kernels = await compileKernels();
  const random = createRandom(7);
  const accepted = new Map<string, number>();
  let refused = 0;
  for (let i = 0; i < BLOBS; i++) {
    const { bytes, strategy, seed } = mutateBlob(seeds, random);
    try {
      const { refusal } = await exerciseBlob(bytes, random, kernels);
      if (refusal === undefined) accepted.set(strategy, (accepted.get(strategy) ?? 0) + 1);
      else refused++;
    } catch (error) {
      throw new Error(`blob ${i}, ${strategy} of ${seed}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
  // the strategies do what they are for: most get past the frame, some past every check, and a redrawn model always
  assert.ok(refused > BLOBS / 4 && accepted.get('tree')! > 100 && accepted.get('redraw')! > 300);
});

test('every seed is scored with', async () => {
  const kernels = await compileKernels();
  for (const { name, bytes } of seeds) {
    const { refusal, kernelBytes } = await exerciseBlob(bytes, createRandom(1), kernels);
    assert.is(refusal, undefined, name);
    assert.ok(kernelBytes > 0, name);
  }
});

test('the canary sees a table written to, and lets buffers be written', async () => {
  const memories: WebAssembly.Memory[] = [];
  const { canary } = await watchMemories(async () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    new Uint8Array(memory.buffer)[4096] = 1;
    memories.push(memory);
  });
  const bytes = new Uint8Array(memories[0]!.buffer);
  bytes[8192] = 7;
  canary.check();
  for (const at of [4096, 4111, 100]) {
    bytes[at] = 9;
    assert.throws(() => canary.check(), /wrote to a table/);
    bytes[at] = at === 4096 ? 1 : 0;
    canary.check();
  }
});

test('a truncated blob is refused at every length', async () => {
  const { bytes } = seeds.find(({ name }) => name === 'forest, int16')!;
  for (let length = 0; length < bytes.length; length++) {
    const cut = bytes.slice(0, length);
    for (const blob of length < 16 ? [cut] : [cut, framePayload(cut.subarray(16))]) {
      assert.throws(
        () => decodeBlob(blob),
        (error: unknown) => error instanceof FormatError,
      );
      if (length % 40 !== 0) continue;
      const error = await loadScorer(blob).catch((thrown: unknown) => thrown);
      assert.instance(error, FormatError);
    }
  }
});

test.run();
