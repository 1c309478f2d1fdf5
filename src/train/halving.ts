/** Trials that start together, and the resource that each rung gives to those that are left. */
export interface Bracket {
  trialCount: number;
  /** ascending; undefined is a trial without a resource */
  resources: readonly (number | undefined)[];
}

/** How much a trial may get, and how much more the next rung gives. */
export interface ResourceRange {
  minimum: number;
  maximum: number;
  /** above 1 */
  factor: number;
  /** resources are whole numbers */
  isInteger: boolean;
}

/**
 * Successive halving (Jamieson & Talwalkar 2016): all trials at the least resource, the best `1 / factor` of them at `factor`
 * times as much, and so on up to the greatest, which the last rung gives exactly.
 */
export function halvingBracket(trialCount: number, range: ResourceRange): Bracket {
  const { maximum, minimum, factor, isInteger } = range;
  const resources: number[] = [];
  // a hair below the least, so that 1 / 3 / 3 is not less than 1 / 9
  for (let at = maximum; at >= minimum * (1 - 1e-9); at /= factor) {
    const resource = isInteger ? Math.max(1, Math.round(at)) : at;
    if (resource !== resources[0]) resources.unshift(resource);
  }
  return { trialCount, resources };
}

/**
 * Hyperband (Li et al. 2018): a bracket of successive halving for each number of rungs, from many trials that start with little
 * to a few that get all at once, at about the same cost each.
 */
export function hyperbandBrackets(range: ResourceRange): Bracket[] {
  const { resources } = halvingBracket(0, range);
  const rungCount = resources.length;
  return resources.map((_, first) => {
    const rungs = rungCount - first;
    const trialCount = Math.ceil((rungCount / rungs) * range.factor ** (rungs - 1));
    return { trialCount, resources: resources.slice(first) };
  });
}

/** Trials that go on to the next rung. */
export function survivorCount(trialCount: number, factor: number): number {
  return Math.max(1, Math.floor(trialCount / factor));
}

/** What evaluating brackets costs, in units of the resource, where every fit begins anew. */
export function costOf(brackets: readonly Bracket[], factor: number): number {
  let cost = 0;
  for (const { trialCount, resources } of brackets) {
    let left = trialCount;
    for (const resource of resources) {
      cost += left * (resource ?? 1);
      left = survivorCount(left, factor);
    }
  }
  return cost;
}
