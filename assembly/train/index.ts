export { binColumn } from './binning';
export { findBoundedSplits } from './boundedSplits';
export { logisticGradients } from './gradients';
export { buildHistogram, countRows, subtractHistogram, sumGradients } from './histogram';
export { addLevelGains } from './levelGains';
export { addToMargins, partition } from './partition';
export { softmaxGradients, softmaxNormalizers } from './softmax';
export { findNumericSplits } from './splits';
