import { log, sigmoid, softplus } from '../core/elementary.js';
import type { Link } from './forest.js';

/**
 * From the margin to a calibrated probability. p is what the link alone makes of the margin.
 *
 * - none: p itself (logistic function, or the margin clamped to [0, 1]).
 * - temperature: `sigmoid(logit(p) / temperature)` (Guo et al. 2017); of several margins see `classProbabilities`.
 * - sigmoid: `sigmoid(slope * margin + intercept)` (Platt 1999).
 * - beta: `sigmoid(a log p - b log(1 - p) + c)`, a and b >= 0 (Kull, Silva Filho, Flach 2017).
 * - isotonic: piecewise linear through the knots `(x, y)`, flat outside; `x` strictly ascending, `y` non-decreasing.
 *
 * The logarithms of a log-odds margin are those of the margin, so no p rounds to 0 or 1 on the way. A margin that is a
 * share may be 0 or 1 exactly: it is pulled in first, by {@link pullIn}.
 */
export type Calibrator =
  | { kind: 'none' }
  | { kind: 'temperature'; temperature: number }
  | { kind: 'sigmoid'; slope: number; intercept: number }
  | { kind: 'beta'; a: number; b: number; c: number }
  | { kind: 'isotonic'; x: number[]; y: number[] };

/** What the margins of several classes may have. */
export type ClassCalibrator = Extract<Calibrator, { kind: 'none' | 'temperature' }>;

export type CalibratorKind = Calibrator['kind'];

/** Simplest first: of equal scores the earlier wins. */
export const CALIBRATOR_KINDS: readonly CalibratorKind[] = Object.freeze([
  'none',
  'temperature',
  'sigmoid',
  'beta',
  'isotonic',
]);

/**
 * How far a share is kept off 0 and 1 before its logarithm is taken. A forest's share of 0 comes from a sample, and closer
 * to 0 the logarithm would blow the rounding of a sum up.
 */
export const SHARE_MARGIN: number = 2 ** -10;

/** The probability of the positive class, in float64. */
export function calibrate(calibrator: Calibrator, link: Link, margin: number): number {
  const line = sigmoidLine(calibrator, link);
  if (line) return sigmoid(line.slope * margin + line.intercept);
  if (calibrator.kind === 'isotonic') return interpolate(calibrator.x, calibrator.y, margin);
  if (calibrator.kind === 'beta') {
    const { a, b, c } = calibrator;
    // a term that is dropped stays out: 0 * Infinity would be NaN
    const up = b === 0 ? 0 : b * negativeCost(link, margin);
    const down = a === 0 ? 0 : a * positiveCost(link, margin);
    return sigmoid(up - down + c);
  }
  if (calibrator.kind !== 'temperature') return clamp(margin);
  const logOdds = negativeCost(link, margin) - positiveCost(link, margin);
  return sigmoid((1 / calibrator.temperature) * logOdds);
}

/** The calibrator as `sigmoid(slope * margin + intercept)`, bit for bit, where it has that form; engines have a kernel for it. */
export function sigmoidLine(
  calibrator: Calibrator,
  link: Link,
): { slope: number; intercept: number } | undefined {
  if (calibrator.kind === 'sigmoid') return calibrator;
  if (link !== 'logit') return undefined;
  if (calibrator.kind === 'none') return { slope: 1, intercept: 0 };
  if (calibrator.kind === 'temperature') return { slope: 1 / calibrator.temperature, intercept: 0 };
  return undefined;
}

/** -log p of the link's p, finite for a finite margin. */
export function positiveCost(link: Link, margin: number): number {
  return link === 'logit' ? softplus(-margin) : -log(pullIn(clamp(margin), 2));
}

/** -log(1 - p) of the link's p, finite for a finite margin. */
export function negativeCost(link: Link, margin: number): number {
  return link === 'logit' ? softplus(margin) : -log(1 - pullIn(clamp(margin), 2));
}

/** A share of one of `classCount` classes in [0, 1], moved off 0 and 1 by a strictly rising line; shares still add up to 1. */
export function pullIn(share: number, classCount: number): number {
  return share * (1 - classCount * SHARE_MARGIN) + SHARE_MARGIN;
}

/**
 * How much faster, at the most, a calibrator moves what the link turns into a probability: by how much a rounding of the
 * margin may grow. Infinity where there is no useful bound.
 */
export function steepnessOf(calibrator: Calibrator, link: Link): number {
  switch (calibrator.kind) {
    case 'none':
      return 1;
    case 'sigmoid':
      return Math.abs(calibrator.slope);
    case 'temperature':
      return link === 'logit' ? 1 / calibrator.temperature : Infinity;
    case 'beta':
      // a sigmoid(-m) + b sigmoid(m)
      return link === 'logit' ? Math.max(calibrator.a, calibrator.b) : Infinity;
    case 'isotonic':
      return Infinity;
  }
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}

function interpolate(x: readonly number[], y: readonly number[], at: number): number {
  const last = x.length - 1;
  if (!(at > x[0]!)) return y[0]!;
  if (at >= x[last]!) return y[last]!;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle]! <= at) low = middle;
    else high = middle;
  }
  const slope = (y[high]! - y[low]!) / (x[high]! - x[low]!);
  return y[low]! + slope * (at - x[low]!);
}
