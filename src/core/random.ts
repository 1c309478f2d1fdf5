import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { log } from './elementary.js';

/** Seeded random numbers: the same seed gives the same sequence on every machine and engine. */
export interface Random {
  /** Uniform in [0, 1), 32 random bits. */
  uniform(): number;
  /** Uniform integer in [0, bound), `bound` in [1, 2^32]. */
  integer(bound: number): number;
  /** Standard normal, by Marsaglia's polar method. */
  normal(): number;
  /** Shuffles in place (Fisher-Yates) and returns the array. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T;
  /** An independent generator for a part of the work, named so that adding one part leaves the others alone. */
  fork(name: string): Random;
}

/**
 * Makes a generator (xoroshiro128+, from `pure-rand`).
 * @param seed - any 32-bit integer.
 */
export function createRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed | 0);
  let spare: number | undefined;

  function uniform(): number {
    return (generator.next() >>> 0) / 4294967296;
  }

  const random: Random = {
    uniform,
    integer: (bound) => Math.floor(uniform() * bound),
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      for (;;) {
        const u = 2 * uniform() - 1;
        const v = 2 * uniform() - 1;
        const s = u * u + v * v;
        if (s >= 1 || s === 0) continue;
        const factor = Math.sqrt((-2 * log(s)) / s);
        spare = v * factor;
        return u * factor;
      }
    },
    shuffle(items) {
      for (let i = items.length - 1; i > 0; i--) {
        const j = random.integer(i + 1);
        const held = items[i];
        items[i] = items[j];
        items[j] = held;
      }
      return items;
    },
    fork: (name) => createRandom(hashString(name, seed)),
  };
  return random;
}

/** FNV-1a over UTF-16 code units, started from a seed. */
function hashString(text: string, seed: number): number {
  let hash = 2166136261 ^ seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  return hash | 0;
}
