export { CellError } from './cellError.js';
export { type ColumnInference, formatInference } from './columnInference.js';
export { type ColumnFingerprint, fingerprintTable, type TableFingerprint } from './describe.js';
export { formatCsvRow } from './formatCsvRow.js';
export {
  ExpressionError,
  type ExpressionScope,
  type ExpressionType,
  parseExpression,
} from './parseExpression.js';
export {
  type DatasetEntry,
  type DatasetSource,
  datasetNamed,
  GENERATOR_NAMES,
  type GeneratorName,
  parseRegistry,
  withDigest,
} from './registry.js';
export { type Split, splitLast, splitRandom, splitStratified } from './split.js';
export {
  generateStudentPurchases,
  STUDENT_PURCHASE_COLUMNS,
  STUDENT_PURCHASE_DEFAULTS,
  STUDENT_PURCHASE_TYPES,
  type StudentPurchaseOptions,
  studentPurchasesCsv,
} from './studentPurchases.js';
export {
  TABLE_DEFAULTS,
  TableBuilder,
  type TableOptions,
  type TypedTable,
} from './tableBuilder.js';
export { tableFromRecords } from './tableFromRecords.js';
export { chooseTarget, encodeTarget, type TargetChoice, type TargetWish } from './target.js';
