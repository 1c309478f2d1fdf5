import type { LogisticProblem } from './problem.js';

/**
 * Margins of the rows (or, for a step, how fast they change along it): columns times parameters. O(rows * inputs * outputs).
 * @param out - overwritten, row-major, length rowCount * outputCount
 */
export function multiplyInto(
  problem: LogisticProblem,
  parameters: Float64Array,
  out: Float64Array,
): void {
  if (problem.outputCount === 1) multiplyOneInto(problem, parameters, out);
  else multiplySeveralInto(problem, parameters, out);
}

/**
 * The gradient of the smooth part of the objective, which is all but l1: columns transposed times residuals, and l2.
 * @param residuals - weight · ∂loss/∂margin, row-major, length rowCount * outputCount
 * @param out - overwritten, length parameterCount
 */
export function gradientInto(
  problem: LogisticProblem,
  parameters: Float64Array,
  residuals: Float64Array,
  out: Float64Array,
): void {
  const { parameterCount, penalisedCount, totalWeight, l2 } = problem;
  out.fill(0);
  if (problem.outputCount === 1) addOneGradient(problem, residuals, out);
  else addSeveralGradients(problem, residuals, out);
  for (let j = 0; j < penalisedCount; j++) out[j] = (out[j]! + l2 * parameters[j]!) / totalWeight;
  for (let j = penalisedCount; j < parameterCount; j++) out[j]! /= totalWeight;
}

function multiplyOneInto(
  { rowCount, numericCount, categoricalCount, numeric, oneHot, penalisedCount }: LogisticProblem,
  parameters: Float64Array,
  out: Float64Array,
): void {
  const intercept = parameters[penalisedCount]!;
  let at = 0;
  let categoryAt = 0;
  for (let row = 0; row < rowCount; row++) {
    let margin = intercept;
    for (let j = 0; j < numericCount; j++) margin += numeric[at++]! * parameters[j]!;
    for (let j = 0; j < categoricalCount; j++) {
      const column = oneHot[categoryAt++]!;
      if (column >= 0) margin += parameters[column]!;
    }
    out[row] = margin;
  }
}

/** Four numeric inputs at a time: a quarter of the traffic to the margins. */
function multiplySeveralInto(
  problem: LogisticProblem,
  parameters: Float64Array,
  out: Float64Array,
): void {
  const { rowCount, numericCount, categoricalCount, numeric, oneHot, penalisedCount } = problem;
  const { outputCount: count } = problem;
  const blocked = numericCount - (numericCount % 4);
  let base = 0;
  for (let row = 0; row < rowCount; row++, base += count) {
    const at = row * numericCount;
    for (let k = 0; k < count; k++) out[base + k] = parameters[penalisedCount + k]!;
    for (let j = 0; j < blocked; j += 4) {
      const xa = numeric[at + j]!;
      const xb = numeric[at + j + 1]!;
      const xc = numeric[at + j + 2]!;
      const xd = numeric[at + j + 3]!;
      const a = j * count;
      const b = a + count;
      const c = b + count;
      const d = c + count;
      for (let k = 0; k < count; k++) {
        out[base + k]! +=
          xa * parameters[a + k]! +
          xb * parameters[b + k]! +
          xc * parameters[c + k]! +
          xd * parameters[d + k]!;
      }
    }
    for (let j = blocked; j < numericCount; j++) {
      const x = numeric[at + j]!;
      for (let k = 0; k < count; k++) out[base + k]! += x * parameters[j * count + k]!;
    }
    const categoryAt = row * categoricalCount;
    for (let j = 0; j < categoricalCount; j++) {
      const from = oneHot[categoryAt + j]! * count;
      if (from < 0) continue;
      for (let k = 0; k < count; k++) out[base + k]! += parameters[from + k]!;
    }
  }
}

function addOneGradient(
  problem: LogisticProblem,
  residuals: Float64Array,
  out: Float64Array,
): void {
  const { rowCount, numericCount, categoricalCount, numeric, oneHot, penalisedCount } = problem;
  let at = 0;
  let categoryAt = 0;
  let intercept = 0;
  for (let row = 0; row < rowCount; row++) {
    const residual = residuals[row]!;
    intercept += residual;
    for (let j = 0; j < numericCount; j++) out[j]! += residual * numeric[at++]!;
    for (let j = 0; j < categoricalCount; j++) {
      const column = oneHot[categoryAt++]!;
      if (column >= 0) out[column]! += residual;
    }
  }
  out[penalisedCount] = intercept;
}

/** Four rows at a time: a quarter of the traffic to the gradient. */
function addSeveralGradients(
  problem: LogisticProblem,
  residuals: Float64Array,
  out: Float64Array,
): void {
  const { rowCount, numericCount, categoricalCount, numeric, oneHot, penalisedCount } = problem;
  const { outputCount: count } = problem;
  const blocked = rowCount - (rowCount % 4);
  for (let row = 0; row < blocked; row += 4) {
    const at = row * numericCount;
    const a = row * count;
    const b = a + count;
    const c = b + count;
    const d = c + count;
    for (let j = 0; j < numericCount; j++) {
      const xa = numeric[at + j]!;
      const xb = numeric[at + numericCount + j]!;
      const xc = numeric[at + 2 * numericCount + j]!;
      const xd = numeric[at + 3 * numericCount + j]!;
      const to = j * count;
      for (let k = 0; k < count; k++) {
        out[to + k]! +=
          xa * residuals[a + k]! +
          xb * residuals[b + k]! +
          xc * residuals[c + k]! +
          xd * residuals[d + k]!;
      }
    }
  }
  for (let row = blocked; row < rowCount; row++) {
    for (let j = 0; j < numericCount; j++) {
      const x = numeric[row * numericCount + j]!;
      for (let k = 0; k < count; k++) out[j * count + k]! += x * residuals[row * count + k]!;
    }
  }
  for (let row = 0; row < rowCount; row++) {
    const from = row * count;
    for (let k = 0; k < count; k++) out[penalisedCount + k]! += residuals[from + k]!;
    for (let j = 0; j < categoricalCount; j++) {
      const to = oneHot[row * categoricalCount + j]! * count;
      if (to < 0) continue;
      for (let k = 0; k < count; k++) out[to + k]! += residuals[from + k]!;
    }
  }
}
