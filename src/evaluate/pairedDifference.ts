import { ShapeError } from '../core/errors.js';
import { type BootstrapOptions, bootstrapRecount, type MetricIntervals } from './bootstrap.js';
import type { Recount } from './recount.js';

/**
 * How much the second of two models is above the first in each metric, on the same rows, with a bootstrap interval. Both are judged on
 * the same resamples, so what makes rows easy or hard for either cancels out and the interval is of the difference alone.
 * O(resamples) recounts of either.
 * @throws {ShapeError} when they are not of equally many rows. @throws {ConfigError} on a wrong option.
 */
export function pairedDifference<Name extends string>(
  first: Recount<Name>,
  second: Recount<Name>,
  options: Partial<BootstrapOptions> = {},
): MetricIntervals<Name> {
  const { names, rowCount } = first;
  if (second.rowCount !== rowCount) {
    throw new ShapeError(`${rowCount} rows of the first model, ${second.rowCount} of the second`);
  }
  return bootstrapRecount(
    {
      names,
      rowCount,
      evaluate(times) {
        const before = first.evaluate(times);
        const after = second.evaluate(times);
        const entries = names.map((name) => [name, after[name] - before[name]]);
        return Object.fromEntries(entries) as Record<Name, number>;
      },
    },
    options,
  );
}
