import { sigmoid, softplus } from '../core/elementary.js';
import { type Calibrator, negativeCost, positiveCost } from '../model/calibrator.js';
import type { Link } from '../model/forest.js';

const MAX_ITERATIONS = 100;
/** mean gradient at which the search ends */
const TOLERANCE = 1e-10;

/**
 * Weight of the pull towards no calibration, a = b = 1 and c = 0, against the summed log loss: a thousandth of a row. It
 * moves a coefficient by less than its standard error by orders, and keeps separable margins from infinite ones.
 */
const RIDGE = 1e-3;

/** A linear combination of columns that is a log-odds. */
interface Terms {
  /** each one value a row */
  columns: Float64Array[];
  /** the coefficient of each where nothing is calibrated */
  neutral: number[];
}

/**
 * Beta calibration: `sigmoid(a log p - b log(1 - p) + c)` of least log loss, the likelihood ratio of two beta distributions
 * (Kull, Silva Filho, Flach 2017). A logistic regression on the two logarithms; when a or b turns out negative, its term
 * is dropped and the rest fitted again, as in the paper, so that the curve never falls. Newton's method with
 * backtracking. O(rows) an iteration.
 * @param margins - one a row, finite
 * @param labels - 0 or 1 a row
 */
export function fitBeta(
  margins: Float64Array,
  labels: Uint8Array,
  link: Link,
): Extract<Calibrator, { kind: 'beta' }> {
  const up = margins.map((margin) => negativeCost(link, margin));
  const down = margins.map((margin) => -positiveCost(link, margin));
  const one = new Float64Array(margins.length).fill(1);
  const [a, b, c] = fitLogit({ columns: [down, up, one], neutral: [1, 1, 0] }, labels);
  if (a! >= 0 && b! >= 0) return { kind: 'beta', a: a!, b: b!, c: c! };
  const [slope, intercept] = fitLogit(
    { columns: [a! < 0 ? up : down, one], neutral: [1, 0] },
    labels,
  );
  if (slope! < 0) {
    const [constant] = fitLogit({ columns: [one], neutral: [0] }, labels);
    return { kind: 'beta', a: 0, b: 0, c: constant! };
  }
  return a! < 0
    ? { kind: 'beta', a: 0, b: slope!, c: intercept! }
    : { kind: 'beta', a: slope!, b: 0, c: intercept! };
}

/** The coefficients of least penalised log loss, of at most three columns. */
function fitLogit(terms: Terms, labels: Uint8Array): number[] {
  const { columns, neutral } = terms;
  const size = columns.length;
  const rowCount = labels.length;
  let at = [...neutral];
  let loss = lossOf(terms, labels, at);
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    const gradient = at.map((value, i) => RIDGE * (value - neutral[i]!));
    const hessian = columns.map((_, i) => columns.map((__, j) => (i === j ? RIDGE : 0)));
    for (let row = 0; row < rowCount; row++) {
      const p = sigmoid(logOddsOf(terms, at, row));
      const residual = p - labels[row]!;
      const curvature = p * (1 - p);
      for (let i = 0; i < size; i++) {
        const x = columns[i]![row]!;
        gradient[i]! += residual * x;
        for (let j = 0; j <= i; j++) hessian[i]![j]! += curvature * x * columns[j]![row]!;
      }
    }
    if (Math.max(...gradient.map(Math.abs)) <= TOLERANCE * rowCount) break;
    const step = solve(hessian, gradient);
    let t = 1;
    let tried = at;
    let triedLoss = loss;
    for (; t > 1e-10; t /= 2) {
      tried = at.map((value, i) => value - t * step[i]!);
      triedLoss = lossOf(terms, labels, tried);
      if (triedLoss < loss) break;
    }
    if (!(triedLoss < loss)) break;
    at = tried;
    loss = triedLoss;
  }
  return at;
}

function logOddsOf({ columns }: Terms, coefficients: readonly number[], row: number): number {
  let sum = 0;
  for (let i = 0; i < columns.length; i++) sum += coefficients[i]! * columns[i]![row]!;
  return sum;
}

function lossOf(terms: Terms, labels: Uint8Array, coefficients: readonly number[]): number {
  let total = 0;
  coefficients.forEach((value, i) => {
    total += (RIDGE / 2) * (value - terms.neutral[i]!) ** 2;
  });
  for (let row = 0; row < labels.length; row++) {
    const x = logOddsOf(terms, coefficients, row);
    total += softplus(labels[row] === 1 ? -x : x);
  }
  return total;
}

/** Solves `lower · x = right` of a positive definite matrix given by its lower half, which is overwritten (Cholesky). */
function solve(lower: number[][], right: readonly number[]): number[] {
  const size = right.length;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = lower[i]![j]!;
      for (let k = 0; k < j; k++) sum -= lower[i]![k]! * lower[j]![k]!;
      // rounding may leave nothing of a pivot whose columns are all but equal
      lower[i]![j] = i === j ? Math.sqrt(Math.max(sum, RIDGE * 1e-3)) : sum / lower[j]![j]!;
    }
  }
  const x = [...right];
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) x[i]! -= lower[i]![k]! * x[k]!;
    x[i]! /= lower[i]![i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) x[i]! -= lower[k]![i]! * x[k]!;
    x[i]! /= lower[i]![i]!;
  }
  return x;
}
