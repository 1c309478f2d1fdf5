/** Columns stored as one byte a row: a code for each combination of their bins that occurs. */
export interface ColumnBundle {
  /** one column, or up to MAX_MEMBERS */
  columns: number[];
  /** per row: the code; of a single column its bin */
  codes: Uint8Array;
  /** combinations that occur; of a single column its bins */
  size: number;
  /** MAX_MEMBERS bytes a code: the bin in each column */
  binsOfCode: Uint8Array;
}

/** Bins of a column of the binned matrix, a byte a row. */
export interface BinnedColumn {
  bins: Uint8Array;
  binCount: number;
}

/** What a byte can tell apart. */
export const MAX_CODES = 256;
/** Columns of a bundle: those of one group of the histogram kernel. */
export const MAX_MEMBERS = 8;

/** With fewer rows, taking bundles apart again costs more than they save. */
const MIN_ROWS = 4096;
/** A candidate is first tried on about this many rows, spread over all. */
const TRIAL_ROWS = 8192;
/** Candidates of a column that may pass the trial and fail on all rows, each a pass for nothing. */
const MAX_FAILURES = 8;
/** Columns that the histogram kernel adds up at a time, at least; saving fewer saves nothing. */
const KERNEL_COLUMNS = 4;

/**
 * Bundles columns whose bins occur in at most 256 combinations, so that a histogram adds up a bundle instead of each of its
 * columns. Of the exclusive feature bundling of LightGBM (Ke et al. 2017), where columns share a byte when hardly any row has
 * both off their default, this is the lossless generalisation: exclusive columns have few combinations, but so have
 * columns of few bins, and columns that follow from each other.
 *
 * Greedy: columns of many bins first, each into the bundle that it makes grow least. A code is given to each combination in
 * the order of first appearance, so the result depends on the rows alone.
 * @returns every column in exactly one bundle
 */
export function bundleColumns(columns: readonly BinnedColumn[]): ColumnBundle[] {
  const singles: ColumnBundle[] = columns.map(({ bins, binCount }, column) => ({
    columns: [column],
    codes: bins,
    size: binCount,
    binsOfCode: ownBins(binCount),
  }));
  if (columns.length === 0 || columns[0]!.bins.length < MIN_ROWS) return singles;
  const bundles: GrowingBundle[] = [];
  const table = new Int16Array(MAX_CODES * MAX_CODES);
  for (const column of singles.slice().sort((a, b) => b.size - a.size)) {
    const single = { ...column, trialSize: codesOnTrial(column.codes) };
    if (!joinOne(bundles, single, table)) bundles.push(single);
  }
  const steps = (count: number): number => Math.ceil(count / KERNEL_COLUMNS);
  return steps(bundles.length) < steps(singles.length) ? bundles : singles;
}

interface GrowingBundle extends ColumnBundle {
  /** combinations among the rows of the trial */
  trialSize: number;
}

function trialStepOf(codes: Uint8Array): number {
  return Math.max(1, Math.floor(codes.length / TRIAL_ROWS));
}

function codesOnTrial(codes: Uint8Array): number {
  const step = trialStepOf(codes);
  const seen = new Uint8Array(MAX_CODES);
  for (let row = 0; row < codes.length; row += step) seen[codes[row]!] = 1;
  return seen.reduce((sum, one) => sum + one, 0);
}

/** Adds a column to the bundle that suits it best, if any does. */
function joinOne(bundles: GrowingBundle[], single: GrowingBundle, table: Int16Array): boolean {
  const trialStep = trialStepOf(single.codes);
  const candidates: { index: number; growth: number; pairs: number }[] = [];
  bundles.forEach((bundle, index) => {
    if (bundle.columns.length === MAX_MEMBERS) return;
    const pairs = numberPairs(bundle, single, table, trialStep);
    // what the trial saw of the bundle's own combinations tells what it will have missed of the pairs
    const growth = pairs / bundle.trialSize;
    if (pairs > 0 && growth * bundle.size <= MAX_CODES) candidates.push({ index, growth, pairs });
  });
  candidates.sort((a, b) => a.growth - b.growth || a.index - b.index);
  for (const { index, pairs } of candidates.slice(0, MAX_FAILURES)) {
    const bundle = bundles[index]!;
    const codes = new Uint8Array(bundle.codes.length);
    const size = codePairs(bundle, single, table, codes);
    if (size === 0) continue;
    bundles[index] = {
      columns: [...bundle.columns, ...single.columns],
      codes,
      size,
      binsOfCode: pairBins(bundle, single, table, size),
      trialSize: pairs,
    };
    return true;
  }
  return false;
}

/** Numbers the pairs of codes that occur among every so many rows, in `table`. @returns how many, 0 when more than a byte can tell apart */
function numberPairs(
  { codes, size }: ColumnBundle,
  single: ColumnBundle,
  table: Int16Array,
  rowStep: number,
): number {
  const width = single.size;
  const bins = single.codes;
  table.fill(-1, 0, size * width);
  let count = 0;
  for (let row = 0; row < codes.length; row += rowStep) {
    const at = codes[row]! * width + bins[row]!;
    if (table[at]! >= 0) continue;
    if (count === MAX_CODES) return 0;
    table[at] = count++;
  }
  return count;
}

/** The same over all rows. @param out - per row: the number of its pair (OUT) */
function codePairs(
  { codes, size }: ColumnBundle,
  { codes: bins, size: width }: ColumnBundle,
  table: Int16Array,
  out: Uint8Array,
): number {
  table.fill(-1, 0, size * width);
  let count = 0;
  for (let row = 0; row < out.length; row++) {
    const at = codes[row]! * width + bins[row]!;
    let code = table[at]!;
    if (code < 0) {
      if (count === MAX_CODES) return 0;
      code = count++;
      table[at] = code;
    }
    out[row] = code;
  }
  return count;
}

function pairBins(
  bundle: ColumnBundle,
  single: ColumnBundle,
  table: Int16Array,
  size: number,
): Uint8Array {
  const out = new Uint8Array(size * MAX_MEMBERS);
  for (let code = 0, at = 0; code < bundle.size; code++) {
    for (let bin = 0; bin < single.size; bin++, at++) {
      if (table[at]! < 0) continue;
      const to = table[at]! * MAX_MEMBERS;
      out.set(bundle.binsOfCode.subarray(code * MAX_MEMBERS, (code + 1) * MAX_MEMBERS), to);
      out[to + bundle.columns.length] = bin;
    }
  }
  return out;
}

/** Of a single column a code is its bin. */
function ownBins(binCount: number): Uint8Array {
  const bins = new Uint8Array(binCount * MAX_MEMBERS);
  for (let bin = 0; bin < binCount; bin++) bins[bin * MAX_MEMBERS] = bin;
  return bins;
}
