const BARS = '▁▂▃▄▅▆▇█';

/** Numbers as a row of bars, 0 the lowest and `most` the highest. At most `width` of them: the last ones. */
export function sparkline(values: readonly number[], most: number, width: number): string {
  return values
    .slice(-width)
    .map((value) => BARS[Math.min(BARS.length - 1, Math.floor((value / most) * BARS.length))])
    .join('');
}
