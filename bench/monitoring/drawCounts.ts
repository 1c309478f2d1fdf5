import type { Random } from '../../src/core/random.js';
import { PROBABILITY_UNIT } from '../../src/monitor/counts/state.js';
import {
  createMonitorState,
  type DriftReference,
  type MonitorState,
} from '../../src/monitor/index.js';

/**
 * The counts of `rowCount` rows drawn from a reference, without drawing the rows: every field's bins are one multinomial draw. The
 * fields are independent of each other, which rows need not be; the tests look at one field at a time.
 */
export function drawCounts(
  reference: DriftReference,
  rowCount: number,
  random: Random,
): MonitorState {
  const state = createMonitorState(reference) as MonitorState;
  state.rowCount = rowCount;
  const share = reference.rowCount;
  reference.fields.forEach((field, index) => {
    const known = state.fields[index]!;
    if (field.type === 'number' && known.type === 'number') {
      const drawn = multinomial(rowCount, [...field.counts, field.missing], random);
      known.counts.set(drawn.slice(0, -1));
      known.missing = drawn[drawn.length - 1]!;
    } else if (field.type === 'category' && known.type === 'category') {
      const weights = [...field.counts, field.otherCount, field.missing];
      const drawn = multinomial(rowCount, weights, random);
      known.counts.set(drawn.slice(0, -1));
      known.missing = drawn[drawn.length - 1]!;
      known.unseen = binomial(drawn[drawn.length - 2]!, unseenShare(field), random);
    }
  });
  const { score } = reference;
  if (state.task === 'regression') {
    state.score.counts.set(multinomial(rowCount, score.counts, random));
    return state;
  }
  const { calibration } = reference as Extract<DriftReference, { calibration: object }>;
  state.score.counts.set(multinomial(rowCount, score.counts, random));
  const rows = multinomial(rowCount, calibration.rows, random);
  state.calibration.rows.set(rows);
  state.calibration.predicted.set(
    rows.map((n, bin) =>
      Math.round(
        (n * calibration.predicted[bin]!) / (calibration.rows[bin]! || 1) / PROBABILITY_UNIT,
      ),
    ),
  );
  if (state.task === 'multiclass' && reference.task === 'multiclass') {
    const classes = multinomial(rowCount, reference.predictedClassCounts, random);
    state.classCounts.set(classes);
    const sums = (values: readonly number[]): number[] =>
      values.map((sum) => Math.round((sum * rowCount) / share / PROBABILITY_UNIT));
    state.classProbabilities.set(sums(reference.classProbabilities));
    state.predictedClassProbabilities.set(sums(reference.predictedClassProbabilities));
  }
  return state;
}

/** Of rows with one of the rarer levels, those with one that training has seen once: what new levels are to be expected from. */
function unseenShare({
  singletons,
  otherCount,
}: {
  singletons: number;
  otherCount: number;
}): number {
  return otherCount === 0 ? 0 : Math.min(1, singletons / otherCount);
}

/** One draw of `n` rows with the given weights. */
export function multinomial(n: number, weights: readonly number[], random: Random): number[] {
  let rest = weights.reduce((sum, weight) => sum + weight, 0);
  let left = n;
  return weights.map((weight) => {
    const drawn = rest > 0 ? binomial(left, Math.min(1, weight / rest), random) : 0;
    left -= drawn;
    rest -= weight;
    return drawn;
  });
}

/**
 * One draw of the number of successes in n trials, exact: the binary digits of n uniform numbers are compared with those of p
 * together, and each digit settles about half of what is left by counting random bits.
 */
export function binomial(n: number, p: number, random: Random): number {
  if (p >= 1) return n;
  let undecided = n;
  let successes = 0;
  let digits = p;
  while (undecided > 0 && digits > 0) {
    digits *= 2;
    const ones = halves(undecided, random);
    if (digits >= 1) {
      digits -= 1;
      // a 0 where p has a 1 is below p
      successes += undecided - ones;
      undecided = ones;
    } else {
      undecided -= ones;
    }
  }
  return successes;
}

/** How many of n fair coins show heads. */
function halves(n: number, random: Random): number {
  let heads = 0;
  let left = n;
  for (; left >= 32; left -= 32) heads += ones(random.integer(2 ** 32));
  return left === 0 ? heads : heads + ones(random.integer(2 ** left));
}

function ones(word: number): number {
  let bits = word | 0;
  bits -= (bits >>> 1) & 0x55555555;
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}
