export { binColumn } from './binning';
export { logisticGradients } from './gradients';
export { buildHistogram, countRows, subtractHistogram, sumGradients } from './histogram';
export { addToMargins, partition } from './partition';
export { findNumericSplits } from './splits';
