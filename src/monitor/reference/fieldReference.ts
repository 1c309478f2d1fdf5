import type { CategoryColumn } from '../../core/table.js';
import { binOf, quantileEdges } from './quantileBins.js';
import {
  type CategoryReference,
  MAX_BINS,
  MAX_LEVELS,
  type NumericReference,
} from './reference.js';

/** Freezes the distribution of numbers: bins of about equal count, moments and range. NaN is missing. O(rows log rows). */
export function numericReference(name: string, values: Float32Array): NumericReference {
  const present = values.filter((x) => x === x).sort();
  const finite = present.filter((x) => Number.isFinite(x));
  const edges = quantileEdges(finite, MAX_BINS);
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (const x of present) counts[binOf(edges, x)]!++;
  const sums = new Float64Array(counts.length);
  const finiteCounts = new Float64Array(counts.length);
  for (const x of finite) {
    const bin = binOf(edges, x);
    sums[bin]! += x;
    finiteCounts[bin]!++;
  }
  return {
    name,
    type: 'number',
    edges,
    counts,
    // only a column without a finite value has an empty bin, its only one
    centers: Array.from(sums, (sum, bin) => sum / (finiteCounts[bin]! || 1)),
    missing: values.length - present.length,
    nonFinite: present.length - finite.length,
    ...momentsOf(finite),
    minimum: finite[0] ?? 0,
    maximum: finite[finite.length - 1] ?? 0,
  };
}

/** Mean and population standard deviation of finite values, in two passes; 0 when there are none. */
export function momentsOf(values: Float32Array): { mean: number; standardDeviation: number } {
  if (values.length === 0) return { mean: 0, standardDeviation: 0 };
  let sum = 0;
  for (const x of values) sum += x;
  const mean = sum / values.length;
  let squares = 0;
  for (const x of values) squares += (x - mean) * (x - mean);
  return { mean, standardDeviation: Math.sqrt(squares / values.length) };
}

/** Freezes the distribution of levels: the most frequent by name, all others together. O(rows). */
export function categoryReference({ name, codes, levels }: CategoryColumn): CategoryReference {
  const counts = new Float64Array(levels.length);
  let missing = 0;
  for (const code of codes) {
    // the empty string of a category is missing, as it is when scoring
    if (code < 0 || levels[code] === '') missing++;
    else counts[code]!++;
  }
  const seen = levels
    .map((level, code) => ({ level, count: counts[code]! }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || (a.level < b.level ? -1 : 1));
  const named = seen.slice(0, MAX_LEVELS);
  const others = seen.slice(MAX_LEVELS);
  return {
    name,
    type: 'category',
    levels: named.map(({ level }) => level),
    counts: named.map(({ count }) => count),
    otherLevels: others.map(({ level }) => level).sort(),
    otherCount: others.reduce((sum, { count }) => sum + count, 0),
    missing,
    singletons: seen.filter(({ count }) => count === 1).length,
  };
}
