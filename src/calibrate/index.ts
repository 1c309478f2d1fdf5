export * from './chooseThreshold.js';
export { fitIsotonic } from './isotonic.js';
export * from './selectCalibrator.js';
export { fitSigmoid } from './sigmoid.js';
