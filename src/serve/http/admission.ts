import { refuseForNow } from './refusal.js';

/** Bounds what is at hand at one time: the memory that requests hold does not grow with their number. */
export interface Admission {
  /** requests that were let in and are not answered yet */
  readonly inFlight: number;
  /** bytes that their bodies may take */
  readonly pendingBytes: number;
  /**
   * Lets a request in, to be followed by {@link leave}.
   * @param bytes - what its body may take
   * @throws {Refusal} 503 when there are as many as there may be.
   */
  enter(bytes: number): void;
  leave(bytes: number): void;
}

/** @param maxBytes - of all bodies at hand; a single one is let in whatever its size */
export function createAdmission(maxRequests: number, maxBytes: number): Admission {
  let inFlight = 0;
  let pendingBytes = 0;
  return {
    get inFlight() {
      return inFlight;
    },
    get pendingBytes() {
      return pendingBytes;
    },
    enter(bytes) {
      if (inFlight >= maxRequests || (pendingBytes + bytes > maxBytes && inFlight > 0)) {
        throw refuseForNow(503, 'too many requests at hand', 1);
      }
      inFlight++;
      pendingBytes += bytes;
    },
    leave(bytes) {
      inFlight--;
      pendingBytes -= bytes;
    },
  };
}
