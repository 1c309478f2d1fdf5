import type { Random } from '../core/random.js';
import type { Objective } from './objectives/objective.js';
import { sampleRows } from './sampling.js';
import { selectGreatest } from './selectGreatest.js';
import type { Workspace } from './workspace.js';

/** The rows that the trees of a round are grown on. */
export interface RoundSample {
  /** the rows of the sample first, then all the others; each part ascending unless drawn by gradient */
  order: Uint32Array;
  /** how many are in */
  count: number;
  /** rows of the sample that stand for others too, and what their gradients are multiplied with */
  amplified: Uint32Array;
  factor: number;
}

export interface RowSamplerOptions {
  subsample: number;
  /** gradient-based one-side sampling */
  goss: boolean;
  topRate: number;
  otherRate: number;
  learningRate: number;
}

const NONE = new Uint32Array(0);

/**
 * Makes what draws the rows of each round: all of them, a share without replacement, or GOSS (Ke et al. 2017): the `topRate`
 * of rows with the greatest `Σ |gradient * hessian|` over the outputs, and of the others a draw of `otherRate` of all rows,
 * whose gradients are multiplied by `(1 - topRate) / otherRate`. GOSS begins after `1 / learningRate` rounds, as in LightGBM:
 * before that the gradients say little.
 */
export function createRowSampler(
  workspace: Workspace,
  objective: Objective,
  options: RowSamplerOptions,
  random: Random,
): (round: number) => RoundSample {
  const { rowCount } = workspace;
  const { subsample, goss, learningRate } = options;
  const everyRow = new Uint32Array(rowCount);
  for (let row = 0; row < rowCount; row++) everyRow[row] = row;
  const all: RoundSample = { order: everyRow, count: rowCount, amplified: NONE, factor: 1 };
  if (goss) {
    const warmUp = Math.floor(1 / learningRate);
    return (round) =>
      round < warmUp ? all : drawByGradient(workspace, objective, options, random);
  }
  if (subsample === 1) return () => all;
  const size = Math.max(1, Math.round(rowCount * subsample));
  return () => {
    const { chosen, rest } = sampleRows(rowCount, size, random);
    return { ...all, order: joined([chosen, rest]), count: size };
  };
}

function drawByGradient(
  workspace: Workspace,
  objective: Objective,
  { topRate, otherRate }: RowSamplerOptions,
  random: Random,
): RoundSample {
  const { rowCount, layout, floats } = workspace;
  const size = new Float32Array(rowCount);
  for (let output = 0; output < objective.outputCount; output++) {
    objective.gradientsInto(workspace, output);
    let at = layout.gradients / 4;
    for (let row = 0; row < rowCount; row++, at += 2) {
      size[row]! += Math.abs(floats[at]! * floats[at + 1]!);
    }
  }
  const topCount = Math.max(1, Math.round(rowCount * topRate));
  const otherCount = Math.min(rowCount - topCount, Math.max(1, Math.round(rowCount * otherRate)));
  const { greatest, others } = selectGreatest(size, topCount);
  const { chosen, rest } = sampleRows(others.length, otherCount, random);
  const amplified = chosen.map((i) => others[i]!);
  return {
    order: joined([greatest, amplified, rest.map((i) => others[i]!)]),
    count: topCount + otherCount,
    amplified,
    factor: otherCount > 0 ? (rowCount - topCount) / otherCount : 1,
  };
}

/** Multiplies the gradients and hessians of the rows that stand for others. */
export function amplifyGradients(
  { layout, floats }: Workspace,
  { amplified, factor }: RoundSample,
): void {
  for (const row of amplified) {
    floats[layout.gradients / 4 + 2 * row]! *= factor;
    floats[layout.gradients / 4 + 2 * row + 1]! *= factor;
  }
}

function joined(parts: readonly Uint32Array[]): Uint32Array {
  const out = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
