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
 * @throws {DataError} on a code that is not an integer in [-1, 2^24].
 */
export function categoryBins(
  matrix: Float32Array,
  featureCount: number,
  featureIndex: number,
  maxBins: number,
  minDataInBin: number,
): CategoryBins {
  const levelCounts = countLevels(matrix, featureCount, featureIndex);
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

/** Rows a level, by code. */
function countLevels(
  matrix: Float32Array,
  featureCount: number,
  featureIndex: number,
): Uint32Array {
  let max = -1;
  for (let at = featureIndex; at < matrix.length; at += featureCount) {
    const code = matrix[at]!;
    if (code !== code) continue;
    if (code >= -1 && code <= MAX_CODE && Number.isInteger(code)) {
      if (code > max) max = code;
      continue;
    }
    const row = (at - featureIndex) / featureCount;
    throw new DataError(
      `row ${row}, categorical feature ${featureIndex}: expected a level code, an integer in [-1, ${MAX_CODE}] or NaN, got ${code}`,
    );
  }
  const counts = new Uint32Array(max + 1);
  for (let at = featureIndex; at < matrix.length; at += featureCount) {
    const code = matrix[at]!;
    if (code >= 0) counts[code]!++;
  }
  return counts;
}
