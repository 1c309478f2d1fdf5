import { DataError } from '../../core/errors.js';

/** float32 holds every integer up to here */
const MAX_CODE = 2 ** 24;

/**
 * How a categorical column is cut into bins: a bin a frequent level, and one, the last, that rare, unseen and missing levels
 * share: they always take the same side.
 */
export interface CategoryBins {
  kind: 'category';
  featureIndex: number;
  /** per bin: the level code, most frequent first */
  codes: Int32Array;
  /** codes.length; the shared bin comes after them */
  valueBinCount: number;
  hasMissing: true;
  /** per code up to the greatest: its bin */
  binOfCode: Uint8Array;
}

/**
 * Gives the most frequent levels their own bins: at most `maxBins - 1`, and of those beyond the second only levels with
 * `minDataInBin` rows. Ties go to the lower code.
 * @param levelCounts - rows a level, by code: {@link countLevels}
 */
export function categoryBins(
  featureIndex: number,
  levelCounts: Uint32Array,
  maxBins: number,
  minDataInBin: number,
): CategoryBins {
  const present: number[] = [];
  for (let code = 0; code < levelCounts.length; code++)
    if (levelCounts[code]! > 0) present.push(code);
  present.sort((a, b) => levelCounts[b]! - levelCounts[a]! || a - b);
  const kept = present
    .slice(0, maxBins - 1)
    .filter((code, rank) => rank < 2 || levelCounts[code]! >= minDataInBin);
  const binOfCode = new Uint8Array(levelCounts.length).fill(kept.length);
  kept.forEach((code, bin) => {
    binOfCode[code] = bin;
  });
  return {
    kind: 'category',
    featureIndex,
    codes: Int32Array.from(kept),
    valueBinCount: kept.length,
    hasMissing: true,
    binOfCode,
  };
}

/**
 * Counts the rows of each level of some features, all in one pass: a row's values share cache lines.
 * @returns rows a level, by code up to the greatest, for each of `features`
 * @throws {DataError} on a code that is not an integer in [-1, 2^24].
 */
export function countLevels(
  matrix: Float32Array,
  featureCount: number,
  features: readonly number[],
): Uint32Array[] {
  const counts: Uint32Array[] = features.map(() => new Uint32Array(256));
  const most = features.map(() => -1);
  for (let row = 0; row < matrix.length; row += featureCount) {
    for (let i = 0; i < features.length; i++) {
      const value = matrix[row + features[i]!]!;
      const code = value | 0;
      if (code !== value || code < 0 || code > MAX_CODE) {
        if (value !== value || value === -1) continue;
        throw badCode(value, row / featureCount, features[i]!);
      }
      if (code > most[i]!) {
        most[i] = code;
        if (code >= counts[i]!.length) counts[i] = longer(counts[i]!, code);
      }
      counts[i]![code]!++;
    }
  }
  return counts.map((levels, i) => levels.subarray(0, most[i]! + 1));
}

function badCode(value: number, row: number, feature: number): DataError {
  return new DataError(
    `row ${row}, categorical feature ${feature}: expected a level code, an integer in [-1, ${MAX_CODE}] or NaN, got ${value}`,
  );
}

/** Room for a code, and for as much again as there was. */
function longer(counts: Uint32Array, code: number): Uint32Array {
  const out = new Uint32Array(Math.max(code + 1, 2 * counts.length));
  out.set(counts);
  return out;
}
