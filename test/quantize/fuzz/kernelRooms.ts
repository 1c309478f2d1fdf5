import type { QuantizedModel } from '../../../src/model/quantized.js';
import { stageForest } from '../../../src/score/kernelImage.js';
import type { Room } from './memoryCanary.js';

/** Offsets of assembly/score/plan.ts and bin.ts, and sizes of what layForest in layout/forest.ts takes. */
const PLAN_BYTES = 132;
const GATHERED = 16;
const SUMS = 60;
const SUM_BYTES = 512;
const PLANE_COUNT = 32;
const COLUMNS = 44;
const COLUMNS_END = 48;
const COLUMN_BYTES = 64;
const TEST_PLANES = 12;
const TEST_COUNT = 16;
const TESTS_MADE_AT_ONCE = 16;
const PLANE_BYTES = 32;
const BOUNDARIES = 52;
const CODES = 56;
const PIECE_BYTES = 15 * PLANE_BYTES;
const CODE_BYTES = 128;
/** bytes of the tests of one row, up to the plan */
const OUTCOMES = 1024;

/** Where a kernel that has laid out a forest may write when it scores; its tables lie between these rooms and behind them. */
export function kernelRooms(
  { predictor, features }: QuantizedModel,
  memory: WebAssembly.Memory,
): Room[] {
  if (predictor.kind === 'linear') return [];
  const { plan } = stageForest(predictor, features.length);
  const view = new DataView(memory.buffer);
  const planned = (offset: number): number => view.getUint32(plan + offset, true);
  const rooms: Room[] = [
    [OUTCOMES, plan],
    // tables of calibrators, which the host makes, then rows, margins and predictions
    [plan + PLAN_BYTES, planned(GATHERED)],
    [planned(GATHERED), planned(SUMS) + SUM_BYTES * planned(PLANE_COUNT)],
    [planned(BOUNDARIES), planned(CODES)],
    [
      planned(CODES),
      planned(CODES) + ((planned(CODES) - planned(BOUNDARIES)) / PIECE_BYTES) * CODE_BYTES,
    ],
  ];
  for (let at = planned(COLUMNS); at < planned(COLUMNS_END); at += COLUMN_BYTES) {
    const planes = view.getUint32(at + TEST_PLANES, true);
    const count = Math.ceil(view.getUint32(at + TEST_COUNT, true) / TESTS_MADE_AT_ONCE);
    rooms.push([planes, planes + count * TESTS_MADE_AT_ONCE * PLANE_BYTES]);
  }
  return rooms;
}
