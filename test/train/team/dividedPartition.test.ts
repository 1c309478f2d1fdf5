// A partition in parts, put together, leaves the order of one in whole.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../../src/core/random.js';
import { createKernel } from '../../../src/train/kernel/createKernel.js';
import type { KernelChoice } from '../../../src/train/kernel/kernel.js';
import { copyMembership, joinPartitions } from '../../../src/train/team/dividedPartition.js';
import { doShare } from '../../../src/train/team/shares.js';

const AT = { bins: 64, membership: 2048, indices: 4096, scratch: 12_288, tile: 20_480 };
const TILE_BYTES = 512;

/** @returns rows in their new order, then how many go left by the answer and by the table, and how many are missing */
function divided(
  choice: KernelChoice,
  rowCount: number,
  leftBins: number,
  parts: number,
): number[] {
  const { kernel, buffer } = createKernel(choice, 65_536);
  const bytes = new Uint8Array(buffer);
  const words = new Uint32Array(buffer);
  const random = createRandom(rowCount);
  for (let row = 0; row < rowCount; row++) {
    bytes[AT.bins + row] = random.integer(4);
    words[AT.indices / 4 + row] = row;
  }
  random.shuffle(words.subarray(AT.indices / 4, AT.indices / 4 + rowCount));
  bytes.fill(1, AT.membership, AT.membership + leftBins);
  // the last bin is the missing one
  bytes[AT.membership + 3]! += 2;
  const { bins, membership, indices, scratch, tile } = AT;
  let left: number;
  if (parts === 0) left = kernel.partition(bins, membership, indices, rowCount, scratch);
  else {
    const common = { membership, indices, count: rowCount, scratch };
    const division = { ...common, tile, tileBytes: TILE_BYTES, workerCount: parts };
    copyMembership(bytes, division);
    const args = Float64Array.of(bins, tile, indices, rowCount, scratch);
    // in any order: threads do not wait for each other
    for (let worker = parts - 1; worker >= 0; worker--) {
      doShare(kernel, 'partition', args, worker, parts, TILE_BYTES);
    }
    left = joinPartitions(bytes, words, division);
  }
  const rows = words.subarray(AT.indices / 4, AT.indices / 4 + rowCount);
  return [...rows, left, words[membership / 4 + 65]!, words[membership / 4 + 64]!];
}

test('any number of parts leaves what one leaves', () => {
  for (const choice of ['simd', 'javascript'] as const) {
    for (const rowCount of [0, 1, 2, 15, 16, 17, 255, 256, 257, 1000]) {
      for (const leftBins of [0, 1, 3, 4]) {
        const whole = divided(choice, rowCount, leftBins, 0);
        for (const parts of [1, 2, 3, 7]) {
          const name = `${choice}, ${rowCount} rows, ${leftBins} bins left, ${parts} parts`;
          assert.equal(divided(choice, rowCount, leftBins, parts), whole, name);
        }
      }
    }
  }
});

test.run();
