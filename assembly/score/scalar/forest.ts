import { MARGIN_STRIDE, ROW_STRIDE } from '../plan';
import { rowMargins } from '../row';

/** The scalar twin of ../forest.ts. */
export function forestMargins(plan: usize, rows: usize, rowCount: i32, margins: usize): void {
  const stride = <usize>load<u32>(plan, ROW_STRIDE);
  const marginStride = <usize>load<u32>(plan, MARGIN_STRIDE);
  for (const end = margins + 8 * rowCount; margins < end; margins += 8) {
    rowMargins(plan, rows, margins, marginStride);
    rows += stride;
  }
}
