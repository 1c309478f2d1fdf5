import { checkInteger, withDefaults } from '../core/check.js';

/** What a request may ask for, and all of them together. */
export interface ServeLimits {
  /** bytes of a body; more is 413 */
  maxBodyBytes: number;
  /** bytes of the body of one record; more is 413 */
  maxRecordBytes: number;
  /** rows of a batch; more is 422 */
  maxBatchRows: number;
  /** problems that one 422 lists */
  maxProblems: number;
  /** requests with a body that are at hand at one time; more is 503 */
  maxConcurrentRequests: number;
  /** bytes of all bodies at hand; more is 503 */
  maxPendingBytes: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_LIMITS: Readonly<ServeLimits> = Object.freeze({
  maxBodyBytes: 16 * MIB,
  maxRecordBytes: MIB,
  maxBatchRows: 10_000,
  maxProblems: 100,
  maxConcurrentRequests: 1024,
  maxPendingBytes: 256 * MIB,
});

/** Lays limits over the defaults. @throws {ConfigError} on an unknown key or a value out of range. */
export function checkLimits(given?: Partial<ServeLimits>): ServeLimits {
  const limits = withDefaults('serve limit', DEFAULT_LIMITS, given);
  for (const [name, value] of Object.entries(limits)) checkInteger(name, value, 1);
  return { ...limits, maxRecordBytes: Math.min(limits.maxRecordBytes, limits.maxBodyBytes) };
}
