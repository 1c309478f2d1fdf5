// A partition in parts, put together, leaves the order of one in whole.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../../src/core/random.js';
import { createKernel } from '../../../src/train/kernel/createKernel.js';
import type { KernelChoice } from '../../../src/train/kernel/kernel.js';
import { controlOf, createControlMemory } from '../../../src/train/team/control.js';
import {
  countDivided,
  dividePart,
  gatherPart,
  partCount,
  partitionArguments,
} from '../../../src/train/team/dividedPartition.js';
import { teamThread } from '../../../src/train/team/teamThread.js';

const MOST_ROWS = 40_000;
const AT = { bins: 64, membership: 40_960, indices: 65_536, scratch: 262_144, tile: 524_288 };
const TILE_BYTES = 512;

/** @returns rows in their new order, then how many go left by the answer and by the table, and how many are missing */
function divided(
  choice: KernelChoice,
  rowCount: number,
  leftBins: number,
  workers: number,
): number[] {
  const { kernel, buffer } = createKernel(choice, 2 ** 20);
  const { words: controlWords } = controlOf(createControlMemory()!);
  const thread = teamThread(kernel, buffer, controlWords, TILE_BYTES, undefined);
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
  const { bins, membership, indices, scratch } = AT;
  let left: number;
  if (workers === 0) left = kernel.partition(bins, membership, indices, rowCount, scratch);
  else {
    const division = { ...AT, count: rowCount };
    const args = Float64Array.from(partitionArguments(division));
    const jobs = random.shuffle([...Array(partCount(args)).keys()]);
    // in any order: threads do not wait for each other
    for (const job of jobs) dividePart(thread, args, job, random.integer(workers));
    for (const job of random.shuffle(jobs)) gatherPart(thread, args, job);
    left = countDivided(thread, division);
  }
  const rows = words.subarray(AT.indices / 4, AT.indices / 4 + rowCount);
  return [...rows, left, words[membership / 4 + 65]!, words[membership / 4 + 64]!];
}

test('any number of parts leaves what one leaves', () => {
  const rowCounts = [0, 1, 2, 15, 16, 17, 255, 256, 257, 1000, 2048, 2049, 8193, MOST_ROWS];
  for (const choice of ['simd', 'javascript'] as const) {
    for (const rowCount of rowCounts) {
      for (const leftBins of [0, 1, 3, 4]) {
        const whole = divided(choice, rowCount, leftBins, 0);
        for (const workers of [1, 3]) {
          const name = `${choice}, ${rowCount} rows, ${leftBins} bins left, ${workers} workers`;
          assert.equal(divided(choice, rowCount, leftBins, workers), whole, name);
        }
      }
    }
  }
});

test.run();
