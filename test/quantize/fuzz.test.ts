import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FormatError } from '../../src/core/errors.js';
import { createRandom } from '../../src/core/random.js';
import type { Model } from '../../src/model/model.js';
import { HEADER_BYTES } from '../../src/quantize/container.js';
import { crc32 } from '../../src/quantize/crc32.js';
import { decodeBlob, encodeBlob } from '../../src/quantize/index.js';
import { loadScorer } from '../../src/score/index.js';
import { randomForestModel, randomLinearModel } from '../score/randomModel.js';
import { costThreshold, pipelineModel } from './pipelineModel.js';

const MUTATIONS = 7000;
/** every so many survivors are scored */
const SCORED = 40;

const MODELS: Record<string, Model> = {
  forest: randomForestModel({
    seed: 21,
    treeCount: 6,
    maxLeaves: 8,
    numericCount: 3,
    levelCounts: [4],
    calibrator: { kind: 'isotonic', x: [0, 1], y: [0.2, 0.8] },
  }),
  linear: randomLinearModel(22, 3, [4]),
  pipeline: pipelineModel(),
  classes: randomForestModel({
    seed: 23,
    task: 'multiclass',
    link: 'softmax',
    classCount: 4,
    treeCount: 9,
    maxLeaves: 6,
    numericCount: 3,
    levelCounts: [4],
  }),
  regression: randomForestModel({
    seed: 24,
    task: 'regression',
    link: 'log',
    treeCount: 5,
    maxLeaves: 6,
    numericCount: 2,
  }),
  multinomial: randomLinearModel(25, 3, [4], 3),
  beta: {
    ...pipelineModel(),
    calibrator: { kind: 'beta', a: 0.8, b: 1.2, c: -0.1 },
    threshold: costThreshold(),
  },
  temperature: { ...pipelineModel(), calibrator: { kind: 'temperature', temperature: 1.5 } },
};

for (const [name, model] of Object.entries(MODELS)) {
  test(`${name}: a mutated blob is refused with a FormatError or safe to score`, async () => {
    const random = createRandom(name.length);
    const blob = encodeBlob(model, { leafBits: name === 'forest' ? 16 : 8 });
    const survivors: Uint8Array[] = [];
    for (let i = 0; i < MUTATIONS; i++) {
      const mutated = mutate(blob, random);
      try {
        decodeBlob(mutated);
        if (i % SCORED === 0) survivors.push(mutated);
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
      }
    }
    assert.ok(survivors.length > 0);
    for (const survivor of survivors) {
      const scorer = await loadScorer(survivor);
      const width = scorer.features.length;
      const javascript = await loadScorer(survivor, { kernel: 'javascript' });
      const matrix = hostileRows(30 * width);
      if (width === 0) continue;
      const out = scorer.predict(matrix);
      assert.is(out.length, 30 * scorer.outputCount);
      assert.equal(bitsOf(javascript.predict(matrix)), bitsOf(out));
      if (scorer.task !== 'regression') assert.is(scorer.labels(out).length, 30);
    }
  });
}

test('a truncated blob is refused at every length', () => {
  const blob = encodeBlob(MODELS.forest!);
  for (let length = 0; length < blob.length; length++) {
    assert.throws(
      () => decodeBlob(withChecksum(blob.slice(0, length))),
      (error: unknown) => error instanceof FormatError,
    );
  }
});

/** Numbers and codes of all sizes, whatever the features are by now. */
function hostileRows(length: number): Float32Array {
  const random = createRandom(length);
  const special = [NaN, Infinity, -Infinity, -1, 0, 1, 2, 3.5, 1e9, -3e38, 2 ** 32];
  return Float32Array.from({ length }, () =>
    random.uniform() < 0.5 ? special[random.integer(special.length)]! : random.normal(),
  );
}

/** Bits, as NaN may be what a mutated calibrator gives. */
function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer);
}

/** One to three bytes changed, a piece cut out or doubled; the checksum is right again, so that the inner checks are reached. */
function mutate(blob: Uint8Array, random: ReturnType<typeof createRandom>): Uint8Array {
  const at = HEADER_BYTES + random.integer(blob.length - HEADER_BYTES);
  const kind = random.integer(8);
  if (kind === 0) {
    const end = Math.min(blob.length, at + 1 + random.integer(8));
    return withChecksum(Uint8Array.from([...blob.subarray(0, at), ...blob.subarray(end)]));
  }
  if (kind === 1) {
    const end = Math.min(blob.length, at + 1 + random.integer(8));
    return withChecksum(Uint8Array.from([...blob.subarray(0, end), ...blob.subarray(at)]));
  }
  const copy = blob.slice();
  for (let count = 1 + random.integer(3); count > 0; count--) {
    const place = HEADER_BYTES + random.integer(blob.length - HEADER_BYTES);
    const bit = 1 << random.integer(8);
    copy[place] = random.integer(2) === 0 ? copy[place]! ^ bit : random.integer(256);
  }
  return withChecksum(copy);
}

function withChecksum(blob: Uint8Array): Uint8Array {
  if (blob.length < HEADER_BYTES) return blob;
  const view = new DataView(blob.buffer, blob.byteOffset);
  view.setUint32(8, blob.length - HEADER_BYTES, true);
  view.setUint32(12, crc32(blob.subarray(HEADER_BYTES)), true);
  return blob;
}

test.run();
