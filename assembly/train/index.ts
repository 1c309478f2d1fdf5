export { binColumn } from './binning';
export { findBoundedSplits } from './boundedSplits';
export { logisticGradients } from './gradients';
export {
  buildHistogram,
  countRows,
  spreadBundles,
  subtractHistogram,
  sumGradients,
} from './histogram';
export { addLevelGains } from './levelGains';
export { storeColumns } from './storeColumns';
export { addToMargins, partition } from './partition';
export { softmaxGradients, softmaxNormalizers } from './softmax';
export { findNumericSplits } from './splits';
