import { entriesAt, numberAt, oneOfAt, type Place, refuseAt } from '../core/place.js';
import { CALIBRATOR_KINDS, type Calibrator, type CalibratorKind } from './calibrator.js';
import type { Task } from './model.js';

/** Limits of what comes from outside: generous for any fit, and far from where products overflow or vanish. */
const GREATEST_WEIGHT = 1e9;
const LEAST_TEMPERATURE = 1e-9;
const MAX_KNOTS: number = 1 << 16;
const ANY: [number, number] = [-Number.MAX_VALUE, Number.MAX_VALUE];

/** The calibrators that a model may have, by what it predicts. */
const KINDS: Readonly<Record<Task, readonly CalibratorKind[]>> = Object.freeze({
  binary: CALIBRATOR_KINDS,
  multiclass: ['none', 'temperature'],
  regression: ['none'],
});

/** The parameters of each kind, with the range of each. */
const PARAMETERS: Readonly<
  Record<Exclude<CalibratorKind, 'isotonic'>, Record<string, [minimum: number, maximum: number]>>
> = {
  none: {},
  temperature: { temperature: [LEAST_TEMPERATURE, GREATEST_WEIGHT] },
  sigmoid: { slope: ANY, intercept: ANY },
  beta: { a: [0, GREATEST_WEIGHT], b: [0, GREATEST_WEIGHT], c: ANY },
};

/**
 * A calibrator out of a file, checked; only the fields of its kind are read.
 * @throws {FormatError} saying what was seen and what was expected.
 */
export function readCalibrator(place: Place, task: Task): Calibrator {
  const kind = oneOfAt(place, 'kind', KINDS[task]);
  if (kind === 'isotonic') return { kind, ...readKnots(place) };
  const parameters = Object.entries(PARAMETERS[kind]).map(([name, [minimum, maximum]]) => [
    name,
    numberAt(place, name, minimum, maximum),
  ]);
  return { kind, ...Object.fromEntries(parameters) };
}

function readKnots(place: Place): { x: number[]; y: number[] } {
  const x = entriesAt(place, 'x', 1, MAX_KNOTS, (list, knot) => numberAt(list, knot));
  const y = entriesAt(place, 'y', x.length, x.length, (list, knot) => numberAt(list, knot, 0, 1));
  for (let knot = 1; knot < x.length; knot++) {
    if (x[knot]! <= x[knot - 1]! || y[knot]! < y[knot - 1]!) {
      refuseAt(place, 'x', 'ascending knots', `knot ${knot} that is not above the last`);
    }
  }
  return { x, y };
}
