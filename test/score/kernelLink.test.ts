import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../src/core/random.js';
import type { Calibrator, ClassCalibrator } from '../../src/model/calibrator.js';
import type { Link } from '../../src/model/forest.js';
import type { Model } from '../../src/model/model.js';
import type { QuantizedModel } from '../../src/model/quantized.js';
import { quantizeModel } from '../../src/quantize/index.js';
import * as extra from '../../src/score/extra/index.js';
import { layInterpolation } from '../../src/score/extra/interpolationTable.js';
import { predictRowsInto } from '../../src/score/extra/predictRows.js';
import { ImageWriter } from '../../src/score/imageWriter.js';
import { instantiate } from '../../src/score/kernel.js';
import { createKernelLink } from '../../src/score/kernelLink.js';
import { compileKernel, type KernelKind } from '../../src/score/kernelModule.js';
import { type KernelImage, reserveStage } from '../../src/score/stage.js';
import { sameBytes } from './definition.js';
import { randomForestModel } from './randomModel.js';

const KINDS: KernelKind[] = ['simd', 'portable'];
const SHAPE = { seed: 1, treeCount: 3, maxLeaves: 4, numericCount: 2 };

/** Zeros, numbers so small that nothing is left of them, where exp ends on either side, and where float32 does. */
const SPECIAL = [
  ...[0, 5e-324, 1e-310, 1e-17, 1e-8, 0.25, 0.5, 1 - 2 ** -53, 1, 1 + 2 ** -52, 1.5, 2],
  ...[16.6, 36.7, 37, 88.72283935546875, 88.7228393554688, 103.9, 104, 708.39, 708.4, 709, 709.78],
  ...[709.79, 745, 1e4, 1e300, Infinity],
].flatMap((value) => [value, -value]);

const BINARY: [string, Link, Calibrator][] = [
  ['no calibration', 'logit', { kind: 'none' }],
  ['no calibration of shares', 'identity', { kind: 'none' }],
  ['a sigmoid', 'logit', { kind: 'sigmoid', slope: -1.7, intercept: 0.3 }],
  ['a sigmoid of shares', 'identity', { kind: 'sigmoid', slope: 4, intercept: -2 }],
  ['a temperature', 'logit', { kind: 'temperature', temperature: 0.4 }],
  ['a temperature of shares', 'identity', { kind: 'temperature', temperature: 1.9 }],
  ['beta', 'logit', { kind: 'beta', a: 0.8, b: 1.7, c: -0.4 }],
  ['beta of shares', 'identity', { kind: 'beta', a: 1.3, b: 0.6, c: 0.2 }],
  ['beta without its first term', 'logit', { kind: 'beta', a: 0, b: 1.2, c: 0 }],
  ['beta without its second term', 'logit', { kind: 'beta', a: 2, b: 0, c: 1 }],
  ['beta of a constant', 'identity', { kind: 'beta', a: 0, b: 0, c: 0.7 }],
  ['steep beta', 'logit', { kind: 'beta', a: 1e9, b: 1e9, c: -1e9 }],
  ['one knot', 'logit', { kind: 'isotonic', x: [0.5], y: [0.3] }],
  ['two knots', 'logit', { kind: 'isotonic', x: [-1, 2], y: [0, 1] }],
  ['three knots', 'identity', { kind: 'isotonic', x: [0.1, 0.5, 0.9], y: [0.2, 0.2, 0.7] }],
  ['64 knots', 'logit', knots(64)],
  ['65 knots', 'logit', knots(65)],
  ['knots as far apart as can be', 'logit', { kind: 'isotonic', x: [-1e308, 1e308], y: [0, 1] }],
  ['knots too close for a slope', 'logit', { kind: 'isotonic', x: [0, 5e-324, 1], y: [0, 0.5, 1] }],
  ['a knot at -0', 'logit', { kind: 'isotonic', x: [-0, 1], y: [-0, 1] }],
];

for (const [name, link, calibrator] of BINARY) {
  test(`${name}: the kernels do with any margin what predictRowsInto does`, async () => {
    const model = quantizeModel(randomForestModel({ ...SHAPE, link, calibrator }));
    const own = calibrator.kind === 'isotonic' ? calibrator.x : [];
    await checkLink(model, 1, [...SPECIAL, ...own, ...draws(300)]);
  });
}

test('a regression by log, and one without a link', async () => {
  for (const link of ['log', 'identity'] as const) {
    const model = quantizeModel(randomForestModel({ ...SHAPE, task: 'regression', link }));
    await checkLink(model, 1, [...SPECIAL, ...draws(300)]);
  }
});

for (const link of ['softmax', 'logit', 'identity'] as const) {
  for (const temperature of [undefined, 0.3, 2]) {
    const name = temperature ? `a temperature of ${temperature}` : 'no temperature';
    test(`classes by ${link}, ${name}: as predictRowsInto has them`, async () => {
      for (const classCount of [3, 5, 1024, 1025]) {
        const model = classModel(link, classCount, temperature);
        const finite = [...SPECIAL, ...draws(300)].filter(Number.isFinite);
        const rows = classCount > 5 ? 6 : Math.floor(finite.length / classCount);
        const margins = Array.from({ length: rows * classCount }, (_, i) => {
          return finite[(i * 7) % finite.length]!;
        });
        // rows of nothing but zeros, and of nothing below
        margins.fill(0, 0, classCount);
        margins.fill(-1, classCount, 2 * classCount);
        await checkLink(model, classCount, margins);
      }
    });
  }
}

test('knots that a table cannot do with the same bits have none', () => {
  assert.is(layInterpolation({ kind: 'isotonic', x: [0, 5e-324, 1], y: [0, 0.5, 1] }), undefined);
  assert.is(layInterpolation({ kind: 'isotonic', x: [0, 1], y: [-0, 1] }), undefined);
});

test('a table of knots is as long as it must be', () => {
  for (const [count, steps] of [
    [1, 0],
    [2, 1],
    [3, 2],
    [4, 2],
    [5, 3],
    [1000, 10],
  ] as const) {
    const table = layInterpolation(knots(count))!;
    assert.is(table.steps, steps);
    assert.is(table.values.length, 2 ** steps + 2 * count);
  }
});

/** @param margins - row-major */
async function checkLink(
  model: QuantizedModel,
  outputCount: number,
  margins: number[],
): Promise<void> {
  const rowCount = margins.length / outputCount;
  const expected = new Float32Array(margins.length);
  predictRowsInto(model, Float64Array.from(margins), rowCount, expected, 0);
  for (const kind of KINDS) {
    const writer = new ImageWriter();
    const makeLink = extra.placeExtraLink(model, writer);
    const stage = reserveStage(writer, 1, outputCount, 0);
    const image: KernelImage = { ...stage, plan: 0, memory: writer.finish() };
    assert.ok(rowCount <= image.stagedRows);
    const module = await compileKernel({ portable: kind === 'portable' });
    const kernel = await instantiate({ kind, module }, image.memory, extra.KERNEL_HEX);
    const own = makeLink?.(kernel, image);
    assert.is(own !== undefined, hasExtraLink(model, outputCount));
    const link = own ?? createKernelLink(model, kernel, image, extra);
    const staged = new Float64Array(image.memory.buffer, image.margins);
    for (const [i, margin] of margins.entries()) {
      const row = Math.floor(i / outputCount);
      staged[(i % outputCount) * image.stagedRows + row] = margin;
    }
    link(rowCount);
    const predictions = new Float32Array(image.memory.buffer, image.predictions, margins.length);
    assert.ok(sameBytes(predictions, expected), `${kind}: ${firstDifference()}`);

    function firstDifference(): string {
      const i = expected.findIndex((value, at) => !Object.is(value, predictions[at]));
      return `margin ${margins[i]}: ${predictions[i]}, expected ${expected[i]}`;
    }
  }
}

/** Whether a kernel has an entry of its own for the calibration, beyond those that all models share. */
function hasExtraLink({ calibrator, predictor }: QuantizedModel, outputCount: number): boolean {
  if (predictor.link === 'log') return true;
  if (calibrator.kind === 'isotonic') return layInterpolation(calibrator) !== undefined;
  if (calibrator.kind === 'beta') return true;
  return calibrator.kind === 'temperature' && predictor.link === 'identity' && outputCount <= 1024;
}

function knots(count: number): Extract<Calibrator, { kind: 'isotonic' }> {
  const x = Array.from({ length: count }, (_, i) => -2 + (4 * i) / count + (i % 3) / (9 * count));
  const y = Array.from({ length: count }, (_, i) => Math.floor((i + 1) / 2) / (count + 1));
  return { kind: 'isotonic', x, y };
}

function classModel(link: Link, classCount: number, temperature?: number): QuantizedModel {
  const calibrator: ClassCalibrator = temperature
    ? { kind: 'temperature', temperature }
    : { kind: 'none' };
  const model: Model = randomForestModel({
    ...SHAPE,
    task: 'multiclass',
    link,
    classCount,
    calibrator,
  });
  return quantizeModel(model);
}

function draws(count: number): number[] {
  const random = createRandom(2);
  return Array.from({ length: count }, (_, i) => random.normal() * [0.3, 3, 30][i % 3]!);
}

test.run();
