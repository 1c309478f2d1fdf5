export { countColumn, countRows } from './counts';
export { binColumn } from './binning';
export { categoryBounds } from './categoryBounds';
export { findBoundedSplits } from './boundedSplits';
export { logisticGradients } from './gradients';
export {
  addHistogram,
  buildHistogram,
  spreadBundles,
  subtractHistogram,
  sumGradients,
} from './histogram';
export { addLevelGains } from './levelGains';
export { storeColumns } from './storeColumns';
export { buildPackedHistogram } from './packedHistogram';
export { gradientRange, roundGradients } from './roundGradients';
export { addToMargins, divide, gatherDivided, partition } from './partition';
export { softmaxGradients, softmaxNormalizers } from './softmax';
export { findNumericSplits } from './splits';
