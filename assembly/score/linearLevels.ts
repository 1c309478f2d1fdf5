import { levelRow } from './bin';
import { LEVEL_COUNT, LEVEL_ROWS, LEVELS } from './linearPlan';

/** Finds the rows of the tables of categorical inputs, once for all outputs: what is unseen or missing without fill has the last one. */
export function fillLevelRows(plan: usize, row: usize, featureStride: usize): void {
  let level = <usize>load<u32>(plan, LEVELS);
  let out = <usize>load<u32>(plan, LEVEL_ROWS);
  for (const end = out + (<usize>load<u32>(plan, LEVEL_COUNT) << 2); out < end; out += 4) {
    const levelCount = load<u32>(level, 4);
    const code = load<f32>(row + <usize>load<u32>(level) * featureStride);
    const found = <u32>levelRow(code, levelCount);
    store<u32>(out, (found > levelCount ? load<u32>(level, 8) : found) << 1);
    level += 16;
  }
}

/** What the levels of a row add to the sum of an output. */
export function sumLevels(plan: usize, output: usize): i64 {
  let term = <usize>load<u32>(output, 24);
  let sum: i64 = 0;
  let at = <usize>load<u32>(plan, LEVEL_ROWS);
  for (const end = at + (<usize>load<u32>(plan, LEVEL_COUNT) << 2); at < end; at += 4) {
    const value = <i32>load<i16>(<usize>load<u32>(term) + <usize>load<u32>(at));
    sum += <i64>(value * load<i32>(term, 4));
    term += 8;
  }
  return sum;
}
