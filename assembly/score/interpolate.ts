/**
 * An isotonic calibration: the line through the knots around a margin, flat outside them.
 *
 * The table is the abscissae (f64), filled up to `2^steps` of them with Infinity, then for each knot its ordinate and the slope
 * to the next knot (f64 each), the last slope being 0.
 */
export function interpolateInto(
  margins: usize,
  rowCount: i32,
  table: usize,
  knotCount: i32,
  steps: i32,
  out: usize,
): void {
  const first = load<f64>(table);
  const last = load<f64>(table + 8 * (knotCount - 1));
  const half = (<usize>8 << steps) >> 1;
  const lines = table + (<usize>8 << steps);
  for (const end = out + 4 * rowCount; out < end; out += 4) {
    const margin = load<f64>(margins);
    // NaN goes with what is below
    const x = margin > first ? min(margin, last) : first;
    // without branches, so that the searches of several rows overlap
    let knot = table;
    for (let step = half; step >= 8; step >>= 1) {
      knot += step & (0 - <usize>(load<f64>(knot + step) <= x));
    }
    const line = lines + ((knot - table) << 1);
    store<f32>(out, <f32>(load<f64>(line) + load<f64>(line, 8) * (x - load<f64>(knot))));
    margins += 8;
  }
}
