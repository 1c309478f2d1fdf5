import { exp, log } from '../../core/elementary.js';
import { marginsOf, type Objective } from './objective.js';
import { weightedMean } from './regression.js';

/** Writes the derivatives of a loss by the margin: gradient, then hessian. */
type Derivatives = (margin: number, target: number, out: Float64Array) => void;

/** Losses of a mean `exp(margin)`: deviances of the exponential family, up to what depends on the target alone. */
function logObjective(metric: string, derivatives: Derivatives): Objective {
  const pair = new Float64Array(2);
  return {
    task: 'regression',
    link: 'log',
    outputCount: 1,
    metric,
    baseScores: (problem) => Float64Array.of(log(weightedMean(problem))),
    gradientsInto(workspace) {
      const { layout, rowCount, floats, doubles } = workspace;
      const margins = marginsOf(workspace, 0);
      const targets = layout.targets / 4;
      const weights = layout.weights / 4;
      let at = layout.gradients / 4;
      for (let row = 0; row < rowCount; row++, at += 2) {
        const weight = floats[weights + row]!;
        derivatives(doubles[margins + row]!, floats[targets + row]!, pair);
        floats[at] = weight * pair[0]!;
        floats[at + 1] = weight * pair[1]!;
      }
    },
  };
}

/** Steps of the margin are kept short by a hessian that is `e^0.7` times too large, as in LightGBM and XGBoost. */
const POISSON_CAUTION = exp(0.7);

/** Poisson log likelihood `exp(m) - y m`, y >= 0. */
export function poisson(): Objective {
  return logObjective('poisson', (margin, target, out) => {
    const mean = exp(margin);
    out[0] = mean - target;
    out[1] = mean * POISSON_CAUTION;
  });
}

/** Gamma log likelihood `m + y exp(-m)`, y > 0. */
export function gamma(): Objective {
  return logObjective('gamma', (margin, target, out) => {
    const ratio = target * exp(-margin);
    out[0] = 1 - ratio;
    out[1] = ratio;
  });
}

/** Tweedie log likelihood `-y exp((1-p) m) / (1-p) + exp((2-p) m) / (2-p)`, y >= 0, power p in (1, 2). */
export function tweedie(power: number): Objective {
  const one = 1 - power;
  const two = 2 - power;
  return logObjective('tweedie', (margin, target, out) => {
    const left = target * exp(one * margin);
    const right = exp(two * margin);
    out[0] = right - left;
    out[1] = two * right - one * left;
  });
}
