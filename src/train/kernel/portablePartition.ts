import type { Kernel } from './kernel.js';

/** Twins of `assembly/train/partition.ts`. */
export function portablePartition(
  bytes: Uint8Array,
  words: Uint32Array,
): Pick<Kernel, 'partition' | 'divide' | 'gatherDivided'> {
  return {
    partition(bins, membership, indices, count, scratch) {
      const start = indices / 4;
      const spare = scratch / 4;
      let left = 0;
      let right = 0;
      let missing = 0;
      for (let i = 0; i < count; i++) {
        const row = words[start + i]!;
        const member = bytes[membership + bytes[bins + row]!]!;
        if (member & 1) words[start + left++] = row;
        else words[spare + right++] = row;
        missing += member >> 1;
      }
      words.copyWithin(start + left, spare, spare + right);
      words[membership / 4 + 64] = missing;
      words[membership / 4 + 65] = left;
      return left;
    },

    divide(bins, membership, indices, count, scratch) {
      let left = scratch / 4;
      let right = left + count - 1;
      let missing = 0;
      for (let i = 0; i < count; i++) {
        const row = words[indices / 4 + i]!;
        const member = bytes[membership + bytes[bins + row]!]!;
        words[member & 1 ? left++ : right--] = row;
        missing += member >> 1;
      }
      words[membership / 4 + 64] = missing;
      words[membership / 4 + 65] = left - scratch / 4;
    },

    gatherDivided(scratch, count, leftCount, left, right) {
      const first = scratch / 4;
      words.copyWithin(left / 4, first, first + leftCount);
      for (let i = 0; i < count - leftCount; i++)
        words[right / 4 + i] = words[first + count - 1 - i]!;
    },
  };
}
