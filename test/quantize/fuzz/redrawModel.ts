import type { Random } from '../../../src/core/random.js';
import type { Calibrator } from '../../../src/model/calibrator.js';
import type { Feature } from '../../../src/model/feature.js';
import type {
  ByteColumn,
  QuantizedForest,
  QuantizedLinear,
  QuantizedModel,
} from '../../../src/model/quantized.js';
import type { Section } from '../../../src/quantize/container.js';
import { packSection } from '../../../src/quantize/containerWriter.js';
import { packForest } from '../../../src/quantize/forestSection.js';
import { packLinear } from '../../../src/quantize/linearSection.js';
import { packCalibrator } from '../../../src/quantize/pipelineSection.js';

const F32_MAX = 3.4028234663852886e38;
/** Thresholds and scales that a reader has to let pass, and that arithmetic does not like. */
const EDGES = [-Infinity, -F32_MAX, -1, -1e-45, 0, 1e-45, 1.1754943508222875e-38, 1, 2 ** 24, 1e30];
const FACTORS = [0, 1e-45, 1e-20, 0.01, 1, 1e10, F32_MAX];
const SIZES = [0, -0, 5e-324, 1e-10, 1, -1, 1e10, 1e300, -1e300, Number.MAX_VALUE];

/**
 * The sections of a predictor and a calibrator that keep every rule of the format and look like nothing that a trainer makes: what
 * readers must let pass, and engines must agree on.
 */
export function redrawModel(model: QuantizedModel, random: Random): Section[] {
  const { predictor, features } = model;
  const drawn =
    predictor.kind === 'forest'
      ? packSection('forest', true, packForest(redrawForest(predictor, features, random)))
      : packSection('linear', true, packLinear(redrawLinear(predictor, random)));
  const calibrator = redrawCalibrator(model, random);
  return [drawn, packSection('calibrator', true, packCalibrator(calibrator))];
}

function pick<T>(items: readonly T[], random: Random): T {
  return items[random.integer(items.length)]!;
}

function redrawForest(
  { link, baseScores }: QuantizedForest,
  features: readonly Feature[],
  random: Random,
): QuantizedForest {
  const outputCount = baseScores.length;
  const columns =
    features.length === 0
      ? []
      : Array.from({ length: 1 + random.integer(12) }, () => redrawColumn(features, random));
  const treeCount = columns.length === 0 ? 1 : random.integer(12);
  const trees = redrawTrees(treeCount, columns, random);
  const { leafCount, column } = trees;
  const leafBits = pick([8, 16] as const, random);
  const leaves = Array.from({ length: leafCount }, () =>
    pick([-32768, -128, -1, 0, 1, 127, 255, 256, 32767, random.integer(65536)], random),
  );
  return {
    kind: 'forest',
    link,
    leafBits,
    baseScores: baseScores.map(() => pick(SIZES, random)),
    columns,
    ...trees,
    column: Uint16Array.from(column),
    leafValue: leafBits === 8 ? Int8Array.from(leaves) : Int16Array.from(leaves),
    ...redrawGroups(treeCount, outputCount, random),
  };
}

type Nodes = Pick<QuantizedForest, 'structure' | 'roots' | 'left' | 'right' | 'test'>;

/** Bushes, chains to either side, symmetric trees, single leaves; now and then as deep as the format allows, or wide. */
function redrawTrees(
  treeCount: number,
  columns: readonly ByteColumn[],
  random: Random,
): Nodes & { leafCount: number; column: number[] } {
  const left: number[] = [];
  const right: number[] = [];
  const column: number[] = [];
  const test: number[] = [];
  // in the order in which nodes and leaves are made, which is pre-order
  const bits: number[] = [];
  let leafCount = 0;

  function drawTest(): [number, number] {
    const index = random.integer(columns.length);
    return [index, redrawTest(columns[index]!, random)];
  }

  function addLeaf(): number {
    bits.push(0);
    return ~leafCount++;
  }

  function addNode([index, byte]: [number, number]): number {
    bits.push(1);
    right.push(0);
    column.push(index);
    test.push(byte);
    return left.push(0) - 1;
  }

  function grow(leaves: number, leavesToLeft: (leaves: number) => number): number {
    if (leaves === 1) return addLeaf();
    const node = addNode(drawTest());
    const toLeft = leavesToLeft(leaves);
    left[node] = grow(toLeft, leavesToLeft);
    right[node] = grow(leaves - toLeft, leavesToLeft);
    return node;
  }

  function growLevels(tests: readonly [number, number][]): number {
    const [own, ...below] = tests;
    if (!own) return addLeaf();
    const node = addNode(own);
    left[node] = growLevels(below);
    right[node] = growLevels(below);
    return node;
  }

  const bush = (leaves: number): number => 1 + random.integer(leaves - 1);
  const shapes = [bush, () => 1, (leaves: number) => leaves - 1];
  const roots = Array.from({ length: treeCount }, () => {
    if (columns.length === 0) return addLeaf();
    const choice = random.integer(300);
    if (choice === 0) return grow(1025, pick(shapes.slice(1), random));
    if (choice < 4) return grow(100 + random.integer(400), bush);
    if (choice < 100) return growLevels(Array.from({ length: random.integer(8) }, drawTest));
    return grow(1 + random.integer(choice < 200 ? 20 : 50), pick(shapes, random));
  });
  const structure = new Uint8Array(Math.ceil(bits.length / 8));
  bits.forEach((bit, at) => {
    structure[at >> 3]! |= bit << (at & 7);
  });
  return {
    structure,
    roots: Int32Array.from(roots),
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    test: Uint8Array.from(test),
    leafCount,
    column,
  };
}

function redrawColumn(features: readonly Feature[], random: Random): ByteColumn {
  const featureIndex = random.integer(features.length);
  const feature = features[featureIndex]!;
  if (feature.kind === 'category' && random.integer(4) > 0) {
    const table = Uint8Array.from({ length: feature.levels.length + 2 }, () => random.integer(128));
    return { kind: 'sets', featureIndex, table };
  }
  const missing = pick(['low', 'high'] as const, random);
  return { kind: 'rank', featureIndex, missing, thresholds: redrawThresholds(random) };
}

/** Some at the ends of float32, some neighbours of each other, some spread evenly. */
function redrawThresholds(random: Random): Float32Array {
  const drawn = new Set(EDGES.filter(() => random.integer(4) === 0));
  const width = pick([1e-40, 1e-3, 1, 1e20], random);
  for (let count = random.integer(random.integer(8) === 0 ? 250 : 12); count > 0; count--) {
    drawn.add(Math.fround(random.normal() * width));
  }
  drawn.delete(NaN);
  if (drawn.size === 0 || random.integer(8) === 0) drawn.add(Infinity);
  return Float32Array.from(drawn)
    .sort()
    .filter((value, index, all) => index === 0 || value > all[index - 1]!)
    .subarray(0, 253);
}

function redrawTest(column: ByteColumn, random: Random): number {
  if (column.kind === 'sets') return 1 << random.integer(7);
  return 2 + random.integer(column.thresholds.length);
}

function redrawGroups(
  treeCount: number,
  outputCount: number,
  random: Random,
): Pick<QuantizedForest, 'groupStart' | 'groupScale' | 'groupOutput'> {
  const groupStart = Array.from({ length: treeCount }, (_, tree) => tree).filter(
    (tree) => tree === 0 || random.integer(3) === 0,
  );
  const outputs = groupStart.map(() => random.integer(outputCount)).sort((a, b) => a - b);
  return {
    groupStart: Uint32Array.from(groupStart),
    groupScale: Float32Array.from(groupStart, () => pick(FACTORS, random)),
    groupOutput: Uint16Array.from(outputs),
  };
}

function redrawLinear({ link, sums }: QuantizedLinear, random: Random): QuantizedLinear {
  const numbers = sums[0]!.numeric.map((input) => {
    const [lower, upper] = [pick(SIZES, random), pick([...SIZES, Infinity], random)].sort(
      (a, b) => a - b,
    ) as [number, number];
    return { ...input, fill: pick(SIZES, random), lower, upper, center: pick(SIZES, random) };
  });
  return {
    kind: 'linear',
    link,
    sums: sums.map((sum) => ({
      intercept: pick(SIZES, random),
      scale: pick(FACTORS, random),
      numeric: numbers.map((input) => ({
        ...input,
        inverseStep: pick([5e-324, 1e-10, 1, 1e300, Number.MAX_VALUE], random),
        weight: random.integer(255) - 127,
      })),
      categorical: sum.categorical.map((input) => ({
        ...input,
        values: input.values.map(() => random.integer(65536)),
        weight: random.integer(255) - 127,
      })),
    })),
  };
}

function redrawCalibrator({ task, calibrator }: QuantizedModel, random: Random): Calibrator {
  if (task === 'regression' || random.integer(3) === 0) return calibrator;
  const temperature: Calibrator = {
    kind: 'temperature',
    temperature: pick([1e-9, 0.5, 1, 1e9], random),
  };
  if (task === 'multiclass') return pick([{ kind: 'none' }, temperature] as const, random);
  const knots = new Set(Array.from({ length: 1 + random.integer(9) }, () => random.normal()));
  if (random.integer(2) === 0) knots.add(1e300).add(-Number.MAX_VALUE);
  const x = [...knots].sort((a, b) => a - b);
  return pick(
    [
      { kind: 'none' },
      temperature,
      { kind: 'sigmoid', slope: pick(SIZES, random), intercept: pick(SIZES, random) },
      {
        kind: 'beta',
        a: pick([0, 1e-9, 1, 1e9], random),
        b: pick([0, 1, 1e9], random),
        c: pick(SIZES, random),
      },
      { kind: 'isotonic', x, y: x.map(() => random.uniform()).sort((a, b) => a - b) },
    ] as const,
    random,
  );
}
