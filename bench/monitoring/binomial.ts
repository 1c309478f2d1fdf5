import type { Random } from '../../src/core/random.js';
import { logChoose } from '../../src/monitor/statistics/logGamma.js';

/**
 * One draw of the number of successes in n trials, by inversion: a uniform number is used up from the mode outwards, nearer and
 * likelier counts first. Exact to the error of the probability at the mode, 1e-7 of it at a million trials. O(sqrt(n p (1 - p))).
 */
export function binomial(n: number, p: number, random: Random): number {
  if (n === 0 || p <= 0) return 0;
  if (p >= 1) return n;
  const mode = Math.min(n, Math.floor((n + 1) * p));
  const odds = p / (1 - p);
  const atMode = Math.exp(logChoose(n, mode) + mode * Math.log(p) + (n - mode) * Math.log1p(-p));
  let left = random.uniform() - atMode;
  let [above, below] = [mode, mode];
  let [upper, lower] = [atMode, atMode];
  while (left >= 0) {
    upper *= (odds * (n - above)) / (above + 1);
    lower *= below / (odds * (n - below + 1));
    above++;
    below--;
    left -= upper;
    if (left < 0) return above;
    left -= lower;
    if (left < 0) return below;
    // what rounding left over is beyond all that float64 can tell from nothing
    if (upper + lower < 1e-300) return mode;
  }
  return mode;
}

/** One draw of `n` rows with the given weights, as binomial draws of what is left. */
export function multinomial(n: number, weights: ArrayLike<number>, random: Random): Float64Array {
  let rest = 0;
  for (let i = 0; i < weights.length; i++) rest += weights[i]!;
  let left = n;
  return Float64Array.from(weights, (weight) => {
    const drawn = rest > 0 ? binomial(left, weight / rest, random) : 0;
    left -= drawn;
    rest -= weight;
    return drawn;
  });
}
