export { exportOnnx, exportQuantizedOnnx } from './exportOnnx.js';
