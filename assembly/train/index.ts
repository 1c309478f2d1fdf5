export { binColumn } from './binning';
export { logisticGradients } from './gradients';
export {
  buildHistogram,
  countRows,
  spreadBundles,
  subtractHistogram,
  sumGradients,
} from './histogram';
export { storeColumns } from './storeColumns';
export { addToMargins, partition } from './partition';
export { findNumericSplits } from './splits';
