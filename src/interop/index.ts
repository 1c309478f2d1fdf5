export { fromLightGbm } from './fromLightGbm.js';
