import { exp, log } from '../../core/elementary.js';
import { marginsOf, type Objective } from './objective.js';

/** Pairs are formed with the rows ranked this high, as LightGBM's `lambdarank_truncation_level`. */
const TRUNCATION = 30;
const MIN_DELTA = 0.01;

/**
 * LambdaRank (Burges 2010): pairs of rows of a query push each other apart by the logistic loss of their difference, times
 * how much NDCG would change if they swapped places; per query normalised by `log2(1 + Σ) / Σ` of the pushes.
 * Relevance y is an integer from 0 to 31 and gains `2^y - 1`.
 * @param groups - rows a query, in order; weights multiply a row's pushes
 */
export function lambdaRank(groups: Uint32Array): Objective {
  const longest = groups.reduce((most, size) => Math.max(most, size), 0);
  const order = new Uint32Array(longest);
  const lambda = new Float64Array(longest);
  const hessian = new Float64Array(longest);
  const discount = Float64Array.from({ length: longest }, (_, i) => Math.LN2 / log(i + 2));

  /** Pushes of the rows of one query into `lambda` and `hessian`. */
  function pushes(margins: Float64Array, targets: Float32Array): void {
    const count = margins.length;
    lambda.fill(0, 0, count);
    hessian.fill(0, 0, count);
    const best = idealGain(targets, discount);
    if (best === 0) return;
    const ranked = order.subarray(0, count);
    for (let i = 0; i < count; i++) ranked[i] = i;
    ranked.sort((a, b) => margins[b]! - margins[a]! || a - b);
    const isSpread = margins[ranked[0]!] !== margins[ranked[count - 1]!];
    let total = 0;
    for (let i = 0; i < Math.min(count - 1, TRUNCATION); i++) {
      for (let j = i + 1; j < count; j++) {
        const a = ranked[i]!;
        const b = ranked[j]!;
        if (targets[a] === targets[b]) continue;
        const [high, low] = targets[a]! > targets[b]! ? [a, b] : [b, a];
        const difference = margins[high]! - margins[low]!;
        let swap =
          ((gainOf(targets[high]!) - gainOf(targets[low]!)) * (discount[i]! - discount[j]!)) / best;
        if (isSpread) swap /= MIN_DELTA + Math.abs(difference);
        const p = 1 / (1 + exp(difference));
        const push = swap * p;
        const bend = push * (1 - p);
        lambda[high]! -= push;
        lambda[low]! += push;
        hessian[high]! += bend;
        hessian[low]! += bend;
        total += 2 * push;
      }
    }
    if (total === 0) return;
    const norm = log(1 + total) / Math.LN2 / total;
    for (let i = 0; i < count; i++) {
      lambda[i]! *= norm;
      hessian[i]! *= norm;
    }
  }

  return {
    task: 'regression',
    link: 'identity',
    outputCount: 1,
    metric: 'ndcg',
    baseScores: () => Float64Array.of(0),
    gradientsInto(workspace) {
      const { layout, floats, doubles } = workspace;
      const margins = marginsOf(workspace, 0);
      const targets = layout.targets / 4;
      let start = 0;
      for (const size of groups) {
        const end = start + size;
        pushes(
          doubles.subarray(margins + start, margins + end),
          floats.subarray(targets + start, targets + end),
        );
        for (let i = 0; i < size; i++) {
          const weight = floats[layout.weights / 4 + start + i]!;
          const at = layout.gradients / 4 + 2 * (start + i);
          floats[at] = weight * lambda[i]!;
          floats[at + 1] = weight * hessian[i]!;
        }
        start = end;
      }
    },
  };
}

function gainOf(relevance: number): number {
  return 2 ** relevance - 1;
}

/** The discounted gain of the best order, down to the truncation. */
function idealGain(targets: Float32Array, discount: Float64Array): number {
  const sorted = Float32Array.from(targets).sort().reverse();
  let sum = 0;
  for (let i = 0; i < Math.min(sorted.length, TRUNCATION); i++) {
    sum += gainOf(sorted[i]!) * discount[i]!;
  }
  return sum;
}
