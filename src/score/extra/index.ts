/**
 * What most models and rows do without: linear models, derived features and rules, beta and isotonic calibration, columns, and the
 * engine in JavaScript. A page fetches it when a model, an option or the browser asks for it.
 */
export { compileExpression } from '../../model/expression.js';
export { expression } from '../../quantize/expressionSection.js';
export { readNodes } from '../../quantize/forestNodes.js';
export { readLinear } from '../../quantize/linearSection.js';
export { readRules, unpackIsotonic } from '../../quantize/pipelineSection.js';
export { binRows } from './binRows.js';
export { createColumnEncoder } from './columnEncoder.js';
export { placeExtraLink } from './extraLink.js';
export { createJavaScriptEngine } from './javascriptEngine.js';
export { createJavaScriptLink } from './javascriptLink.js';
export { KERNEL_HEX } from './kernelBytes.js';
export { stageLinear } from './linearPlan.js';
export { quickRows } from './quickRows.js';
