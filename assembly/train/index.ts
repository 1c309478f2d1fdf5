export { binColumn } from './binning';
export { logisticGradients } from './gradients';
export { buildHistogram, countRows, subtractHistogram, sumGradients } from './histogram';
export { addToMargins, partition } from './partition';
export { softmaxGradients, softmaxNormalizers } from './softmax';
export { findNumericSplits } from './splits';
