// Jobs of a call: each is done once, whoever comes, and blocks are added up in their order.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRandom } from '../../../src/core/random.js';
import { featuresWithMissing } from '../../../src/train/bins/missingFeatures.js';
import { learnNumericBins } from '../../../src/train/bins/numericColumns.js';
import { blockArguments, buildBlock, clearBlocks } from '../../../src/train/team/blockSums.js';
import {
  call,
  controlOf,
  createControlMemory,
  helpOnce,
  workerCountOf,
} from '../../../src/train/team/control.js';
import {
  helpToBin,
  learnBinsTogether,
  type SharedBinning,
} from '../../../src/train/team/sharedBins.js';
import { SHARED_NAMES } from '../../../src/train/team/sharedWork.js';
import { ROW_LOOPS, rowsOfJob } from '../../../src/train/team/shares.js';
import { type TeamThread, teamThread } from '../../../src/train/team/teamThread.js';

test('the caller does what nobody else takes, each job once', () => {
  const control = controlOf(createControlMemory()!);
  for (const jobCount of [0, 1, 2, 17]) {
    const done: number[] = [];
    call(control, 3, jobCount, (functionIndex, job, worker) => {
      assert.equal([functionIndex, worker], [3, 0]);
      done.push(job);
    });
    assert.equal(done, [...Array(jobCount).keys()]);
  }
  assert.is(workerCountOf(control), 1);
});

test('who comes during a call takes part, who comes after it does not', () => {
  const control = controlOf(createControlMemory()!);
  const takers: number[] = [];
  const work = (_: number, job: number, worker: number): void => {
    takers[job] = worker;
    // a second thread would come at any time; here it comes within the first job
    if (job === 0) helpOnce(control, work);
  };
  call(control, 0, 5, work);
  assert.equal(takers, [0, 1, 1, 1, 1]);
  helpOnce(control, () => assert.unreachable('the call is over'));
  assert.is(workerCountOf(control), 3);
});

test('every loop over rows has a number', () => {
  for (const loop of ROW_LOOPS) assert.ok(SHARED_NAMES.includes(loop), loop);
  for (const rows of [1, 2047, 2048, 8193, 1e5, 1e6]) assert.is(rowsOfJob(rows) % 2, 0);
});

/** A kernel whose histogram is one pair: the rows' numbers added up after a division that makes the order tell. */
function summingThread(doubles: Float64Array): TeamThread {
  const kernel = {
    buildHistogram(...args: number[]) {
      const [, , indices, count] = args;
      doubles[args[10]! / 8] = 1 / (1 + indices! / 4);
      doubles[args[12]! / 8] = count!;
    },
    addHistogram(histogram: number, other: number) {
      doubles[histogram / 8]! += doubles[other / 8]!;
    },
  } as unknown as TeamThread['kernel'];
  const { words } = controlOf(createControlMemory()!);
  return teamThread(kernel, doubles.buffer as ArrayBuffer, words, 0, undefined);
}

test('blocks are added up in their order, in whatever order they are built', () => {
  const count = 103;
  const blockRows = 10;
  const orders: number[][] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    [2, 1, 0, 5, 3, 4, 8, 7, 6, 10, 9],
    [1, 2, 0, 4, 3, 5, 6, 8, 7, 9, 10],
  ];
  const sums = orders.map((order) => {
    const doubles = new Float64Array(64);
    const thread = summingThread(doubles);
    const build = [0, 0, 0, count, 0, 0, 0, 0, 0, 0, 128, 16, 136, 16] as never;
    const places = { partialBytes: 16, partialCount: 3, target: 8, bundleTarget: 16 };
    const args = Float64Array.from(blockArguments({ build, blockRows, ...places }));
    clearBlocks(thread.controlWords, 3);
    for (const block of order) buildBlock(thread, args, block, 0);
    return [doubles[1]!, doubles[2]!];
  });
  let expected = 0;
  for (let block = 0; block < 11; block++) expected += 1 / (1 + block * blockRows);
  for (const sum of sums) assert.equal(sum, [expected, count]);
});

test('bins learned together are those learned alone', () => {
  const random = createRandom(4);
  const featureCount = 11;
  const rowCount = 3000;
  const matrix = new Float32Array(new SharedArrayBuffer(4 * featureCount * rowCount));
  matrix.forEach((_, i) => {
    const feature = i % featureCount;
    const isMissing = feature % 3 === 0 && random.integer(5) === 0;
    matrix[i] = isMissing ? Number.NaN : feature === 2 ? 7 : random.normal();
  });
  const isCategorical = new Uint8Array(featureCount);
  isCategorical[4] = 1;
  const all = Uint32Array.from(Array(rowCount).keys());
  for (const rows of [all, all.filter((row) => row % 7 === 0)]) {
    const missing = rows === all ? undefined : featuresWithMissing(matrix, featureCount);
    const problem = {
      matrix,
      featureCount,
      rows,
      missing,
      isCategorical,
      maxBins: 63,
      minDataInBin: 3,
    };
    const alone = learnNumericBins(problem);
    assert.is(alone.length, featureCount - 1);
    let told: SharedBinning | undefined;
    const together = learnBinsTogether(problem, (binning) => {
      told = binning;
    });
    assert.equal(together, alone);
    // too late, and nothing is left to do
    helpToBin(told!);
    const ownMemory = { ...problem, matrix: matrix.slice() };
    const invite = (): void => assert.unreachable('others do not see these rows');
    assert.equal(learnBinsTogether(ownMemory, invite), alone);
  }
});

test.run();
