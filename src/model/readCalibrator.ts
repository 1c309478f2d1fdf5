import { show } from '../core/check.js';
import { FormatError } from '../core/errors.js';
import { CALIBRATOR_KINDS, type Calibrator, type CalibratorKind } from './calibrator.js';
import type { Task } from './model.js';

/** Limits of what comes from outside: generous for any fit, and far from where products overflow or vanish. */
const GREATEST_WEIGHT = 1e9;
const LEAST_TEMPERATURE = 1e-9;

/** The calibrators that a model may have, by what it predicts. */
const KINDS: Readonly<Record<Task, readonly CalibratorKind[]>> = Object.freeze({
  binary: CALIBRATOR_KINDS,
  multiclass: ['none', 'temperature'],
  regression: ['none'],
});

/**
 * A calibrator out of a file, checked.
 * @param raw - from JSON or a blob; only the fields of its kind are read.
 * @throws {FormatError} saying what was seen and what was expected.
 */
export function readCalibrator(raw: object, task: Task): Calibrator {
  const fields = raw as Record<string, unknown>;
  const number = (name: string, minimum: number, maximum: number): number =>
    finite(fields[name], `calibrator.${name}`, minimum, maximum);
  const any = Number.MAX_VALUE;
  const kind = KINDS[task].find((known) => known === fields['kind']);
  switch (kind) {
    case 'none':
      return { kind };
    case 'temperature':
      return { kind, temperature: number('temperature', LEAST_TEMPERATURE, GREATEST_WEIGHT) };
    case 'sigmoid':
      return {
        kind,
        slope: number('slope', -any, any),
        intercept: number('intercept', -any, any),
      };
    case 'beta':
      return {
        kind,
        a: number('a', 0, GREATEST_WEIGHT),
        b: number('b', 0, GREATEST_WEIGHT),
        c: number('c', -any, any),
      };
    case 'isotonic':
      return { kind, ...readKnots(fields) };
    default:
      throw new FormatError(
        `calibrator.kind: expected ${KINDS[task].join(' or ')}, got ${show(fields['kind'])}`,
      );
  }
}

function readKnots(fields: Record<string, unknown>): { x: number[]; y: number[] } {
  const [x, y] = ['x', 'y'].map((name) => {
    const values = fields[name];
    if (Array.isArray(values)) return values as unknown[];
    throw new FormatError(`calibrator.${name}: expected an array, got ${show(values)}`);
  }) as [unknown[], unknown[]];
  if (x.length !== y.length || x.length < 1) {
    throw new FormatError(
      `calibrator: expected 1 or more knots, got ${x.length} x and ${y.length} y`,
    );
  }
  const knots = {
    x: x.map((value, i) => finite(value, `calibrator.x[${i}]`)),
    y: y.map((value, i) => finite(value, `calibrator.y[${i}]`, 0, 1)),
  };
  for (let i = 1; i < x.length; i++) {
    if (knots.x[i]! <= knots.x[i - 1]! || knots.y[i]! < knots.y[i - 1]!) {
      throw new FormatError(`calibrator: knot ${i} does not ascend`);
    }
  }
  return knots;
}

function finite(
  value: unknown,
  path: string,
  minimum: number = -Number.MAX_VALUE,
  maximum: number = Number.MAX_VALUE,
): number {
  if (typeof value === 'number' && value >= minimum && value <= maximum) return value;
  throw new FormatError(
    `${path}: expected a finite number in [${minimum}, ${maximum}], got ${show(value)}`,
  );
}
