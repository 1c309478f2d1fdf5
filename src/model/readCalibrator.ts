import { container, finite, number, oneOf, type Reader, record } from '../core/place.js';
import { CALIBRATOR_KINDS, type Calibrator, type CalibratorKind } from './calibrator.js';
import type { Task } from './model.js';

/** Limits of what comes from outside: generous for any fit, and far from where products overflow or vanish. */
const GREATEST_WEIGHT = 1e9;
const LEAST_TEMPERATURE = 1e-9;

/** The calibrators that a model may have, by what it predicts. */
const KINDS: Readonly<Record<Task, readonly CalibratorKind[]>> = {
  binary: CALIBRATOR_KINDS,
  multiclass: ['none', 'temperature'],
  regression: ['none'],
};

/** The parameters of each kind, by the readers that check them. */
const PARAMETERS: Readonly<
  Record<Exclude<CalibratorKind, 'isotonic'>, Record<string, Reader<number>>>
> = {
  none: {},
  temperature: { temperature: number(LEAST_TEMPERATURE, GREATEST_WEIGHT) },
  sigmoid: { slope: finite, intercept: finite },
  beta: { a: number(0, GREATEST_WEIGHT), b: number(0, GREATEST_WEIGHT), c: finite },
};

/**
 * A calibrator out of a file, checked; only the members of its kind are read.
 * @param isotonic - what reads one with knots
 */
export function readCalibrator(task: Task, isotonic: Reader<Calibrator>): Reader<Calibrator> {
  return (place, key) => {
    const kind = oneOf(KINDS[task])(container(place, key), 'kind');
    if (kind === 'isotonic') return isotonic(place, key);
    return { kind, ...record<object>(PARAMETERS[kind])(place, key) } as Calibrator;
  };
}
