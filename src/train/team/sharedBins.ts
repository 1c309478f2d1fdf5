import type { NumericBins } from '../bins/numericBins.js';
import {
  createBlockLearner,
  learnNumericBins,
  type NumericProblem,
} from '../bins/numericColumns.js';
import { PADDED_THRESHOLDS } from '../kernel/kernel.js';
import { call, controlOf, createControlMemory, helpOnce, type Work } from './control.js';

/** Features of a job: half of what one thread takes at a time, so that none waits long for the last. */
const JOB_COLUMNS = 4;
/** float32 a feature: 1 + number of thresholds, 1 when it has missing values, thresholds */
const RECORD = 2 + PADDED_THRESHOLDS;

/** What a helper needs to take part in learning bins. The matrix is shared memory, the other arrays may be copies. */
export interface SharedBinning {
  problem: NumericProblem;
  control: SharedArrayBuffer;
  /** a record a feature, zeroed (OUT) */
  records: SharedArrayBuffer;
}

/** Whether the platform has memory that threads share: a page must be isolated for it. */
export function hasSharedMemory(): boolean {
  return typeof SharedArrayBuffer === 'function';
}

/** Whether threads see the same memory in an array. */
export function isShared(array: Float32Array): boolean {
  return hasSharedMemory() && array.buffer instanceof SharedArrayBuffer;
}

/**
 * Learns numeric bins a block of features at a time, with whoever comes to help before all blocks are taken.
 * @param invite - tells the helpers
 */
export function learnBinsTogether(
  problem: NumericProblem,
  invite: (binning: SharedBinning) => void,
): NumericBins[] {
  const control = isShared(problem.matrix) ? createControlMemory() : undefined;
  if (!control) return learnNumericBins(problem);
  const records = new SharedArrayBuffer(4 * RECORD * problem.featureCount);
  const binning = { problem, control, records };
  invite(binning);
  call(controlOf(control), 0, Math.ceil(problem.featureCount / JOB_COLUMNS), workOn(binning));
  return readBins(problem, records);
}

/** Takes part, if it is not too late. */
export function helpToBin(binning: SharedBinning): void {
  helpOnce(controlOf(binning.control), workOn(binning));
}

function workOn({ problem, records }: SharedBinning): Work {
  const learnBlock = createBlockLearner(problem, JOB_COLUMNS);
  const floats = new Float32Array(records);
  return (_, block) => {
    for (const { featureIndex, thresholds, hasMissing } of learnBlock(block)) {
      floats.set([1 + thresholds.length, hasMissing ? 1 : 0], featureIndex * RECORD);
      floats.set(thresholds, featureIndex * RECORD + 2);
    }
  };
}

function readBins({ featureCount }: NumericProblem, records: SharedArrayBuffer): NumericBins[] {
  const floats = new Float32Array(records);
  const bins: NumericBins[] = [];
  for (let featureIndex = 0; featureIndex < featureCount; featureIndex++) {
    const first = featureIndex * RECORD;
    const valueBinCount = floats[first]!;
    // a feature of categories
    if (valueBinCount === 0) continue;
    bins.push({
      kind: 'number',
      featureIndex,
      thresholds: floats.slice(first + 2, first + 1 + valueBinCount),
      valueBinCount,
      hasMissing: floats[first + 1] === 1,
    });
  }
  return bins;
}
