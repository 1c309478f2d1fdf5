import { CoppiceError } from '../core/errors.js';

/** What the shell is told. Documented in the help of `coppice`. */
export const EXIT = {
  ok: 0,
  unexpected: 1,
  /** wrong arguments or configuration */
  usage: 2,
  /** the parity gate failed, or `verify` found something */
  gate: 3,
  /** the data cannot be used */
  data: 4,
  /** drift or retraining is recommended, only with --fail-on-drift */
  drift: 5,
  interrupted: 130,
} as const;

/** The exit code for an error. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof CoppiceError)) return EXIT.unexpected;
  if (error.code === 'config') return EXIT.usage;
  if (error.code === 'data' || error.code === 'format' || error.code === 'shape') return EXIT.data;
  return EXIT.unexpected;
}
