import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FormatError } from '../../src/core/errors.js';
import { createRandom } from '../../src/core/random.js';
import type { QuantizedForest } from '../../src/model/quantized.js';
import { packSection } from '../../src/quantize/containerWriter.js';
import { packForest } from '../../src/quantize/forestSection.js';
import { decodeBlob } from '../../src/quantize/index.js';
import { loadScorer } from '../../src/score/index.js';
import { concat, framePayload, frameSections, sectionsOf } from './fuzz/blobFrame.js';
import { compileKernels, exerciseBlob } from './fuzz/exerciseBlob.js';
import { seedBlobs } from './fuzz/seedBlobs.js';

const base = seedBlobs().find(({ name }) => name === 'forest, int8')!.bytes;

/** The blob with another body in the place of a section, without the shares, which belong to its nodes. */
function withBody(name: string, body: Uint8Array): Uint8Array {
  const others = sectionsOf(base).filter((section) => ![name, 'shares'].includes(section.name));
  return frameSections([...others, { name, required: true, body }]);
}

/** An array of so many of one byte. */
function manyOf(tag: number, count: number): Uint8Array {
  return concat([
    Uint8Array.of(0xdd, count >>> 24, count >>> 16, count >>> 8, count),
    filled(tag, count),
  ]);
}

function filled(byte: number, count: number): Uint8Array {
  return new Uint8Array(count).fill(byte);
}

/** The blob with one key of its forest changed. */
function withForest(change: Partial<Record<keyof QuantizedForest, unknown>>): Uint8Array {
  const { predictor } = decodeBlob(base);
  const forest = { ...(predictor as QuantizedForest), ...change } as QuantizedForest;
  return withBody('forest', packSection('forest', true, packForest(forest)).body);
}

/** A tree that is a chain of so many nodes. */
function chain(depth: number): Partial<QuantizedForest> {
  const nodes = Array.from({ length: depth }, (_, node) => node);
  // a node and its left leaf, again and again, and the last leaf
  const structure = new Uint8Array(Math.ceil((2 * depth + 1) / 8));
  for (const node of nodes) structure[(2 * node) >> 3]! |= 1 << ((2 * node) & 7);
  return {
    structure,
    roots: Int32Array.of(0),
    left: Int32Array.from(nodes, (node) => ~node),
    right: Int32Array.from(nodes, (node) => (node === depth - 1 ? ~depth : node + 1)),
    column: new Uint16Array(depth),
    test: filled(2, depth),
    leafValue: new Int8Array(depth + 1).fill(-128),
    groupStart: Uint32Array.of(0),
    groupScale: Float32Array.of(1),
    groupOutput: Uint16Array.of(0),
  };
}

const rank = (...thresholds: number[]): object => ({
  kind: 'rank',
  featureIndex: 0,
  missing: 'low',
  thresholds: Float32Array.from(thresholds),
});

const REFUSED: Record<string, [Uint8Array, RegExp]> = {
  // a byte here, and two hundred in memory
  'millions of maps': [withBody('rules', manyOf(0x80, 4_000_000)), /more than 8388608 values/],
  'millions of arrays': [withBody('rules', manyOf(0x90, 4_000_000)), /more than 8388608 values/],
  'some in each of several sections': [
    frameSections(
      ['about', 'schema', 'features', 'rules'].map((name) => ({
        name,
        required: true,
        body: manyOf(0xc0, 2_500_000),
      })),
    ),
    /rules: more than 8388608 values/,
  ],
  'millions of nothing': [withBody('rules', manyOf(0xc0, 9_000_000)), /more than 8388608 values/],
  'millions of sections': [framePayload(manyOf(0x80, 4_000_000)), /more than 8388608 values/],
  'arrays within arrays': [withBody('rules', filled(0x91, 1_000_000)), /nested deeper than 300/],
  'maps within keys': [withBody('rules', filled(0x81, 1_000_000)), /nested deeper than 300/],
  'an array longer than the file': [
    withBody('features', Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff, 0xc0)),
    /1 bytes were expected, 0 are left/,
  ],
  'bytes longer than the file': [
    withBody('features', Uint8Array.of(0xc6, 0xff, 0xff, 0xff, 0xff)),
    /4294967295 bytes were expected, 0 are left/,
  ],
  'a key of a megabyte, twice': [
    framePayload(concat([Uint8Array.of(0x82), longText(), longText(), longText()])),
    /^.{0,400}$/,
  ],
  'a section whose name is a megabyte': [
    framePayload(concat([Uint8Array.of(0x81), longText(), Uint8Array.of(0xc0)])),
    /^blob\.a{64}…: expected .{0,80}$/,
  ],
  'a threshold that is no number': [
    withForest({ columns: [rank(NaN), ...columns()] }),
    /columns\[0\]\.thresholds\[0\]: expected ascending numbers, got NaN/,
  ],
  'thresholds that stand still': [
    withForest({ columns: [rank(0, -0), ...columns()] }),
    /thresholds\[1\]: expected ascending/,
  ],
  'more thresholds than a byte has ranks': [
    withForest({ columns: [rank(...Array(254).keys()), ...columns()] }),
    /thresholds\.length: expected an integer in \[1, 253\], got 254/,
  ],
  'a tree too deep': [withForest(chain(1025)), /deeper than 1024/],
  'an infinite scale': [withForest({ groupScale: groupsOf(Infinity) }), /groupScale\[0\]/],
  'a negative scale': [withForest({ groupScale: groupsOf(-1) }), /groupScale\[0\]/],
  'a scale that is no number': [withForest({ groupScale: groupsOf(NaN) }), /groupScale\[0\]/],
  'a base score that is no number': [
    withForest({ baseScores: Float64Array.of(NaN) }),
    /baseScores/,
  ],
  'two base scores of a binary model': [withForest({ baseScores: new Float64Array(2) }), /output/],
  '65,536 features': [
    withBody('features', manyFeatures(65_536)),
    /features: expected 0 to 65535 items, got 65536/,
  ],
};

for (const [name, [blob, reason]] of Object.entries(REFUSED)) {
  test(`refused: ${name}`, async () => {
    const isRefusal = (error: unknown): boolean =>
      error instanceof FormatError && reason.test(error.message);
    assert.throws(() => decodeBlob(blob), isRefusal);
    // the nodes are read by the kernel
    const refused: unknown = await loadScorer(blob).catch((error: unknown) => error);
    assert.ok(isRefusal(refused), String(refused));
  });
}

/** At the limits, and let pass: the bytes of memory that a kernel may take for each. */
const ACCEPTED: Record<string, [Uint8Array, number]> = {
  'infinite thresholds': [
    withForest({
      ...chain(3),
      columns: [rank(-Infinity, 0, Infinity)],
      test: Uint8Array.of(2, 3, 4),
    }),
    2e6,
  ],
  'the deepest tree': [withForest(chain(1024)), 3e6],
  'extreme margins': [
    withForest({ baseScores: Float64Array.of(Number.MAX_VALUE), groupScale: groupsOf(3.4e38) }),
    2e6,
  ],
  '65,535 features': [withBody('features', manyFeatures(65_535)), 3e8],
  'a thousand columns of close thresholds': [
    withForest({ columns: [...columns(), ...Array(1000).fill(rank(0, 1, 1 + 1 / 1500))] }),
    2e7,
  ],
};

for (const [name, [blob, most]] of Object.entries(ACCEPTED)) {
  test(`safe to score with: ${name}`, async () => {
    const { refusal, kernelBytes } = await exerciseBlob(
      blob,
      createRandom(2),
      await compileKernels(),
    );
    assert.is(refusal, undefined);
    assert.ok(kernelBytes < most, `${kernelBytes} bytes of kernel memory`);
  });
}

function columns(): readonly object[] {
  return (decodeBlob(base).predictor as QuantizedForest).columns;
}

function groupsOf(scale: number): Float32Array {
  return (decodeBlob(base).predictor as QuantizedForest).groupScale.map(() => scale);
}

function manyFeatures(count: number): Uint8Array {
  return packSection('features', true, [
    ...Array.from({ length: 3 }, (_, field) => ['field', 'x', field]),
    ['category', 'c', 3, ['a', 'b', 'c', 'd']],
    ...Array.from({ length: count - 4 }, () => ['field', 'x', 0]),
  ]).body;
}

function longText(): Uint8Array {
  return concat([Uint8Array.of(0xdb, 0, 0x10, 0, 0), filled(0x61, 1 << 20)]);
}

test.run();
