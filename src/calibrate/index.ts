export {
  CALIBRATOR_KINDS,
  type Calibrator,
  type CalibratorKind,
  type ClassCalibrator,
  calibrate,
} from '../model/calibrator.js';
export { classProbabilities } from '../model/multiclass.js';
export type { Costs, Threshold, ThresholdPolicy } from '../model/threshold.js';
export { fitBeta } from './beta.js';
export * from './chooseThreshold.js';
export { describeThreshold } from './describeThreshold.js';
export { fitIsotonic } from './isotonic.js';
export * from './selectCalibrator.js';
export * from './selectClassCalibrator.js';
export { fitSigmoid } from './sigmoid.js';
export { fitBinaryTemperature, fitTemperature } from './temperature.js';
