/** The scoring kernel: forest margins for batches and for one row, and the links. The ABI is in plan.ts. */
export { classesInto } from './classes';
export { forestMargins } from './forest';
export { layForest } from './layout/forest';
export { sigmoidInto } from './link';
export { rowMargins } from './row';
