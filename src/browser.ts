// what a page loads: everything else of scoring is in coppice/score
export { columnMajor, compileKernel } from './score/index.js';
export { loadScorer } from './score/page.js';
