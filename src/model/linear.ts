/** A numeric input of a linear model: it adds `weight * (clamp(x ?? fill, lower, upper) - center) / scale` to each output. */
export interface LinearNumeric {
  /** column of the feature matrix */
  featureIndex: number;
  /** stands in for a missing value */
  fill: number;
  /** clipping bounds; -Infinity and Infinity where nothing is clipped */
  lower: number;
  upper: number;
  center: number;
  /** > 0 */
  scale: number;
  /** per output */
  weights: number[];
}

/** A one-hot encoded input: one weight a level and output; an unseen level adds nothing. */
export interface LinearCategorical {
  /** column of the feature matrix */
  featureIndex: number;
  /** per output, then per level code */
  weights: number[][];
  /** the level that stands in for a missing value, -1 when missing adds nothing */
  fill: number;
}

/** Logistic regression with its preprocessing. The margin is a log-odds, up to a constant where there are several outputs. */
export interface Linear {
  kind: 'linear';
  link: 'logit' | 'softmax';
  /** per output */
  intercepts: number[];
  numeric: LinearNumeric[];
  categorical: LinearCategorical[];
}

/** The prepared value of a numeric input: filled, clipped, standardised. In float64. */
export function prepareNumeric(input: LinearNumeric, x: number): number {
  const filled = x !== x ? input.fill : x;
  const clipped = filled < input.lower ? input.lower : filled > input.upper ? input.upper : filled;
  return (clipped - input.center) / input.scale;
}

/** The weight that a category code selects for an output: 0 for an unseen level. */
export function categoryWeight(input: LinearCategorical, output: number, code: number): number {
  const level = code !== code ? input.fill : code;
  return level >= 0 ? (input.weights[output]![level] ?? 0) : 0;
}
