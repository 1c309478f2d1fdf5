import {
  container,
  finite,
  type Key,
  list,
  number,
  oneOf,
  type Place,
  type Reader,
  record,
  refuse,
} from '../core/place.js';
import { CALIBRATOR_KINDS, type Calibrator, type CalibratorKind } from './calibrator.js';
import type { Task } from './model.js';

/** Limits of what comes from outside: generous for any fit, and far from where products overflow or vanish. */
const GREATEST_WEIGHT = 1e9;
const LEAST_TEMPERATURE = 1e-9;
const MAX_KNOTS: number = 1 << 16;

/** The calibrators that a model may have, by what it predicts. */
const KINDS: Readonly<Record<Task, readonly CalibratorKind[]>> = Object.freeze({
  binary: CALIBRATOR_KINDS,
  multiclass: ['none', 'temperature'],
  regression: ['none'],
});

/** The parameters of each kind, by the readers that check them. */
const PARAMETERS: Readonly<
  Record<Exclude<CalibratorKind, 'isotonic'>, Record<string, Reader<number>>>
> = {
  none: {},
  temperature: { temperature: number(LEAST_TEMPERATURE, GREATEST_WEIGHT) },
  sigmoid: { slope: finite, intercept: finite },
  beta: { a: number(0, GREATEST_WEIGHT), b: number(0, GREATEST_WEIGHT), c: finite },
};

/** A calibrator out of a file, checked; only the members of its kind are read. */
export function readCalibrator(task: Task): Reader<Calibrator> {
  return (place, key) => {
    const kind = oneOf(KINDS[task])(container(place, key), 'kind');
    const members =
      kind === 'isotonic' ? { x: knots(finite), y: knots(number(0, 1)) } : PARAMETERS[kind];
    const calibrator = { kind, ...record<object>(members)(place, key) } as Calibrator;
    if (calibrator.kind === 'isotonic') checkKnots(calibrator, place, key);
    return calibrator;
  };
}

const knots = (knot: Reader<number>): Reader<number[]> => list(1, MAX_KNOTS, knot);

function checkKnots({ x, y }: { x: number[]; y: number[] }, place: Place, key: Key): void {
  const ascends = x.every(
    (at, knot) => knot === 0 || (at > x[knot - 1]! && y[knot]! >= y[knot - 1]!),
  );
  if (!ascends || x.length !== y.length)
    refuse(place, key, 'ascending knots, as many x as y', 'others');
}
