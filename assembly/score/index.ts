/** The scoring kernel: forest margins for batches and for one row, and the links. The ABI is in plan.ts. */
export { forestMargins } from './forest';
export { clampInto, sigmoidInto } from './link';
export { rowMargin } from './row';
