import { finite, list, number, type Reader, record, refuse } from '../core/place.js';
import type { Calibrator } from './calibrator.js';

const MAX_KNOTS: number = 1 << 16;

const readKnots: Reader<{ x: number[]; y: number[] }> = record({
  x: list(1, MAX_KNOTS, finite),
  y: list(1, MAX_KNOTS, number(0, 1)),
});

/** An isotonic calibrator out of a file: as many x as y, x ascending, y not descending. */
export const readIsotonic: Reader<Calibrator> = (place, key) => {
  const { x, y } = readKnots(place, key);
  const isAbove = (at: number, knot: number): boolean =>
    knot === 0 || (at > x[knot - 1]! && y[knot]! >= y[knot - 1]!);
  if (x.length === y.length && x.every(isAbove)) return { kind: 'isotonic', x, y };
  return refuse(place, key, 'ascending knots, as many x as y', `${x.length} and ${y.length}`);
};
