import type { Calibrator } from '../model/calibrator.js';
import type { Link } from '../model/forest.js';

/** Rows that a knot rests on at the least: the standard error of its probability is then below 0.08. */
const MIN_BLOCK_ROWS = 40;

/**
 * The steepest that a curve may be, in probability for a unit of margin: four times as steep as its link at its steepest
 * (1/4 for logit, 1 for identity). Rounding of leaves to int8 moves margins by about 0.01 and float32 sums by 1e-6; the
 * probability then moves by no more than 0.01 and 1e-6 (identity: four times that).
 */
export function steepestOf(link: Link): number {
  return link === 'identity' ? 4 : 1;
}

/** Rows with neighbouring margins that share one probability. */
interface Block {
  rows: number;
  positives: number;
  /** sum of the margins */
  margin: number;
}

/**
 * Centred isotonic regression (Oron and Flournoy 2017): the probabilities of pool-adjacent-violators, placed at the mean
 * margin of each block and joined by straight lines, so that the ranking inside the range survives.
 *
 * - Neighbouring blocks are merged until each has 40 rows (or all).
 * - A block of n rows stays within [1/(n+2), (n+1)/(n+2)]: certainty is not learned from a sample.
 * - Neighbouring blocks are merged while the line between them is steeper than its limit (above), or too short for float32.
 * - The first and the last line go on to the least and the greatest margin, at most half of the way to 0 and to 1.
 *
 * @param margins - one a row, finite
 * @param labels - 0 or 1 a row
 * @returns knots in float32, `x` strictly ascending, `y` strictly ascending in (0, 1); a single knot when the margins say nothing.
 * O(rows log rows).
 */
export function fitIsotonic(
  margins: Float64Array,
  labels: Uint8Array,
  link: Link,
): Extract<Calibrator, { kind: 'isotonic' }> {
  const blocks = pool(tiedBlocks(margins, labels), (left, right) => rate(left) >= rate(right));
  const sturdy = pool(
    mergeSmall(blocks),
    (left, right) => probability(left) >= probability(right) || isTooSteep(left, right, link),
  );
  const x = sturdy.map((block) => Math.fround(center(block)));
  const y = sturdy.map((block) => Math.fround(probability(block)));
  if (sturdy.length > 1) {
    const [least, greatest] = extremes(margins);
    extend(x, y, Math.fround(least), Math.fround(greatest));
  }
  return { kind: 'isotonic', x, y };
}

/** One block for each distinct margin, ascending. */
function tiedBlocks(margins: Float64Array, labels: Uint8Array): Block[] {
  const order = Uint32Array.from(margins.keys()).sort((a, b) => margins[a]! - margins[b]!);
  const blocks: Block[] = [];
  let value = NaN;
  for (const row of order) {
    if (margins[row] !== value) {
      value = margins[row]!;
      blocks.push({ rows: 0, positives: 0, margin: 0 });
    }
    const block = blocks.at(-1)!;
    block.rows++;
    block.positives += labels[row]!;
    block.margin += value;
  }
  return blocks;
}

/** Merges neighbours, going back after each merge, until none violates. */
function pool(blocks: readonly Block[], violates: (left: Block, right: Block) => boolean): Block[] {
  const pooled: Block[] = [];
  for (let block of blocks) {
    while (pooled.length > 0 && violates(pooled.at(-1)!, block))
      block = merge(pooled.pop()!, block);
    pooled.push(block);
  }
  return pooled;
}

/** Merges from the left until each block has enough rows; what is left over joins the last. */
function mergeSmall(blocks: readonly Block[]): Block[] {
  const merged = pool(blocks, (left) => left.rows < MIN_BLOCK_ROWS);
  if (merged.length > 1 && merged.at(-1)!.rows < MIN_BLOCK_ROWS) {
    const last = merged.pop()!;
    merged.push(merge(merged.pop()!, last));
  }
  return merged;
}

function merge(left: Block, right: Block): Block {
  return {
    rows: left.rows + right.rows,
    positives: left.positives + right.positives,
    margin: left.margin + right.margin,
  };
}

function rate({ positives, rows }: Block): number {
  return positives / rows;
}

function center({ margin, rows }: Block): number {
  return margin / rows;
}

function probability(block: Block): number {
  const edge = 1 / (block.rows + 2);
  return Math.min(Math.max(rate(block), edge), 1 - edge);
}

/** Whether the line between two knots, as they will be stored, is too steep; two knots at one place are. */
function isTooSteep(left: Block, right: Block, link: Link): boolean {
  const run = Math.fround(center(right)) - Math.fround(center(left));
  const rise = Math.fround(probability(right)) - Math.fround(probability(left));
  return !(rise > 0 && rise <= steepestOf(link) * run);
}

function extremes(values: Float64Array): [number, number] {
  let [least, greatest] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    least = Math.min(least, values[i]!);
    greatest = Math.max(greatest, values[i]!);
  }
  return [least, greatest];
}

/** Adds a knot at each end of the range, on the line of the outermost two knots as far as that stays off 0 and 1. */
function extend(x: number[], y: number[], least: number, greatest: number): void {
  const last = x.length - 1;
  const slopeBelow = (y[1]! - y[0]!) / (x[1]! - x[0]!);
  const slopeAbove = (y[last]! - y[last - 1]!) / (x[last]! - x[last - 1]!);
  const low = Math.fround(Math.max(y[0]! / 2, y[0]! - slopeBelow * (x[0]! - least)));
  const high = Math.fround(
    Math.min((1 + y[last]!) / 2, y[last]! + slopeAbove * (greatest - x[last]!)),
  );
  if (greatest > x[last]! && high > y[last]!) {
    x.push(greatest);
    y.push(high);
  }
  if (least < x[0]! && low < y[0]!) {
    x.unshift(least);
    y.unshift(low);
  }
}
