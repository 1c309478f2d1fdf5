// what a page loads: everything else of scoring is in coppice/score
export {
  columnMajor,
  compileKernel,
  type LoadOptions,
  loadScorer,
  type RowRecord,
  type Rows,
  type Scorer,
} from './score/index.js';
