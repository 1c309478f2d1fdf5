export { fromLightGbm } from './fromLightGbm.js';
export { fromXgboost } from './fromXgboost.js';
