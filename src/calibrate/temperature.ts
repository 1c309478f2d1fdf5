import { checkInteger } from '../core/check.js';
import { exp, log, sigmoid, softplus } from '../core/elementary.js';
import { DataError, ShapeError } from '../core/errors.js';
import { type Calibrator, negativeCost, positiveCost, pullIn } from '../model/calibrator.js';
import type { Link } from '../model/forest.js';
import { classProbabilities } from '../model/multiclass.js';

type Temperature = Extract<Calibrator, { kind: 'temperature' }>;

/** Between a hundredth and a hundred: beyond that a model says either nothing or everything. */
const LEAST = 1e-2;
const GREATEST = 1e2;
const MAX_ITERATIONS = 60;
/** relative change of the temperature at which the search ends */
const TOLERANCE = 1e-12;

/**
 * Temperature scaling: the one number that the margins are divided by for the least log loss (Guo et al. 2017). The ranking
 * of the classes of a row does not change. In [0.01, 100]. Newton's method on 1 / T inside a shrinking bracket; for softmax and shares
 * the loss has one minimum in 1 / T. O(rows * outputs) an iteration.
 * @param margins - row-major, `outputCount` a row, finite
 * @param labels - the class of each row, an integer in [0, outputCount)
 * @throws {ShapeError} when the lengths differ. @throws {DataError} on a margin that is not finite or a label out of range.
 */
export function fitTemperature(
  margins: Float64Array,
  labels: ArrayLike<number>,
  outputCount: number,
  link: Link,
): Temperature {
  checkInteger('outputCount', outputCount, 2);
  checkRows(margins, labels, outputCount);
  const scores = link === 'identity' ? logShares(margins, outputCount) : margins;
  return search(scores, labels, outputCount, link === 'logit');
}

/** {@link fitTemperature} of a single margin a row. @param labels - 0 or 1 a row */
export function fitBinaryTemperature(
  margins: Float64Array,
  labels: Uint8Array,
  link: Link,
): Temperature {
  const scores = new Float64Array(2 * margins.length);
  margins.forEach((margin, row) => {
    scores[2 * row] = -negativeCost(link, margin);
    scores[2 * row + 1] = -positiveCost(link, margin);
  });
  return search(scores, labels, 2, false);
}

/** The inverse temperature at which the slope of the loss changes its sign, or the end of the range that it points to. */
function search(
  scores: Float64Array,
  labels: ArrayLike<number>,
  outputCount: number,
  oneVsAll: boolean,
): Temperature {
  let low = 1 / GREATEST;
  let high = 1 / LEAST;
  let scale = 1;
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    const { slope, curvature } = lossDerivatives(scores, labels, outputCount, scale, oneVsAll);
    if (slope > 0) high = scale;
    else if (slope < 0) low = scale;
    else break;
    const newton = scale - slope / curvature;
    const next = curvature > 0 && newton > low && newton < high ? newton : Math.sqrt(low * high);
    if (Math.abs(next - scale) <= TOLERANCE * scale) break;
    scale = next;
  }
  return { kind: 'temperature', temperature: 1 / scale };
}

/**
 * Derivatives of the summed log loss by the inverse temperature s. The log loss of a row is that of a softmax over f(k):
 * s · score for a softmax itself, log sigmoid(s · score) for one-vs-all.
 */
function lossDerivatives(
  scores: Float64Array,
  labels: ArrayLike<number>,
  outputCount: number,
  scale: number,
  oneVsAll: boolean,
): { slope: number; curvature: number } {
  const first = new Float64Array(outputCount);
  const second = new Float64Array(outputCount);
  const share = new Float64Array(outputCount);
  let slope = 0;
  let curvature = 0;
  for (let row = 0; row < labels.length; row++) {
    let greatest = -Infinity;
    for (let k = 0; k < outputCount; k++) {
      const score = scores[row * outputCount + k]!;
      const x = scale * score;
      const rest = oneVsAll ? sigmoid(-x) : 1;
      first[k] = score * rest;
      second[k] = -score * score * rest * (1 - rest);
      share[k] = oneVsAll ? -softplus(-x) : x;
      greatest = Math.max(greatest, share[k]!);
    }
    let sum = 0;
    for (let k = 0; k < outputCount; k++) {
      share[k] = exp(share[k]! - greatest);
      sum += share[k]!;
    }
    let mean = 0;
    for (let k = 0; k < outputCount; k++) mean += (share[k]! / sum) * first[k]!;
    const label = labels[row]!;
    slope += mean - first[label]!;
    curvature -= second[label]!;
    for (let k = 0; k < outputCount; k++) {
      curvature += (share[k]! / sum) * (second[k]! + (first[k]! - mean) ** 2);
    }
  }
  return { slope, curvature };
}

/** The logarithms that a temperature divides, of shares that are clamped and divided by their sum as the link does. */
function logShares(margins: Float64Array, outputCount: number): Float64Array {
  return classProbabilities('identity', margins, outputCount).map((share) =>
    log(pullIn(share, outputCount)),
  );
}

function checkRows(margins: Float64Array, labels: ArrayLike<number>, outputCount: number): void {
  if (margins.length !== labels.length * outputCount) {
    throw new ShapeError(
      `${margins.length} margins, but ${labels.length} labels of ${outputCount} outputs`,
    );
  }
  for (let i = 0; i < margins.length; i++) {
    if (Number.isFinite(margins[i])) continue;
    throw new DataError(
      `row ${Math.floor(i / outputCount)}: expected a finite margin, got ${margins[i]}`,
    );
  }
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row]!;
    if (Number.isInteger(label) && label >= 0 && label < outputCount) continue;
    throw new DataError(`row ${row}: expected a class in [0, ${outputCount - 1}], got ${label}`);
  }
}
