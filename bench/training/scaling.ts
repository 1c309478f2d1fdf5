import { log } from '../../src/core/elementary.js';

/** A straight line through log-log points: time ~ rows^exponent. */
export interface Growth {
  exponent: number;
  /** largest factor between a measured time and the line */
  largestDeviation: number;
}

/**
 * Least squares of log seconds on log rows.
 * @param rows - >= 2 different counts (IN)
 * @param seconds - > 0, one a count (IN)
 */
export function fitGrowth(rows: readonly number[], seconds: readonly number[]): Growth {
  const x = rows.map(log);
  const y = seconds.map(log);
  const meanX = mean(x);
  const meanY = mean(y);
  const covariance = mean(x.map((value, i) => (value - meanX) * (y[i]! - meanY)));
  const exponent = covariance / mean(x.map((value) => (value - meanX) ** 2));
  const deviations = x.map((value, i) => Math.abs(y[i]! - meanY - exponent * (value - meanX)));
  return { exponent, largestDeviation: Math.exp(Math.max(...deviations)) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
