import { checkInteger, checkNumber, checkOneOf, withDefaults } from '../../core/check.js';

/** When a prediction may be answered, by what has become of its line. */
export type Acknowledge = 'queued' | 'written' | 'synced';

export interface PredictionLogOptions {
  /**
   * - queued: at once. A process that is killed loses the lines of the last `flushMilliseconds`, and of the few before, in which
   *   they waited to be made.
   * - written: when the operating system has the line, which then survives the process, however it ends.
   * - synced: when the disk has it, which then survives a loss of power. Requests share a sync.
   */
  acknowledge: Acknowledge;
  /** how long queued lines wait for others to be written with, in milliseconds; of `queued` */
  flushMilliseconds: number;
  /** characters that may wait for the disk */
  maxPendingBytes: number;
  /** what happens when more would wait: lines are dropped and counted, or requests refused with 503; of `queued`, the others refuse */
  whenFull: 'drop' | 'refuse';
  /** seconds after which what was written is synced to the disk; 0: only when a file is finished. `synced` does not wait */
  syncSeconds: number;
  /** a file that would grow beyond is finished, and the next one begun; 0: never */
  rotateBytes: number;
  /** so is a file older than this, when the next line comes; 0: never */
  rotateHours: number;
  /** finished files to keep, the oldest go first; 0: all of them */
  keepFiles: number;
  /** seconds that the disk has on close to take what waits, which then is given up and counted */
  closeSeconds: number;
  /** seconds after which a failed write is tried again, when no line comes before; of `queued` */
  retrySeconds: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_LOG_OPTIONS: Readonly<PredictionLogOptions> = Object.freeze({
  acknowledge: 'queued',
  flushMilliseconds: 20,
  maxPendingBytes: 64 * MIB,
  whenFull: 'drop',
  syncSeconds: 1,
  rotateBytes: 256 * MIB,
  rotateHours: 0,
  keepFiles: 0,
  closeSeconds: 10,
  retrySeconds: 1,
});

/** Lays options over the defaults. @throws {ConfigError} on an unknown key or a value out of range. */
export function checkLogOptions(given?: Partial<PredictionLogOptions>): PredictionLogOptions {
  const options = withDefaults('log option', DEFAULT_LOG_OPTIONS, given);
  checkOneOf('acknowledge', options.acknowledge, ['queued', 'written', 'synced']);
  checkOneOf('whenFull', options.whenFull, ['drop', 'refuse']);
  checkNumber('flushMilliseconds', options.flushMilliseconds, 0, 60_000);
  checkInteger('maxPendingBytes', options.maxPendingBytes, 1);
  checkNumber('syncSeconds', options.syncSeconds, 0, 86_400);
  checkInteger('rotateBytes', options.rotateBytes, 0);
  checkNumber('rotateHours', options.rotateHours, 0);
  checkInteger('keepFiles', options.keepFiles, 0);
  checkNumber('closeSeconds', options.closeSeconds, 0, 3600);
  checkNumber('retrySeconds', options.retrySeconds, 0.001, 3600);
  return options;
}
