import { checkInteger, withDefaults } from '../core/check.js';

/** What a request may ask for. */
export interface ServeLimits {
  /** bytes of a body; more is 413 */
  maxBodyBytes: number;
  /** rows of a batch; more is 422 */
  maxBatchRows: number;
  /** problems that one 422 lists */
  maxProblems: number;
}

export const DEFAULT_LIMITS: Readonly<ServeLimits> = Object.freeze({
  maxBodyBytes: 16 * 1024 * 1024,
  maxBatchRows: 10_000,
  maxProblems: 100,
});

/** Lays limits over the defaults. @throws {ConfigError} on an unknown key or a value out of range. */
export function checkLimits(given?: Partial<ServeLimits>): ServeLimits {
  const limits = withDefaults('serve limit', DEFAULT_LIMITS, given);
  checkInteger('maxBodyBytes', limits.maxBodyBytes, 1);
  checkInteger('maxBatchRows', limits.maxBatchRows, 1);
  checkInteger('maxProblems', limits.maxProblems, 1);
  return limits;
}
